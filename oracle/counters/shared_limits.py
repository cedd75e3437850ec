"""Judges answers by the counters that the sessions of a scenario share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import msgspec
from msgspec import structs

from ...contract import Fetch
from ...record import CheckName, Claim, Outcome, Situation, StatusIn, Without
from ..judged_response import UPDATE, Finding, JudgedResponse
from ..model import SessionModel
from .counter import NO_LIMIT
from .counters import Conflict, Counters, Side
from .declared_codes import Kind
from .declared_limits import CounterKey, DeclaredLimits, HeldCode, Scope
from .effects import Decision, shown_counters
from .mechanisms import Mechanism, broken_rule, rules_put_to_test, situation_of_mechanism
from .moves import Move, MoveKind, move_of, redeems_undeclared, shown_by

_OVER = {
    Scope.COUPON: "COUP-02",
    Scope.REFERRAL: "REF-01",
    Scope.COUPON_OF_PROFILE: "BUDG-01",
    Scope.PROFILE: "BUDG-01",
    Scope.IDENTIFIER: "BUDG-02",
    Scope.CAMPAIGN: "BUDG-03",
}
_UNDER = {Kind.COUPON: "COUP-01", Kind.REFERRAL: "REF-02"}
_NAMES = {
    Scope.COUPON: "a coupon",
    Scope.REFERRAL: "a referral",
    Scope.COUPON_OF_PROFILE: "a coupon of one profile",
    Scope.CAMPAIGN: "a campaign's budget",
    Scope.PROFILE: "the budget of one profile",
    Scope.IDENTIFIER: "the budget of one identifier",
}
OVER_LIMIT = Outcome.other("redeemed beyond its limit")
_OUTCOMES = {
    Side.OVER: OVER_LIMIT,
    Side.UNDER: Outcome.other("not redeemed below its limit"),
    Side.UNANSWERED: Outcome.other("neither accepted nor rejected"),
    Side.SHOWN: Outcome.field_differs("usageCounter"),
}
_SHOWN = Situation.other("coupons of an answer")


class CountedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer means to the counters."""

    counters: Counters
    """Those afterwards."""
    findings: tuple[Finding, ...] = ()
    coverage: tuple[str, ...] = ()
    """Keys of `cartfuzz.record.ScenarioRun.reached`."""
    is_disputed: bool = False
    """Whether the answer accepts a code that may not have been redeemed in its own campaign."""


def count_answer(
    counters: Counters,
    judged: JudgedResponse,
    after: SessionModel,
    limits: DeclaredLimits,
    *,
    is_alone: bool,
    is_misled: bool,
) -> CountedAnswer:
    """Judges an answer by the counters.

    Args:
        counters: those before.
        judged: the step and its response.
        after: what is known of the session afterwards.
        limits: the declared ones.
        is_alone: whether no other request can have been worked on at the same time.
        is_misled: whether the response shows that the session is not as the model has it.
    """
    if _is_idle_read(counters, judged, is_misled=is_misled):
        return CountedAnswer(counters=counters)
    if not counters.undeclared and redeems_undeclared(judged, after, limits):
        counters = structs.replace(counters, undeclared=True)
    move = move_of(judged, after, limits, is_alone=is_alone, is_misled=is_misled)
    shown = shown_by(judged, move, limits) if is_alone else None
    if move is None and shown is None:
        return CountedAnswer(counters=counters)
    findings: list[Finding] = []
    coverage: set[str] = set()
    for seen in _in_order(counters, move, shown):
        if seen is None or (
            seen.kind is MoveKind.READ_FREE and not _may_hold(counters, seen.session)
        ):
            continue
        one = _as_listed(counters, seen)
        coverage.update(_coverage(counters, one))
        following, conflict = counters.after(one)
        if conflict is not None:
            findings.append(_finding(counters, one, conflict, judged, is_alone=is_alone))
        counters = following
    if move is not None and not is_alone and not counters.raced:
        counters = structs.replace(counters, raced=True)
    return CountedAnswer(
        counters=counters,
        findings=tuple(findings),
        coverage=tuple(f"{rule} show" for rule in sorted(coverage)),
        is_disputed=move is not None
        and move.kind in (MoveKind.CLOSE, MoveKind.CLOSE_AGAIN, MoveKind.UNSURE)
        and any(code.is_disputed for code in move.codes),
    )


def _in_order(
    counters: Counters, move: Move | None, shown: Move | None
) -> tuple[Move | None, Move | None]:
    """What an answer shows, in the order in which a contradiction is named by its cause.

    A rejection changes no counter. Where the answer itself shows one below its limit, the rejection
    is what is wrong, and not the number.
    """
    if move is None or shown is None or move.kind is not MoveKind.CLOSE:
        return move, shown
    if any(code.decision is not Decision.REJECTED for code in move.codes):
        return move, shown
    believing, conflict = counters.after(shown)
    if conflict is None and believing.after(move)[1] is not None:
        return shown, move
    return move, shown


def _as_listed(counters: Counters, move: Move) -> Move:
    """``move``, judged by missing effects only where the target has listed some about codes."""
    if not any(code.is_left_open for code in move.codes):
        return move
    if any(code.decision is not Decision.OPEN for former in counters.log for code in former.codes):
        return move
    codes = tuple(structs.replace(code, is_left_open=False) for code in move.codes)
    return structs.replace(move, codes=codes)


def _is_idle_read(counters: Counters, judged: JudgedResponse, *, is_misled: bool) -> bool:
    """Whether the answer is a read that shows no counter, of a session that holds nothing."""
    if is_misled or not isinstance(judged.step, Fetch):
        return False
    return not any(shown_counters(judged.json)) and not _may_hold(counters, judged.step.session)


def _may_hold(counters: Counters, session: int) -> bool:
    return any(counter.holds(session) for counter in counters.values.values())


def _finding(
    counters: Counters, move: Move, conflict: Conflict, judged: JudgedResponse, *, is_alone: bool
) -> Finding:
    """The finding, by its cause; among concurrent steps, and after them, a race is the likelier
    one: what counts wrongly without it shows in other scenarios."""
    key, kind = conflict.keys[0], conflict.code.kind
    plain = Finding(
        rule=_plain_rule(conflict),
        situation=_plain_situation(conflict),
        outcome=_OUTCOMES[conflict.side],
        operation=UPDATE,
        check=CheckName.COUNTERS,
    )
    readings = [
        replace(
            plain,
            rule=broken_rule(fault.mechanism, fault.scope, kind),
            situation=_situation(fault.mechanism, fault.scope),
            # Rejections and shown values show one wrong way of counting.
            family=_situation(fault.mechanism, fault.scope).key,
        )
        for fault in counters.explanations(move, conflict)
    ]
    first, *others = (*readings, plain) if is_alone and not counters.raced else (plain, *readings)
    expected, found = _in_words(counters, key, move, conflict, judged)
    return replace(
        first,
        expected=expected,
        found=found,
        claim=_claim(move, conflict),
        alternatives=tuple(others),
    )


def _claim(move: Move, conflict: Conflict) -> Claim | None:
    """What a right answer would have satisfied; None: no claim can say it."""
    if move.kind is MoveKind.CONFLICT:
        return StatusIn(statuses=(200,))
    if len(move.codes) != 1:
        return None  # the effect may be about another code
    wrong = {Side.OVER: Decision.ACCEPTED, Side.UNDER: Decision.REJECTED}.get(conflict.side)
    if wrong is None or move.codes[0].decision is not wrong:
        return None
    verb = "accept" if wrong is Decision.ACCEPTED else "reject"
    effect = f"{verb}{conflict.code.kind.value.capitalize()}"
    return Without(pattern=rf'"effectType"\s*:\s*"{effect}"')


def _plain_rule(conflict: Conflict) -> str:
    if conflict.side is Side.SHOWN:
        return "COUP-06"
    if conflict.side is Side.UNDER:
        return _UNDER[conflict.code.kind]
    if conflict.side is Side.UNANSWERED:
        return "COUP-03" if conflict.code.kind is Kind.COUPON else "REF-02"
    counts_money = any(
        limit.in_currency for limit in conflict.code.limits if limit.key == conflict.keys[0]
    )
    return "BUDG-03" if counts_money else _OVER[conflict.keys[0].scope]


def _plain_situation(conflict: Conflict) -> Situation:
    if conflict.side is Side.SHOWN:
        return _SHOWN
    if conflict.side is Side.UNDER:
        return Situation.other(f"close with a {conflict.code.kind.value} below its limits")
    return Situation.other(f"close with {_NAMES[conflict.keys[0].scope]} that is used up")


def _situation(mechanism: Mechanism, scope: Scope) -> Situation:
    return Situation.other(f"close with {_NAMES[scope]} {situation_of_mechanism(mechanism)}")


def used_up(rule: str) -> Situation:
    """The situation of a redemption beyond a limit, by the rule that it breaks."""
    scope = next(scope for scope, broken in _OVER.items() if broken == rule)
    return Situation.other(f"close with {_NAMES[scope]} that is used up")


def situation_of_burst(rule: str) -> Situation:
    """The situation of concurrent steps that no order explains because of a counter.

    Args:
        rule: what the counter breaks.
    """
    shared = {"COUP": "coupon", "REF-": "referral"}.get(rule[:4], "budget")
    return Situation.other(f"parallel closings of sessions with one {shared}")


def _in_words(
    counters: Counters, key: CounterKey, move: Move, conflict: Conflict, judged: JudgedResponse
) -> tuple[str, str]:
    """What was expected, and what was found."""
    code = conflict.code.code
    limit = next(one.limit for one in conflict.code.limits if one.key == key)
    counter = counters.values.get(key)
    own = max((one.own for one in counter.possible), default=0) if counter is not None else 0
    of = f" of {key.name}" if key.scope is Scope.CAMPAIGN or key.budget >= 0 else ""
    bound = f"its limit of {limit}{of}" if limit < NO_LIMIT else "it has no limit"
    if conflict.side is Side.OVER:
        return (
            f"no redemption of {code!r}: {own} count, and {bound} allows no more",
            f"{judged.status}, the code is accepted",
        )
    if conflict.side is Side.SHOWN:
        value = move.values[[one.held.code for one in move.codes].index(code)]
        return (
            f"usageCounter of {code!r} as redemptions and give-backs since it was shown make it",
            f"{value}",
        )
    if conflict.side is Side.UNANSWERED:
        return f"a rejection of {code!r}, or 409", f"{judged.status}, no effect about the code"
    what = "409" if move.kind is MoveKind.CONFLICT else f"{judged.status}, the code is not accepted"
    return f"a redemption of {code!r}: {own} of this scenario count, and {bound}", what


def _coverage(counters: Counters, move: Move) -> Iterator[str]:
    """The rules that a move puts to the test."""
    if counters.stopped:
        return
    if move.kind is MoveKind.SHOWN:
        yield "COUP-06"
    if move.kind not in (MoveKind.CLOSE, MoveKind.CONFLICT):
        return
    before = frozenset(one.kind for one in counters.log)
    for code in move.codes:
        if code.decision is not Decision.OPEN or move.kind is MoveKind.CONFLICT:
            yield from _tested_by(counters, code.held, before)


def _tested_by(counters: Counters, code: HeldCode, before: frozenset[MoveKind]) -> Iterator[str]:
    """The rules that a closing with ``code`` puts to the test, after moves of other kinds."""
    below = not code.open_reason
    for limit in code.limits:
        counter = counters.values.get(limit.key) or limit.start()
        is_followed = limit.key not in counters.given_up
        below &= not (counters.undeclared and limit.key.budget >= 0)
        below &= is_followed and not counter.may_be_used_up
        if is_followed and counter.is_used_up:
            yield "BUDG-03" if limit.in_currency else _OVER[limit.key.scope]
            yield "COUP-03" if code.kind is Kind.COUPON else "REF-02"
        if is_followed and (counter.is_used_up or not counter.may_be_used_up):
            yield from rules_put_to_test(before, limit.key.scope, code.kind)
    if below:
        yield _UNDER[code.kind]
