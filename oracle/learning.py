"""Works out what an oracle knows after a step: functions from a state to the next one.

A response is trusted where the model cannot know better: what it shows of unknown fields, and that
a refused request was refused. After a write whose effect is not known the session is *lost*:
nothing of it is judged until a read shows what the target holds.
"""

from __future__ import annotations

from msgspec.structs import replace

from ..contract import Environment, Fetch, Raw, ReturnItems, SessionState, Step, Update
from ..wire import NoResponse, Response, session_view
from ..wire.encoding import json_of
from .checks import is_remembered
from .effects import NO_EFFECTS
from .judged_response import JudgedResponse, PastStep
from .judgement import Judgement
from .model import (
    UNKNOWN,
    Expectation,
    SessionModel,
    Verdict,
    after_acceptance,
    after_view,
    is_write,
    model_of_view,
    with_idempotency_key,
    with_write_key,
)
from .model.applied import applied_by, reduced_by
from .state import OracleState, SessionKnowledge


def learn(state: OracleState, judged: JudgedResponse, judgement: Judgement) -> OracleState:
    """The state after a response that was judged.

    Args:
        state: what was known before the step.
        judged: the step and its response, with what was expected.
        judgement: what the response means.
    """
    step, index = judged.step, judged.step.session
    state = state.with_misleading(judgement.misleading)
    if not isinstance(step, Fetch):
        # The response to a dry update waits for the next step on its session; reads may come first.
        state = _with_held_back(state, index, judgement)
    if is_write(step):
        effects = judged.effects if is_remembered(judged) else None
        state = state.with_effects(index, effects)
    if judged.status >= 500 and is_write(step):
        # A server that fails may have stored the write before it failed.
        return mark_lost(state, index)
    state = with_step(state, step, judged.expectation, accepted=judged.accepted)
    if judged.before.lost:
        # There was nothing to compare the response with; only a read ends that.
        return learn_from_read(state, index, judged.received) if isinstance(step, Fetch) else state
    return state.with_session(index, _learned(state.sessions[index], judged))


def _with_held_back(state: OracleState, index: int, judgement: Judgement) -> OracleState:
    session = state.sessions[index]
    if session.held_back is judgement.held_back:
        return state
    return state.with_session(index, replace(session, held_back=judgement.held_back))


def _learned(session: SessionKnowledge, judged: JudgedResponse) -> SessionKnowledge:
    """What is known of the session of a step, once its response was judged against the model."""
    step, after, shown = judged.step, judged.after, judged.shown
    unseen_steps, last_view, last_update = (
        session.unseen_steps,
        session.last_view,
        session.last_update,
    )
    is_raw = isinstance(step, Raw)
    written = judged.accepted and is_write(step)
    if written and (judged.before.state is UNKNOWN or is_raw):
        # What an accepted write did depends on a state that was not known, or on how the target
        # reads an odd request.
        after = after.as_lost()
    if shown is not None and not judged.dry and not after.lost and not is_raw:
        # The response shows the session as it is: what was unknown is known now, and the steps up
        # to here cannot explain later surprises any more.
        after = after_view(after, shown, judged.environment)
        last_view, unseen_steps = shown, ()
    elif isinstance(step, Fetch) and after.state is None:
        # So does a rightful 404: nothing is there.
        unseen_steps = ()
    if judged.accepted and isinstance(step, ReturnItems):
        answer = judged.json.get("return") if isinstance(judged.json, dict) else None
        after = with_idempotency_key(step, after, answer)
    if written and not after.lost:
        after = _with_applied(after, judged)
    if written and not judged.expectation.effect_is_open:
        after = with_write_key(step, after, judged.answered_view)
    if written:
        last_update = step.body if isinstance(step, Update) else None
    return replace(
        session,
        model=after,
        unseen_steps=unseen_steps,
        last_view=last_view,
        last_update=last_update,
    )


def _with_applied(after: SessionModel, judged: JudgedResponse) -> SessionModel:
    """The session with what the effects of an accepted write applied or rolled back."""
    if judged.after is judged.before:
        return after  # it was not applied, or comes again
    if isinstance(judged.step, ReturnItems):
        return replace(after, applied=reduced_by(judged.before.applied, judged.effects))
    closed = SessionState.CLOSED
    if judged.after.state is not closed or judged.before.state is closed:
        return after
    codes, referral = after.fields.get("couponCodes"), after.fields.get("referralCode")
    # An answer without effects may mean that they are those of the open session; right after a
    # reopening that has none.
    is_updated = judged.before.state is SessionState.OPEN and judged.before.rolled_back is None
    earlier = judged.earlier_effects if is_updated else NO_EFFECTS
    applied = applied_by(judged.effects, codes, referral, earlier=earlier)
    return replace(after, applied=applied)


def learn_from_read(state: OracleState, index: int, outcome: Response | NoResponse) -> OracleState:
    """The state after a read that shows what the target holds; all of it is believed.

    Args:
        state: what was known before.
        index: of the session that was read.
        outcome: what the read was answered.
    """
    session = state.sessions[index]
    model = session.model.as_lost()  # no answer, or one that shows nothing
    if isinstance(outcome, Response):
        view = session_view(json_of(outcome)) if outcome.status == 200 else None
        if view is not None:
            model = model_of_view(view, session.model)
        elif outcome.status in (400, 404):
            model = SessionModel()
    return state.with_session(
        index, replace(session, model=model, unseen_steps=(), last_update=None)
    )


def learn_applied(
    state: OracleState, step: Step, expectation: Expectation, environment: Environment
) -> OracleState | None:
    """The state if ``step`` was applied though no response says so.

    Returns:
        None where the contract refuses the step: then it cannot have been applied.
    """
    if expectation.verdict is Verdict.MUST_REJECT:
        return None
    index = step.session
    before = state.sessions[index].model
    after = before
    if isinstance(step, Raw):
        after = before.as_lost()  # what the target read out of it is its own choice
    elif not before.lost:
        after = after_acceptance(step, before, expectation, environment)
        if isinstance(step, ReturnItems):
            # The same key again must bring the same answer, which nobody has seen (RET-06).
            after = with_idempotency_key(step, after, UNKNOWN)
        after = with_write_key(step, after, UNKNOWN)
    state = with_step(state, step, expectation, accepted=True).with_effects(index, None)
    return state.with_session(
        index,
        replace(
            state.sessions[index],
            model=after,
            last_update=step.body if isinstance(step, Update) else None,
        ),
    )


def mark_lost(state: OracleState, index: int) -> OracleState:
    """The state in which nothing of session ``index`` is judged until a read shows it."""
    state = state.with_effects(index, None)
    return state.with_model(index, state.sessions[index].model.as_lost())


def without_held_back(state: OracleState, index: int) -> OracleState:
    """The state in which no dry response of session ``index`` waits for the next step."""
    session = state.sessions[index]
    if session.held_back is None:
        return state
    return state.with_session(index, replace(session, held_back=None))


def with_step(
    state: OracleState, step: Step, expectation: Expectation, *, accepted: bool
) -> OracleState:
    """The state in which all sessions remember ``step``; the same one for a read."""
    if isinstance(step, Fetch):
        return state
    return state.with_past_step(
        PastStep(
            session=step.session,
            step=step,
            expectation=expectation,
            accepted=accepted,
            before=state.sessions[step.session].model,
        )
    )
