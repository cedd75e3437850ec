"""Which codes the effects of an answer accept and reject."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ....contract import CodeCase
from ....record import Outcome, Situation
from ...effects import Effect, Effects
from ...judged_response import VIEW, Finding, JudgedResponse, brief
from ...model.codes import folded, identity_of, trimmed
from .context import (
    ACCEPTANCES,
    KIND_OF_CODE,
    REJECTIONS,
    held_codes,
    is_held,
    without_code,
)

_ACCEPTED_STRANGE = Outcome.accepted("and not held by the session")
_REJECTED_STRANGE = Outcome.other("rejected, and not held by the session")
_BOTH = Outcome.other("accepted and rejected by one campaign")


def check_both_ways(response: JudgedResponse, effects: Effects) -> Iterator[Finding]:
    """EFF-03: one campaign does not both accept and reject a code in one answer.

    A code that the session holds twice may meet two fates (MERGE-U4).
    """
    by_kind = effects.by_kind
    for field, kind in ACCEPTANCES.items():
        if kind not in by_kind or REJECTIONS[field] not in by_kind:
            continue
        campaigns = {effect.campaign_id for effect in by_kind[kind]}
        rejected = [e for e in by_kind[REJECTIONS[field]] if e.campaign_id in campaigns]
        if not rejected:
            continue
        accepted = {_key(response, effect) for effect in effects.of(kind)}
        both = [effect for effect in rejected if _key(response, effect) in accepted]
        if not both or _holds_twice(response, field, both[0].code):
            continue
        first = both[0]
        yield Finding(
            rule="EFF-03",
            situation=Situation.other(f"a {KIND_OF_CODE[field]} code in effects"),
            operation=VIEW,
            outcome=_BOTH,
            expected=f"campaign {first.campaign_id}: {kind} or {first.kind} of {brief(first.code)}",
            found="both",
        )


def check_held_codes(response: JudgedResponse, effects: Effects) -> Iterator[Finding]:
    """EFF-04: effects accept and reject only codes that the session holds."""
    for field in ACCEPTANCES:
        named = [
            *effects.by_kind.get(ACCEPTANCES[field], ()),
            *effects.by_kind.get(REJECTIONS[field], ()),
        ]
        held = held_codes(response, field) if named else None
        if held is None:
            continue
        others = [effect for effect in named if effect.code not in held]
        if not others:
            continue
        others.sort(key=lambda effect: effect.index)
        strange = next((effect for effect in others if not is_held(effect.code, held)), None)
        if strange is not None:
            yield _not_held(field, strange, held)


def tested_rules(response: JudgedResponse, effects: Effects) -> Iterable[str]:
    """The rules of this module that the answer could have broken."""
    named = [
        field
        for field in ACCEPTANCES
        if ACCEPTANCES[field] in effects.by_kind or REJECTIONS[field] in effects.by_kind
    ]
    if not named:
        return ()
    if all(held_codes(response, field) is None for field in named):
        return ("EFF-03",)
    return ("EFF-03", "EFF-04")


def _not_held(field: str, strange: Effect, held: tuple[str, ...]) -> Finding:
    what = KIND_OF_CODE[field]
    return Finding(
        rule="EFF-04",
        situation=Situation.other(f"a {what} code in effects"),
        operation=VIEW,
        outcome=_ACCEPTED_STRANGE if strange.kind is ACCEPTANCES[field] else _REJECTED_STRANGE,
        expected=f"{strange.kind} of a code that the session holds: {brief(list(held))}",
        found=f"{strange.kind}: {brief(strange.code)}",
        claim=without_code(strange.kind, strange.code),
    )


def _key(response: JudgedResponse, effect: Effect) -> tuple[int, str]:
    return effect.campaign_id, _same_code(response, effect.code)


def _same_code(response: JudgedResponse, code: str) -> str:
    """A text that is equal for codes that are surely one."""
    folds = response.environment.code_case in (CodeCase.UPPER, CodeCase.LOWER)
    return folded(code) if folds else trimmed(code)


def _holds_twice(response: JudgedResponse, field: str, code: str) -> bool:
    """Whether the session may hold a code twice."""
    held = held_codes(response, field)
    if held is None:
        return True
    wanted = identity_of(code, response.environment)
    return sum(identity_of(one, response.environment) == wanted for one in set(held)) > 1 or (
        held.count(code) > 1
    )
