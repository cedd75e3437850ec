"""Habits: what a target does with requests that it must accept, where their effect is open.

MERGE-U1, DRY-U1, RESP-U1, RET-U1, the data sent with a cancellation, the costs of items in sums,
what counts as an update, and which of two allowed statuses a refusal has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...contract import Reopen, ReturnItems, SessionState, Update
from ...contract.fields import MAP_FIELDS
from ...record import Observation
from ..checks import item_cost_reading, return_reading
from ..judged_response import JudgedResponse
from ..model import (
    DATA_FIELDS,
    UNKNOWN,
    AtLeast,
    Verdict,
    asked_of,
    is_empty,
    same_json,
    sent_session,
    wants_session,
)
from .effects import effect_on, effect_on_left_out

_UNKNOWN_SESSION = (("ERR-05",), ("RET-04",), ("STATE-16",))
_Habit = Callable[[JudgedResponse], Iterator[tuple[str, str, str]]]
"""Yields (rule, situation, outcome)."""


def habits_at_once(number: int, judged: JudgedResponse) -> Iterator[Observation]:
    """The habits that the answer to step ``number`` shows by itself."""
    if judged.before.lost or judged.before.state is UNKNOWN:
        return
    for habit in _HABITS:
        for rule, situation, outcome in habit(judged):
            yield _observation(number, judged, rule, situation, outcome)


def habits_of_update(
    number: int, judged: JudgedResponse, view: Mapping[str, Any]
) -> Iterator[Observation]:
    """The habits that show once the session can be seen that step ``number`` updated."""
    if not isinstance(judged.step, Update) or judged.before.lost:
        return
    sent, before = sent_session(judged.step), judged.before.fields
    if judged.before.state is not SessionState.OPEN:
        return
    if judged.expectation.reaches is SessionState.CANCELLED:
        for field in sent.keys() & set(DATA_FIELDS):
            effect = effect_on(field, sent[field], before.get(field), view.get(field))
            former = ", over a former value" if not is_empty(before.get(field)) else ""
            if effect:
                situation = f"{asked_of(judged.step, judged.before)}, with {field}{former}"
                yield _observation(number, judged, "STATE-05", situation, effect)
        return
    for field in sent.keys() & set(MAP_FIELDS):
        effect = effect_on_left_out(
            field, sent[field], before.get(field), view.get(field), judged.environment
        )
        if effect:
            kind = "a map" if sent[field] else "an empty map"
            situation = f"update: what {kind} of {field} leaves out"
            yield _observation(number, judged, "MERGE-U1", situation, effect)


def _observation(
    number: int, judged: JudgedResponse, rule: str, situation: str, outcome: str
) -> Observation:
    return Observation(
        rule=rule,
        situation=situation,
        outcome=outcome,
        operation=judged.step.operation,
        comparable=True,
        step=number,
        about=next((field for field in DATA_FIELDS if field in situation.split()), ""),
    )


def _unasked(judged: JudgedResponse) -> Iterator[tuple[str, str, str]]:
    """Whether an answer shows the session though nobody asked for it."""
    step = judged.step
    must = judged.expectation.verdict is Verdict.MUST_ACCEPT
    if not judged.accepted or not must or not isinstance(step, Update | ReturnItems):
        return
    if isinstance(step.body, dict) and not wants_session(step.body):
        wanted = step.body.get("responseContent")
        asked = "without responseContent" if wanted is None else "responseContent without it"
        outcome = "not shown" if judged.shown is None else "shown"
        yield "RESP-U1", f"{asked_of(step, judged.before)}: session, {asked}", outcome


def _dry_answer(judged: JudgedResponse) -> Iterator[tuple[str, str, str]]:
    """What a dry answer shows for the fields that the request leaves out."""
    step, shown = judged.step, judged.shown
    if not isinstance(step, Update) or not step.dry or shown is None:
        return
    if judged.expectation.verdict is not Verdict.MUST_ACCEPT:
        return
    for field in DATA_FIELDS:
        known = judged.before.fields.get(field)
        if field in sent_session(step) or known is UNKNOWN or isinstance(known, AtLeast):
            continue
        if not is_empty(known):
            situation = f"{asked_of(step, judged.before)}: {field} left out"
            yield "DRY-U1", situation, "not shown" if is_empty(shown.get(field)) else "shown"


def _item_costs(judged: JudgedResponse) -> Iterator[tuple[str, str, str]]:
    known = judged.expectation.verdict is Verdict.MUST_ACCEPT and not judged.before.lost
    reading = item_cost_reading(judged) if known else None
    if reading is not None:
        yield "RESP-05", "costs of items in additionalCostTotal", reading


def _returned_total(judged: JudgedResponse) -> Iterator[tuple[str, str, str]]:
    reading = return_reading(judged)
    if reading is not None:
        yield "RESP-U1", "cartItemTotal after a return", reading


def _all_returned(judged: JudgedResponse) -> Iterator[tuple[str, str, str]]:
    """The state after a return of all that was left."""
    after, shown = judged.after, judged.shown
    if not isinstance(judged.step, ReturnItems) or judged.dry or shown is None:
        return
    items = after.items
    if items is UNKNOWN or after.returned is UNKNOWN or not items:
        return
    if all(after.remaining(place) == 0 for place in range(len(items))):
        yield (
            "RET-U1",
            f"{asked_of(judged.step, judged.before)}: all of it",
            _state(shown),
        )


def _state(shown: Mapping[str, Any]) -> str:
    state = shown.get("state")
    return str(state) if state in list(SessionState) else "no known state"


def _counted(judged: JudgedResponse) -> Iterator[tuple[str, str, str]]:
    """Whether a return or a reopen counts as an update (RESP-08 speaks of updates)."""
    shown, before = judged.shown, judged.before.update_count
    if not isinstance(judged.step, ReturnItems | Reopen) or judged.dry or shown is None:
        return
    found = shown.get("updateCount")
    fresh = judged.expectation.verdict is Verdict.MUST_ACCEPT and before is not None
    if fresh and judged.expectation.rules != ("RET-06",) and type(found) is int:
        situation = f"updateCount after a {judged.step.operation.value}"
        yield "RESP-08", situation, "the same" if same_json(found, before) else "grows"


def _status_for_unknown(judged: JudgedResponse) -> Iterator[tuple[str, str, str]]:
    """Which of the allowed statuses a session that does not exist is answered with."""
    expectation = judged.expectation
    unknown = judged.before.state is None and expectation.rules in _UNKNOWN_SESSION
    if unknown and judged.answer.status in expectation.statuses:
        yield (
            expectation.rules[0],
            asked_of(judged.step, judged.before),
            (f"answered {judged.answer.status}"),
        )


_HABITS: tuple[_Habit, ...] = (
    _unasked,
    _dry_answer,
    _item_costs,
    _returned_total,
    _all_returned,
    _counted,
    _status_for_unknown,
)
