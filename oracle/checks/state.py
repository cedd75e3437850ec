"""Compares the state that a response shows with the state that the session must have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from ...contract import SessionState
from ...record import CheckName, Form, Holds, Outcome, OutcomeKind, Situation
from ..attribution.blame import Blame, Cause, blame, other_causes, sent_fields
from ..attribution.side_effects import isolation, side_effect
from ..judged_response import Finding, JudgedResponse, PastStep, brief
from ..model import UNKNOWN, Verdict, situation_of

_KEPT_STATES: Mapping[object, str] = {
    SessionState.CLOSED: "STATE-07",
    SessionState.PARTIALLY_RETURNED: "STATE-11",
    SessionState.CANCELLED: "STATE-08",
}
"""The rule against leaving a state, where the contract is silent on the answer to an update."""


def check_state(response: JudgedResponse) -> Iterator[Finding]:
    """The state that a response shows: reached where the step moves it, else left alone."""
    shown = response.stored_view
    if shown is None:
        return
    known = response.after.state
    found = shown.get("state")
    if known is UNKNOWN or known is None or found == known.value:
        return
    cause = blame(response, explains=_asks_for(found))
    first, *others = (
        replace(reading, expected=f"state: {known.value}", found=f"state: {brief(found)}")
        for reading in _state_readings(response, cause, found)
    )
    claim = Holds(pointer="/customerSession/state", value=known.value)
    yield replace(first, claim=claim, alternatives=(*first.alternatives, *others))


def _state_readings(response: JudgedResponse, cause: Blame, found: object) -> Iterator[Finding]:
    for candidate in (cause, *other_causes(response, cause)):
        if candidate.must_change_nothing:
            yield side_effect(candidate)
            continue
        yield state_finding(candidate, found)
        if candidate.kind is Cause.OTHER:
            yield from isolation(response)


def state_finding(cause: Blame, found: object) -> Finding:
    """That ``cause`` left the session in the state ``found``."""
    return Finding(
        rule=_state_rule(cause),
        situation=_state_situation(cause),
        outcome=Outcome(
            OutcomeKind.STATE_IS, str(found) if found in list(SessionState) else "no known one"
        ),
        operation=cause.step,
        check=CheckName.STATE,
        family=_ignored_move(cause, found),
    )


def _ignored_move(cause: Blame, found: object) -> str:
    """A target that ignores a move ignores it in every state: one bug that breaks several rules."""
    past = cause.past
    if past is None or not past.accepted or past.before.state is None:
        return ""
    asked = sent_fields(past.step).get("state")
    ignored = asked in list(SessionState) and found == past.before.state.value != asked
    return f"accepted moves to {asked} leave the state" if ignored else ""


def _asks_for(state: object) -> Callable[[PastStep], bool]:
    def explains(past: PastStep) -> bool:
        return "state" in sent_fields(past.step) and sent_fields(past.step)["state"] == state

    return explains


def _state_rule(cause: Blame) -> str:
    match cause.kind:
        case Cause.OTHER:
            return "IDENT-01"
        case Cause.NOTHING:
            return "RESP-03"
        case _:
            past = cause.past
            if past is None:
                return "RESP-03"
            if past.expectation.state_rule in past.expectation.rules[:1] and (
                past.expectation.verdict is Verdict.UNSPECIFIED
            ):
                # The cell is open, but not whether the state may move.
                return _KEPT_STATES.get(past.before.state, "RESP-03")
            return past.expectation.state_rule or "RESP-03"


def _state_situation(cause: Blame) -> Situation:
    """The move itself matters here, so it is part of the situation."""
    past = cause.past
    if cause.kind in (Cause.OTHER, Cause.NOTHING) or past is None:
        return cause.situation
    return situation_of(past.step, past.before, form=Form.AFTER_ACCEPTED)
