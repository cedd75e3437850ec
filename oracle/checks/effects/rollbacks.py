"""Which redemptions cancelling and reopening give back, as their answers show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from ....contract import Operation, Reopen, SessionState, Update
from ....record import Fits, Outcome, pointer
from ...effects import Effect, EffectKind, Effects
from ...judged_response import Finding, JudgedResponse, brief
from ...model import situation_of
from ...model.applied import Applied, held_code
from .context import ROLLBACKS, without_code, without_effect

_MISSING, _TWICE = "is not rolled back", "is rolled back twice"
_NEVER_REDEEMED = "is rolled back and was not redeemed"
_NOTHING_TO_ROLL_BACK = Outcome.other("something is rolled back")


class _Codes(NamedTuple):
    """The codes of one sort that a closed session has redeemed."""

    what: str
    rule: str
    kind: EffectKind
    redeemed: tuple[str, ...]


def check_given_back(response: JudgedResponse, effects: Effects) -> Iterator[Finding]:
    """COUP-04, COUP-08, REF-03, REF-04: each redeemed code is rolled back once.

    Where a return has given something back before, a code that is rolled back again is open.
    """
    applied = applied_before(response)
    if not effects.is_whole or applied is None:
        return
    for codes in _redeemed(response, applied):
        listed = list(effects.of(codes.kind))
        if not listed and not codes.redeemed:
            continue
        finding = _missing(response, codes, listed)
        finding = finding or _twice(response, codes, listed)
        if finding is None and not applied.reduced:
            finding = _not_redeemed(response, codes, listed)
        if finding is not None:
            yield finding


def check_nothing_given_back(response: JudgedResponse, effects: Effects) -> Iterator[Finding]:
    """COUP-05: cancelling an open session rolls nothing back.

    Whether a second cancel lists once more what the first one rolled back is open; whether it gives
    anything back again, the counters judge (COUP-11).
    """
    if not _cancels_open(response):
        return
    effect = next(effects.of(*ROLLBACKS), None)
    if effect is None:
        return
    yield Finding(
        rule="COUP-05",
        situation=situation_of(response.step, response.before),
        outcome=_NOTHING_TO_ROLL_BACK,
        expected="no effect that rolls something back",
        found=f"{effect.kind}: {brief(effect.code or effect.name)}",
        claim=without_effect(effect.kind),
    )


def applied_before(response: JudgedResponse) -> Applied | None:
    """What a session had applied that the step cancels or reopens; None: not known, or no such
    step."""
    applied = response.before.applied
    if not isinstance(applied, Applied) or response.dry:
        return None
    if response.before.state not in (SessionState.CLOSED, SessionState.PARTIALLY_RETURNED):
        return None
    is_cancelled = isinstance(response.step, Update) and (
        response.after.state is SessionState.CANCELLED
    )
    return applied if is_cancelled or isinstance(response.step, Reopen) else None


def tested_rules(response: JudgedResponse, effects: Effects) -> Iterator[str]:
    """The rules of this module that the answer could have broken."""
    if not effects.is_whole:
        return
    applied = applied_before(response)
    if applied is not None:
        yield from (codes.rule for codes in _redeemed(response, applied) if codes.redeemed)
    if _cancels_open(response):
        yield "COUP-05"


def _redeemed(response: JudgedResponse, applied: Applied) -> Iterator[_Codes]:
    reopens = response.step.operation is Operation.REOPEN
    coupons = tuple(sorted(applied.coupons))
    rule = "COUP-08" if reopens else "COUP-04"
    yield _Codes("a redeemed coupon", rule, EffectKind.ROLLBACK_COUPON, coupons)
    referral = (applied.referral,) if applied.referral else ()
    rule = "REF-04" if reopens else "REF-03"
    yield _Codes("a redeemed referral", rule, EffectKind.ROLLBACK_REFERRAL, referral)


def _cancels_open(response: JudgedResponse) -> bool:
    """Whether an accepted update cancels a session that is open, or not there yet."""
    return (
        isinstance(response.step, Update)
        and not response.dry
        and response.after.state is SessionState.CANCELLED
        and response.before.state in (None, SessionState.OPEN)
    )


def _missing(response: JudgedResponse, codes: _Codes, listed: list[Effect]) -> Finding | None:
    given_back = {held_code(effect.code, codes.redeemed) for effect in listed}
    lacking = next((code for code in codes.redeemed if code not in given_back), None)
    if lacking is None:
        return None
    found = _finding(response, codes, _MISSING, brief([effect.code for effect in listed]), lacking)
    # The longer the list, the less its length shows; an empty one shows it all.
    return found if listed else _with_length(found, len(codes.redeemed))


def _with_length(finding: Finding, length: int) -> Finding:
    claim = Fits(pointer=pointer("effects"), types=("array",), shortest=length)
    return replace(finding, claim=claim)


def _twice(response: JudgedResponse, codes: _Codes, listed: list[Effect]) -> Finding | None:
    """A code that one campaign rolls back more than once; several may have accepted it."""
    counted = Counter((e.campaign_id, held_code(e.code, codes.redeemed) or e.code) for e in listed)
    for effect in listed:
        code = held_code(effect.code, codes.redeemed)
        if code is not None and counted[effect.campaign_id, code] > 1:
            found = _finding(response, codes, _TWICE, brief([e.code for e in listed]), code)
            return replace(found, claim=without_code(codes.kind, effect.code, times=2))
    return None


def _not_redeemed(response: JudgedResponse, codes: _Codes, listed: list[Effect]) -> Finding | None:
    for effect in listed:
        if held_code(effect.code, codes.redeemed) is None:
            found = _finding(response, codes, _NEVER_REDEEMED, brief(effect.code), None)
            return replace(found, claim=without_code(codes.kind, effect.code))
    return None


def _finding(
    response: JudgedResponse, codes: _Codes, problem: str, found: str, code: str | None
) -> Finding:
    wanted = brief(list(codes.redeemed)) if code is None else brief(code)
    return Finding(
        rule=codes.rule,
        situation=situation_of(response.step, response.before),
        outcome=Outcome.other(
            f"{codes.what} {problem}" if code is not None else f"a code {problem}"
        ),
        expected=f"{codes.kind} once for {wanted}",
        found=f"{codes.kind}: {found}",
    )
