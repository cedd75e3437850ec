"""Open choices: what a target does with requests that it must accept, where their effect is open.

MERGE-U1, DRY-U1, RESP-U1, RET-U1, the data sent with a cancellation, the costs of items in sums,
what counts as an update, and which of two allowed statuses a refusal has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from ...contract import Operation, Reopen, ReturnItems, SessionState, Update
from ...record import Form, Observation, Outcome, Situation
from ..checks import item_cost_reading, return_reading
from ..judged_response import JudgedResponse
from ..model import (
    DATA_FIELDS,
    UNKNOWN,
    AtLeast,
    Verdict,
    is_empty,
    same_json,
    sent_session,
    situation_of,
    wants_session,
)
from ..model.session import MAP_FIELDS
from .effects import effect_on, effect_on_left_out

_SHOWN, _NOT_SHOWN = Outcome.other("shown"), Outcome.other("not shown")
_SAME, _GROWS = Outcome.other("the same"), Outcome.other("grows")
_ITEM_COSTS = Situation.other("costs of items in additionalCostTotal")
_RETURNED_TOTAL = Situation.other("cartItemTotal after a return")
_UNKNOWN_SESSION = (("ERR-05",), ("RET-04",), ("STATE-16",))


class _Choice(NamedTuple):
    """What a target chose in one situation."""

    rule: str
    situation: Situation
    outcome: Outcome
    field_name: str = ""
    """The data field that it is about; empty: none, or several."""


_Reader = Callable[[JudgedResponse], Iterator[_Choice]]


def choices_at_once(number: int, judged: JudgedResponse) -> Iterator[Observation]:
    """The choices that the response to step ``number`` shows by itself."""
    if judged.before.lost or judged.before.state is UNKNOWN:
        return
    for read in _READERS:
        for choice in read(judged):
            yield _observation(number, judged, choice)


def choices_of_update(
    number: int, judged: JudgedResponse, view: Mapping[str, Any]
) -> Iterator[Observation]:
    """The choices that show once the session can be seen that step ``number`` updated."""
    if not isinstance(judged.step, Update) or judged.before.lost:
        return
    sent, before = sent_session(judged.step), judged.before.fields
    if judged.before.state is not SessionState.OPEN:
        return
    if judged.expectation.reaches is SessionState.CANCELLED:
        for field in (name for name in DATA_FIELDS if name in sent):
            effect = effect_on(field, sent[field], before.get(field), view.get(field))
            former = ", over a former value" if not is_empty(before.get(field)) else ""
            if effect:
                situation = situation_of(
                    judged.step,
                    judged.before,
                    form=Form.REQUEST_WITH,
                    subject=f"{field}{former}",
                )
                choice = _Choice("STATE-05", situation, Outcome.other(effect), field)
                yield _observation(number, judged, choice)
        return
    for field in (name for name in MAP_FIELDS if name in sent):
        effect = effect_on_left_out(
            field, sent[field], before.get(field), view.get(field), judged.environment
        )
        if effect:
            kind = "a map" if sent[field] else "an empty map"
            situation = Situation(
                form=Form.CONTENT,
                operation=Operation.UPDATE,
                subject=f"what {kind} of {field} leaves out",
            )
            choice = _Choice("MERGE-U1", situation, Outcome.other(effect), field)
            yield _observation(number, judged, choice)


def _observation(number: int, judged: JudgedResponse, choice: _Choice) -> Observation:
    return Observation(
        rule=choice.rule,
        situation=choice.situation.key,
        outcome=choice.outcome.key,
        operation=judged.step.operation,
        comparable=True,
        step=number,
        field_name=choice.field_name,
    )


def _unasked(judged: JudgedResponse) -> Iterator[_Choice]:
    """Whether an answer shows the session though nobody asked for it."""
    step = judged.step
    must = judged.expectation.verdict is Verdict.MUST_ACCEPT
    if not judged.accepted or not must or not isinstance(step, Update | ReturnItems):
        return
    if isinstance(step.body, dict) and not wants_session(step.body):
        wanted = step.body.get("responseContent")
        asked = "without responseContent" if wanted is None else "responseContent without it"
        situation = situation_of(step, judged.before, subject=f"session, {asked}")
        yield _Choice("RESP-U1", situation, _NOT_SHOWN if judged.shown is None else _SHOWN)


def _dry_answer(judged: JudgedResponse) -> Iterator[_Choice]:
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
            situation = situation_of(step, judged.before, subject=f"{field} left out")
            outcome = _NOT_SHOWN if is_empty(shown.get(field)) else _SHOWN
            yield _Choice("DRY-U1", situation, outcome, field)


def _item_costs(judged: JudgedResponse) -> Iterator[_Choice]:
    known = judged.expectation.verdict is Verdict.MUST_ACCEPT and not judged.before.lost
    reading = item_cost_reading(judged) if known else None
    if reading is not None:
        yield _Choice("RESP-05", _ITEM_COSTS, Outcome.other(reading))


def _returned_total(judged: JudgedResponse) -> Iterator[_Choice]:
    reading = return_reading(judged)
    if reading is not None:
        yield _Choice("RESP-U1", _RETURNED_TOTAL, Outcome.other(reading))


def _all_returned(judged: JudgedResponse) -> Iterator[_Choice]:
    """The state after a return of all that was left."""
    after, shown = judged.after, judged.shown
    if not isinstance(judged.step, ReturnItems) or judged.dry or shown is None:
        return
    items = after.items
    if items is UNKNOWN or after.returned is UNKNOWN or not items:
        return
    if all(after.remaining(place) == 0 for place in range(len(items))):
        situation = situation_of(judged.step, judged.before, subject="all of it")
        yield _Choice("RET-U1", situation, Outcome.other(_state(shown)))


def _state(shown: Mapping[str, Any]) -> str:
    state = shown.get("state")
    return str(state) if state in list(SessionState) else "no known state"


def _counted(judged: JudgedResponse) -> Iterator[_Choice]:
    """Whether a return or a reopen counts as an update (RESP-08 speaks of updates)."""
    shown, before = judged.shown, judged.before.update_count
    if not isinstance(judged.step, ReturnItems | Reopen) or judged.dry or shown is None:
        return
    found = shown.get("updateCount")
    fresh = judged.expectation.verdict is Verdict.MUST_ACCEPT and before is not None
    if fresh and not judged.expectation.repeats_return and type(found) is int:
        situation = Situation.other(f"updateCount after a {judged.step.operation.value}")
        yield _Choice("RESP-08", situation, _SAME if same_json(found, before) else _GROWS)


def _status_for_unknown(judged: JudgedResponse) -> Iterator[_Choice]:
    """Which of the allowed statuses a session that does not exist is answered with."""
    expectation = judged.expectation
    unknown = judged.before.state is None and expectation.rules in _UNKNOWN_SESSION
    if unknown and judged.answer.status in expectation.statuses:
        yield _Choice(
            expectation.rules[0],
            situation_of(judged.step, judged.before),
            Outcome.answered(judged.answer.status),
        )


_READERS: tuple[_Reader, ...] = (
    _unasked,
    _dry_answer,
    _item_costs,
    _returned_total,
    _all_returned,
    _counted,
    _status_for_unknown,
)
