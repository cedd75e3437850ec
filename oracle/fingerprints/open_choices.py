"""Open choices: what a target does with requests that it must accept, where their effect is open.

MERGE-U1, DRY-U1, RESP-U1, RET-U1, the data sent with a cancellation, the costs of items in sums,
what counts as an update, and which of two allowed statuses a refusal has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from ...contract import Operation, Reopen, ReturnItems, SessionState, Update
from ...contract.fields import MAP_FIELDS
from ...record import Form, Observation, Outcome, Situation
from ..checks import item_cost_reading, return_reading
from ..judged_response import JudgedResponse
from ..model import (
    DATA_FIELDS,
    UNKNOWN,
    AtLeast,
    Verdict,
    is_empty,
    requests_session,
    same_json,
    sent_session,
    situation_of,
)
from .effects import effect_on, effect_on_left_out

_SHOWN, _NOT_SHOWN = Outcome.other("shown"), Outcome.other("not shown")
_SAME, _GROWS = Outcome.other("the same"), Outcome.other("grows")
_ITEM_COSTS = Situation.other("costs of items in additionalCostTotal")
_RETURNED_TOTAL = Situation.other("cartItemTotal after a return")
_UNKNOWN_SESSION = (("ERR-05",), ("STATE-16",))
"""Not RET-04: a return that is refused for its session alone has a body that the contract is silent
about, since a position is outside of a cart that does not exist. What a target looks at first is
its own affair."""


class _Choice(NamedTuple):
    """What a target chose in one situation."""

    rule: str
    situation: Situation
    outcome: Outcome
    field_name: str = ""
    """The data field that it is about; empty: none, or several."""


_Reader = Callable[[JudgedResponse], Iterator[_Choice]]


def choices_at_once(number: int, response: JudgedResponse) -> Iterator[Observation]:
    """The choices that the response to step ``number`` shows by itself."""
    if response.before.lost or response.before.state is UNKNOWN:
        return
    for read in _READERS:
        for choice in read(response):
            yield _observation(number, response, choice)


def choices_of_update(
    number: int, response: JudgedResponse, view: Mapping[str, Any]
) -> Iterator[Observation]:
    """The choices that show once the session can be seen that step ``number`` updated."""
    if not isinstance(response.step, Update) or response.before.lost:
        return
    sent, before = sent_session(response.step), response.before.fields
    if response.before.state is not SessionState.OPEN:
        return
    if response.expectation.reaches is SessionState.CANCELLED:
        for field in (name for name in DATA_FIELDS if name in sent):
            effect = effect_on(field, sent[field], before.get(field), view.get(field))
            # An empty list clears where an empty map, merged, leaves all as it is.
            empty = ", empty" if is_empty(sent[field]) else ""
            former = ", over a former value" if not is_empty(before.get(field)) else ""
            if effect:
                situation = situation_of(
                    response.step,
                    response.before,
                    form=Form.REQUEST_WITH,
                    subject=f"{field}{empty}{former}",
                )
                choice = _Choice("STATE-05", situation, Outcome.other(effect), field)
                yield _observation(number, response, choice)
        return
    for field in (name for name in MAP_FIELDS if name in sent):
        effect = effect_on_left_out(
            field, sent[field], before.get(field), view.get(field), response.environment
        )
        if effect:
            kind = "a map" if sent[field] else "an empty map"
            situation = Situation(
                form=Form.CONTENT,
                operation=Operation.UPDATE,
                subject=f"what {kind} of {field} leaves out",
            )
            choice = _Choice("MERGE-U1", situation, Outcome.other(effect), field)
            yield _observation(number, response, choice)


def _observation(number: int, response: JudgedResponse, choice: _Choice) -> Observation:
    return Observation(
        rule=choice.rule,
        situation=choice.situation.key,
        outcome=choice.outcome.key,
        operation=response.step.operation,
        comparable=True,
        step=number,
        field_name=choice.field_name,
    )


def _unasked(response: JudgedResponse) -> Iterator[_Choice]:
    """Whether an answer shows the session though nobody asked for it."""
    step = response.step
    must = response.expectation.verdict is Verdict.MUST_ACCEPT
    if not response.accepted or not must or not isinstance(step, Update | ReturnItems):
        return
    if isinstance(step.body, dict) and not requests_session(step.body):
        wanted = step.body.get("responseContent")
        asked = "without responseContent" if wanted is None else "responseContent without it"
        situation = situation_of(step, response.before, subject=f"session, {asked}")
        yield _Choice("RESP-U1", situation, _NOT_SHOWN if response.shown is None else _SHOWN)


def _dry_answer(response: JudgedResponse) -> Iterator[_Choice]:
    """What a dry answer shows for the fields that the request leaves out."""
    step, shown = response.step, response.shown
    if not isinstance(step, Update) or not step.dry or shown is None:
        return
    if response.expectation.verdict is not Verdict.MUST_ACCEPT:
        return
    for field in DATA_FIELDS:
        known = response.before.fields.get(field)
        if field in sent_session(step) or known is UNKNOWN or isinstance(known, AtLeast):
            continue
        if not is_empty(known):
            situation = situation_of(step, response.before, subject=f"{field} left out")
            outcome = _NOT_SHOWN if is_empty(shown.get(field)) else _SHOWN
            yield _Choice("DRY-U1", situation, outcome, field)


def _item_costs(response: JudgedResponse) -> Iterator[_Choice]:
    known = response.expectation.verdict is Verdict.MUST_ACCEPT and not response.before.lost
    reading = item_cost_reading(response) if known else None
    if reading is not None:
        yield _Choice("RESP-05", _ITEM_COSTS, Outcome.other(reading))


def _returned_total(response: JudgedResponse) -> Iterator[_Choice]:
    reading = return_reading(response)
    if reading is not None:
        yield _Choice("RESP-U1", _RETURNED_TOTAL, Outcome.other(reading))


def _all_returned(response: JudgedResponse) -> Iterator[_Choice]:
    """The state after a return of all that was left."""
    after, shown = response.after, response.shown
    if not isinstance(response.step, ReturnItems) or response.dry or shown is None:
        return
    items = after.items
    if items is UNKNOWN or after.returned is UNKNOWN or not items:
        return
    if all(after.remaining(place) == 0 for place in range(len(items))):
        situation = situation_of(response.step, response.before, subject="all of it")
        yield _Choice("RET-U1", situation, Outcome.other(_state(shown)))


def _state(shown: Mapping[str, Any]) -> str:
    state = shown.get("state")
    return str(state) if state in list(SessionState) else "no known state"


def _counted(response: JudgedResponse) -> Iterator[_Choice]:
    """Whether a return or a reopen counts as an update (RESP-08 speaks of updates)."""
    shown, before = response.shown, response.before.update_count
    if not isinstance(response.step, ReturnItems | Reopen) or response.dry or shown is None:
        return
    found = shown.get("updateCount")
    fresh = response.expectation.verdict is Verdict.MUST_ACCEPT and before is not None
    if fresh and not _repeats(response) and type(found) is int:
        situation = Situation.other(f"updateCount after a {response.step.operation.value}")
        yield _Choice("RESP-08", situation, _SAME if same_json(found, before) else _GROWS)


def _repeats(response: JudgedResponse) -> bool:
    return response.expectation.repeats_return or response.expectation.repeats_write


def _status_for_unknown(response: JudgedResponse) -> Iterator[_Choice]:
    """Which of the allowed statuses a session that does not exist is answered with."""
    expectation = response.expectation
    unknown = response.before.state is None and expectation.rules in _UNKNOWN_SESSION
    if unknown and response.status in expectation.statuses:
        yield _Choice(
            expectation.rules[0],
            situation_of(response.step, response.before),
            Outcome.answered(response.status),
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
