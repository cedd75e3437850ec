"""Names what a step asked of the state machine, and what became of it, for the run's counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..contract import Credentials, Raw, Ruling, SessionState, Step, Update
from ..record import Answered, RequestedState, SourceState, TransitionCase
from ..wire import NoResponse, Response
from .checks import GATEWAY_STATUSES, INCONCLUSIVE_STATUSES
from .idempotency_keys import used_key
from .judgement import Judgement
from .key_refusals import KEY_STATUSES
from .model import UNKNOWN, Expectation, SessionModel, Verdict, sent_session

_EXPECTED = {
    Verdict.MUST_ACCEPT: Ruling.ACCEPT,
    Verdict.MUST_REJECT: Ruling.REFUSE,
    Verdict.UNSPECIFIED: Ruling.SILENT,
}
_SOURCES: dict[SessionState | None, SourceState] = {
    None: SourceState.NONE,
    **{state: SourceState(state.value) for state in SessionState},
}
_REQUESTED = {state.value: RequestedState(state.value) for state in SessionState}
_ANSWERED = {2: Answered.ACCEPTED, 4: Answered.REFUSED, 5: Answered.CRASHED}
"""By the first digit of the status."""
_OTHER = Answered.OTHER


def transitions_of(
    step: Step,
    before: SessionModel,
    expectation: Expectation,
    outcome: Response | NoResponse,
    *,
    is_conclusive: bool = True,
) -> tuple[str, ...]:
    """What `Judgement.transitions` has of a step that was answered, or was not.

    Args:
        step: what was sent.
        before: the session before.
        expectation: the verdict on the step.
        outcome: what became of it.
        is_conclusive: whether the status says anything about the rules.

    Returns:
        One key; none where the state of the session does not decide the answer: without the valid
        key, of a malformed request, of one that is cut on purpose, and of one that repeats another
        under its Idempotency-Key.
    """
    if not _is_counted(step) or (
        expectation.repeats_return or expectation.repeats_write or expectation.effect_is_open
    ):
        return ()
    case = TransitionCase(
        _source(before),
        step.operation,
        _requested(step),
        _EXPECTED[expectation.verdict],
        _answered(outcome) if is_conclusive else _inconclusive(outcome),
        dry=step.dry,
    )
    return (case.key,)


def uncertain_transitions(
    steps: Sequence[Step], step_index: int, outcome: Response | NoResponse
) -> tuple[str, ...]:
    """The same of a step that is not judged by one certain state of its session.

    Args:
        steps: of the scenario.
        step_index: which of them.
        outcome: what became of it.
    """
    step = steps[step_index]
    key = used_key(step)
    is_repeat = key is not None and any(used_key(one) == key for one in steps[:step_index])
    if is_repeat or not _is_counted(step):
        return ()
    case = TransitionCase(
        SourceState.UNKNOWN,
        step.operation,
        _requested(step),
        Ruling.SILENT,
        _answered(outcome) if _is_conclusive(outcome) else _inconclusive(outcome),
        dry=step.dry,
    )
    return (case.key,)


def agreed_transitions(
    judgements: Iterable[Judgement],
    steps: Sequence[Step],
    step_index: int,
    outcome: Response | NoResponse,
) -> tuple[str, ...]:
    """What all possible states say of a step; where they differ, the state is unknown."""
    different = {judgement.transitions for judgement in judgements}
    if len(different) == 1:
        return different.pop()
    return uncertain_transitions(steps, step_index, outcome)


def burst_transitions(
    steps: Sequence[Step], first: int, outcomes: Sequence[Response | NoResponse]
) -> tuple[str, ...]:
    """The same of a burst: what came first in it, and so the state before, is not known.

    Args:
        steps: of the scenario.
        first: index of the first step of the burst.
        outcomes: of all its steps, in order.
    """
    return tuple(
        key
        for step_index, outcome in enumerate(outcomes, start=first)
        for key in uncertain_transitions(steps, step_index, outcome)
    )


def _source(before: SessionModel) -> SourceState:
    if before.lost or before.state is UNKNOWN:
        return SourceState.UNKNOWN
    return _SOURCES[before.state]


def _is_counted(step: Step) -> bool:
    is_valid = step.credentials is Credentials.VALID and not isinstance(step, Raw)
    return is_valid and step.cut is None


def _is_conclusive(outcome: Response | NoResponse) -> bool:
    """Whether the status says anything about the rules, of a request with the valid key."""
    if isinstance(outcome, NoResponse):
        return False
    return outcome.status not in INCONCLUSIVE_STATUSES | KEY_STATUSES


def _requested(step: Step) -> RequestedState:
    state = sent_session(step).get("state") if isinstance(step, Update) else None
    if state is None:
        return RequestedState.NONE
    known = _REQUESTED.get(state) if isinstance(state, str) else None
    return known or RequestedState.OTHER


def _answered(outcome: Response | NoResponse) -> Answered:
    if isinstance(outcome, NoResponse):
        return Answered.NONE
    if outcome.status in GATEWAY_STATUSES:
        return _OTHER
    return _ANSWERED.get(outcome.status // 100, _OTHER)


def _inconclusive(outcome: Response | NoResponse) -> Answered:
    return Answered.NONE if isinstance(outcome, NoResponse) else _OTHER
