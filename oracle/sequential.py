"""Judges the responses of one execution, as long as what was applied is certain.

For each step: expect, judge, learn.

1. The model gives the expectation: must the target accept, must it refuse, or is that open?
2. `judging.judge` compares the response with the expectation and the state; pure.
3. `learning.learn` gives the state after it; pure.

`cartfuzz.oracle.Oracle` stands above it and decides what was applied where that is not certain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

from msgspec.structs import replace

from ..contract import (
    NOTHING_EXCLUSIVE,
    Environment,
    Exclusive,
    Fetch,
    Level,
    RuleLevel,
    Scenario,
    Step,
    Update,
)
from ..record import Discrepancy
from ..wire import Delivery, NoResponse, Response
from ..wire.encoding import json_of
from .checks import GATEWAY_STATUSES, late_side_effect
from .counters import (
    OVER_LIMIT,
    STOPPED,
    Move,
    after_read,
    count_answer,
    declared_limits,
    may_redeem_undeclared,
    move_unanswered,
)
from .discrepancies import reported, signature
from .fingerprints import Fingerprints
from .idempotency_keys import used_key, with_used_key
from .judged_response import JudgedResponse, PastStep
from .judgement import Judgement
from .judging import inconclusive_reason, judge, with_findings
from .key_refusals import may_hide_acceptance
from .learning import (
    learn,
    learn_applied,
    learn_from_read,
    mark_lost,
    with_step,
    without_held_back,
)
from .model import (
    UNKNOWN,
    Expectation,
    SessionModel,
    Verdict,
    after_acceptance,
    expect,
    is_write,
    ordinary_step,
    with_identity,
)
from .stale_reads import stale_read, with_accepted
from .state import OracleState
from .transitions import transitions_of


class SequentialOracle:
    """Follows one execution of a scenario.

    Args:
        scenario: what is executed.
        environment: what the target has configured.
        levels: the rules whose level the user changed.
        exclusive: the codes and campaigns that only this execution uses.
    """

    def __init__(
        self,
        scenario: Scenario,
        environment: Environment,
        levels: Mapping[str, RuleLevel],
        exclusive: Exclusive = NOTHING_EXCLUSIVE,
    ) -> None:
        self._session_ids = scenario.sessions
        self._steps = tuple(map(ordinary_step, scenario.steps))
        self._environment = environment
        self._observed_rules = frozenset(
            rule for rule, setting in levels.items() if setting.level is Level.OBSERVE
        )
        self._limits = declared_limits(
            environment, exclusive if environment.sole_user else NOTHING_EXCLUSIVE
        )
        self._redeeming = self._limits.redeeming_sessions(self._steps)
        self._refused_keys: frozenset[str] = frozenset()
        self._accepted_keys: frozenset[str] = frozenset()
        self._disputed: frozenset[int] = frozenset()
        """The sessions with a code that one campaign accepted and another one rejected."""
        self.fingerprints = Fingerprints()
        self.state = OracleState.initial(len(scenario.sessions))

    def judge(
        self, step_index: int, outcome: Response | NoResponse, *, is_alone: bool = True
    ) -> Judgement:
        """What the response to one step means. Call it once a step, in order.

        Args:
            step_index: index of the step in the scenario.
            outcome: the response, or why there is none.
            is_alone: whether no other request can have been worked on at the same time.
        """
        step = self._steps[step_index]
        expectation = self._expected(step_index)
        self._remember_key(step, outcome)
        if isinstance(outcome, NoResponse):
            return self._without_response(step, expectation, outcome)
        before = self.state.sessions[step.session].model
        reason = inconclusive_reason(step, outcome, expectation, before, is_alone=is_alone)
        judged = self._judged(step, expectation, outcome)
        if reason:
            inconclusive = self._inconclusive(step, expectation, outcome, reason)
            return self._counted(step_index, judged, inconclusive, is_alone=is_alone)
        judgement = judge(step_index, judged, self.state, self._observed_rules)
        if judgement.must_read and judgement.discrepancies:
            judgement = replace(judgement, stale_read=self._stale_read(step_index, judged))
        self.state = learn(self.state, judged, judgement)
        if judged.accepted and is_write(step):
            self._remember(step_index)
        elif isinstance(step, Fetch) and not judgement.discrepancies:
            self._refine(step.session)
        observations = tuple(self.fingerprints.observe(step_index, judged))
        if observations:
            judgement = replace(judgement, observations=(*judgement.observations, *observations))
        return self._counted(step_index, judged, judgement, is_alone=is_alone)

    def fork(self) -> SequentialOracle:
        """Another oracle that knows the same and learns on its own from now on.

        It does not see the fingerprints of earlier steps: which of several possible states the
        target is in is not known, so what it shows of them says nothing.
        """
        other = copy(self)
        other.fingerprints = Fingerprints()
        return other

    def extend(self, scenario: Scenario) -> None:
        """Goes on with ``scenario``: the one so far and further steps, none of them judged."""
        self._steps += tuple(map(ordinary_step, scenario.steps[len(self._steps) :]))
        self._redeeming = self._limits.redeeming_sessions(self._steps)

    def finish(self) -> list[Discrepancy]:
        """What was held back for steps that did not come; nothing is held back any more."""
        waiting = [s.held_back for s in self.state.sessions if s.held_back is not None]
        findings = [
            (dry.number, dry.alone()) for dry in sorted(waiting, key=lambda dry: dry.number)
        ]
        for index in range(len(self.state.sessions)):
            self.state = without_held_back(self.state, index)
        return [
            reported(
                step_index,
                self._steps[step_index],
                finding,
                unseen=(),
                mistakes=self.state.misleading,
            )
            for step_index, finding in findings
            if finding is not None and finding.rule not in self._observed_rules
        ]

    # --- knowledge from elsewhere ------------------------------------------------------------

    def apply_unanswered(self, step_index: int) -> bool:
        """Takes a step as applied though no response says so.

        Returns:
            False, and nothing is taken, where the contract refuses the step: then it cannot have
            been applied.
        """
        step = self._steps[step_index]
        expectation = self._expected(step_index)
        state = learn_applied(self.state, step, expectation, self._environment)
        if state is not None:
            self.state = self._counted_unanswered(step, expectation, state)
            key = used_key(step)
            if key is not None:
                self._accepted_keys |= {key}
            if is_write(step):
                self._remember(step_index)
        return state is not None

    def models(self) -> Sequence[SessionModel]:
        """What the sessions hold, and what they redeemed where it is certain which campaign's."""
        return [
            replace(known.model, applied=UNKNOWN) if index in self._disputed else known.model
            for index, known in enumerate(self.state.sessions)
        ]

    def may_exist(self, session: int) -> bool:
        """Whether the session with this index may exist."""
        model = self.state.sessions[session].model
        return model.lost or model.state is not None

    def as_of(self, state: OracleState) -> SequentialOracle:
        """Another oracle, as `fork`, that knows what this one knew with ``state``."""
        other = self.fork()
        other.state = state
        return other

    def learn_identity(self, session: int, view: Mapping[str, Any]) -> None:
        """Takes over from ``view`` only what a session keeps all its life (RESP-07)."""
        model = self.state.sessions[session].model
        self.state = self.state.with_model(session, with_identity(model, view))

    def learn_from_read(self, session: int, outcome: Response | NoResponse) -> None:
        """Takes over what a read of a session shows, believing all of it."""
        self.state = learn_from_read(self.state, session, outcome)
        self._refine(session)
        if self._redeeming:
            self._count_move(after_read(session, self.state.sessions[session].model))

    def mark_lost(self, session: int) -> None:
        """Judges nothing of a session until a read shows what it holds."""
        self.state = mark_lost(self.state, session)

    def stop_counting(self) -> None:
        """Judges nothing by the counters that sessions share any more."""
        if self._redeeming:
            self.state = self.state.with_counters(STOPPED)

    def without_counters(self) -> SequentialOracle:
        """Another oracle, as `fork`, that judges nothing by counters."""
        other = self.fork()
        other.stop_counting()
        return other

    def share_counters(self, one: int, other: int) -> bool:
        """Whether a redemption by one of two sessions may decide about one by the other."""
        return one in self._redeeming and other in self._redeeming

    # --- counters that sessions share --------------------------------------------------------

    def _counted(
        self, step_index: int, judged: JudgedResponse, judgement: Judgement, *, is_alone: bool
    ) -> Judgement:
        """``judgement`` with what the counters add to it."""
        if judged.step.session not in self._redeeming:
            return judgement
        counted = count_answer(
            self.state.counters,
            judged,
            self.state.sessions[judged.step.session].model,
            self._limits,
            is_alone=is_alone,
            is_misled=judgement.must_read,
        )
        self.state = self.state.with_counters(counted.counters)
        if counted.is_disputed:
            self._disputed |= {judged.step.session}
        if not (counted.findings or counted.coverage):
            return judgement
        # Others may use a limit up. Beyond it, the scenario's own redemptions are too many already.
        observed = {
            finding.rule
            for finding in counted.findings
            if finding.rule in self._observed_rules
            or not (self._environment.sole_user or finding.outcome == OVER_LIMIT)
        }
        return with_findings(
            judgement,
            step_index,
            judged,
            counted.findings,
            observed_rules=observed,
            mistakes=self.state.misleading,
            coverage=counted.coverage,
        )

    def _counted_unanswered(
        self, step: Step, expectation: Expectation, after: OracleState
    ) -> OracleState:
        """The state ``after`` a step that was applied without an answer, with its redemptions."""
        if step.session not in self._redeeming:
            return after
        counters = after.counters
        models = (
            self.state.sessions[step.session].model,
            after.sessions[step.session].model,
        )
        if isinstance(step, Update) and may_redeem_undeclared(step, *models, self._limits):
            counters = replace(counters, undeclared=True)
        move = move_unanswered(step, expectation, *models, self._limits)
        if move is not None:
            counters, _ = counters.after(move)
        return after.with_counters(counters)

    def _count_move(self, move: Move | None) -> None:
        if move is not None:
            self.state = self.state.with_counters(self.state.counters.after(move)[0])

    # --- outcomes that say nothing about the rules -------------------------------------------

    def _without_response(
        self, step: Step, expectation: Expectation, outcome: NoResponse
    ) -> Judgement:
        before = self.state.sessions[step.session].model
        if outcome.fate is Delivery.UNKNOWN and is_write(step):
            self.state = mark_lost(self.state, step.session)
            if step.session in self._redeeming:
                self.stop_counting()
        elif step.cut is not None:
            self._remember_cut(step, expectation)
            return Judgement()
        return Judgement(
            inconclusive=(f"{step.operation.value}: {outcome.reason}",),
            transitions=transitions_of(step, before, expectation, outcome),
        )

    def _remember_key(self, step: Step, outcome: Response | NoResponse) -> None:
        key = used_key(step)
        if key is None:
            return
        if isinstance(outcome, NoResponse):
            # Of a request that was cut before its end a part arrived, and may have been refused.
            is_part = step.cut is not None and outcome.fate is not Delivery.UNKNOWN
            is_accepted = not is_part
        else:
            # A target that failed may have applied the request before.
            is_accepted = outcome.accepted or outcome.status >= 500
        if is_accepted:
            self._accepted_keys |= {key}
        else:
            self._refused_keys |= {key}

    def _remember_cut(self, step: Step, expectation: Expectation) -> None:
        """A request that was not sent whole must leave no trace.

        A target that carries it out all the same may do so at any time, after reads as well, so the
        suspicion stays for the rest of the execution.
        """
        self.state = with_step(self.state, step, expectation, accepted=False)
        trace = late_side_effect(self.state.sessions[step.session].unseen_steps[-1])
        signatures = (signature(step, one) for one in (trace, *trace.alternatives))
        self.state = self.state.with_misleading((*self.state.misleading, *signatures))

    def _inconclusive(
        self, step: Step, expectation: Expectation, response: Response, reason: str
    ) -> Judgement:
        before = self.state.sessions[step.session].model
        transitions = transitions_of(step, before, expectation, response, is_conclusive=False)
        is_doubtful = response.status in GATEWAY_STATUSES or may_hide_acceptance(step, response)
        if is_doubtful and is_write(step):
            # A gateway gave up waiting, or a gate refused; the target may have stored the write.
            self.state = mark_lost(self.state, step.session)
            if step.session in self._redeeming:
                self.stop_counting()
        else:
            self.state = with_step(self.state, step, expectation, accepted=False)
        self.state = without_held_back(self.state, step.session)
        return Judgement(
            inconclusive=(f"{step.operation.value}: {reason}",), transitions=transitions
        )

    # --- older states of a session -----------------------------------------------------------

    def _stale_read(self, step_index: int, judged: JudgedResponse) -> Discrepancy | None:
        """What to report if the response is a read that shows an older state."""
        step = judged.step
        session_id, environment = self._session_ids[step.session], self._environment
        return stale_read(
            step_index,
            judged,
            self.state.sessions[step.session].accepted_states,
            lambda model: expect(step, session_id, model, environment),
        )

    def _remember(self, step_index: int) -> None:
        """Keeps what the session holds after the accepted write at ``step_index``."""
        index = self._steps[step_index].session
        known = self.state.sessions[index]
        states = with_accepted(known.accepted_states, step_index, known.model)
        self.state = self.state.with_session(index, replace(known, accepted_states=states))

    def _refine(self, session: int) -> None:
        """Keeps what a read has shown of the present state."""
        known = self.state.sessions[session]
        *older, latest = known.accepted_states
        if older:
            states = with_accepted(tuple(older), latest.step_index, known.model)
            self.state = self.state.with_session(session, replace(known, accepted_states=states))

    # --- what a response is judged with ------------------------------------------------------

    def _expected(self, step_index: int) -> Expectation:
        step = self._steps[step_index]
        model = self.state.sessions[step.session].model
        expectation = expect(step, self._session_ids[step.session], model, self._environment)
        return with_used_key(
            expectation,
            step,
            earlier_steps=self._steps[:step_index],
            accepted_keys=self._accepted_keys,
            refused_keys=self._refused_keys,
        )

    def _judged(self, step: Step, expectation: Expectation, response: Response) -> JudgedResponse:
        index = step.session
        known = self.state.sessions[index]
        before, unseen_steps = known.model, known.unseen_steps
        if response.accepted and not isinstance(step, Fetch):
            # What the response shows may be this step's own doing.
            unseen_steps = (
                *unseen_steps,
                PastStep(
                    session=index,
                    step=step,
                    expectation=expectation,
                    accepted=True,
                    before=before,
                ),
            )
        return JudgedResponse(
            step=step,
            session_id=self._session_ids[index],
            received=response,
            json=json_of(response),
            expectation=expectation,
            before=before,
            after=self._after(step, before, expectation, response),
            other_sessions=self._other_models(index),
            unseen_steps=unseen_steps,
            repeats_update=isinstance(step, Update)
            and not step.dry
            and known.last_update is not None
            and step.body == known.last_update,
            environment=self._environment,
            earlier_view=known.last_view,
            earlier_effects=known.last_effects,
        )

    def _after(
        self, step: Step, before: SessionModel, expectation: Expectation, response: Response
    ) -> SessionModel:
        """The session as it must be now, given whether the target accepted."""
        if not response.accepted or before.lost or expectation.verdict is Verdict.MUST_REJECT:
            return before
        return after_acceptance(step, before, expectation, self._environment)

    def _other_models(self, index: int) -> dict[str, SessionModel]:
        return {
            session_id: known.model
            for other, (session_id, known) in enumerate(
                zip(self._session_ids, self.state.sessions, strict=True)
            )
            if other != index
        }
