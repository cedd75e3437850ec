"""Judges one execution of a scenario, including lost responses and concurrent bursts.

The algorithm:

1. Start with one possible state: nothing was sent.
2. A write whose response is lost may be applied at once, later or never: it becomes *pending* in
   every possible state.
3. Before a response of a session is judged, every state in which a pending write of that session
   has been applied by now joins the set.
4. A `SequentialOracle` judges the response in each possible state. A state that the response
   contradicts is refuted, and leaves the set.
5. If all are refuted, that is the discrepancy: no possible state explains the response.
6. After a burst of concurrent steps the possible states are those at the end of every order of the
   steps that explains all responses. `linearizability` searches them (Wing and Gong 1993, Lowe
   2017); if there is none, that is the discrepancy.
7. With too many possible states nothing is judged by them, and nothing is found: a session in which
   they differ is unknown until it is read, and one with a pending write for the rest of the
   execution, since any later response may show that write.

Where every step was answered, one after the other, there is one state all the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as replace_state
from types import MappingProxyType

from msgspec.structs import replace

from ..contract import (
    NOTHING_EXCLUSIVE,
    ContractVersion,
    Environment,
    Exclusive,
    Fetch,
    Level,
    Raw,
    RuleLevel,
    Scenario,
    Step,
)
from ..record import CheckName, Discrepancy, Observation
from ..wire import Delivery, NoResponse, Response
from .burst import (
    Burst,
    burst_coverage,
    conflicts_of,
    contradicted_counter,
    plain_races,
    two_identities,
    unexplained_burst,
    unexplained_read,
)
from .burst_search import Orders, search_orders
from .checks import GATEWAY_STATUSES, ORDERLESS_CHECKS
from .judgement import Judgement
from .lost_write import unexplained_lost_write
from .model import SessionModel, is_write
from .possible_states import (
    PendingWrite,
    PossibleState,
    PossibleStates,
    TooManyStatesError,
    with_pending_applied,
)
from .refutations import Refutations
from .sequential import SequentialOracle
from .state import OracleState
from .transitions import agreed_transitions, burst_transitions, uncertain_transitions

_TOO_MANY_STATES = "more states of the session are possible than are followed"
_UNSURE_WRITE = "a write was answered by a gateway, and may have been processed at any time"
_TOO_MANY_ENDS = "parallel requests: more ends are possible than are followed"
_NO_LEVELS: Mapping[str, RuleLevel] = MappingProxyType({})

_Outcome = Response | NoResponse


@dataclass(frozen=True, slots=True)
class _DoubtedRead:
    """A read that may be stale."""

    step_index: int
    judgement: Judgement
    states: tuple[tuple[PossibleState, OracleState], ...]
    """The possible states before it, each with what was known in it."""


def _is_explained(judgement: Judgement) -> bool:
    return not (judgement.discrepancies or judgement.inconclusive)


class Oracle:
    """Judges one execution of a scenario. It sends nothing: it is given each response.

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
        levels: Mapping[str, RuleLevel] = _NO_LEVELS,
        exclusive: Exclusive = NOTHING_EXCLUSIVE,
    ) -> None:
        self._scenario = scenario
        self._is_current = environment.contract is ContractVersion.CURRENT
        self._states = PossibleStates(
            PossibleState(SequentialOracle(scenario, environment, levels, exclusive))
        )
        self._observed_rules = frozenset(
            rule for rule, setting in levels.items() if setting.level is Level.OBSERVE
        )
        self._refutations = Refutations()
        self._bursts: dict[int, Burst] = {}
        """By session: the last burst, until a read shows which order it was."""
        self._lost_writes: dict[int, int] = {}
        """By session: index of the last write whose response was lost."""
        self._lost_dry = False
        """Whether the response to a dry request was lost."""
        self._unsure_writes: set[int] = set()
        """Sessions with a write for which a gateway answered, or a server that gave up waiting."""
        self._doubted_read: _DoubtedRead | None = None
        self._abandoned: set[int] = set()
        """Sessions with pending writes and more possible states than can be followed."""

    def judge(self, step_index: int, outcome: _Outcome) -> Judgement:
        """What the response to one step means. Call it once a step, in order.

        Args:
            step_index: index of the step in the scenario.
            outcome: the response, or why there is none.
        """
        states = tuple((state, state.oracle.state) for state in self._states)
        judgement = self._judged(step_index, outcome)
        self._refutations.note_response(step_index, outcome)
        self._doubted_read = None
        if judgement.discrepancies:
            reported = self._refutations.annotated(judgement.discrepancies)
            judgement = replace(judgement, discrepancies=reported)
            if judgement.stale_read is not None:
                self._doubted_read = _DoubtedRead(step_index, judgement, states)
        return judgement

    def settle_read(self, outcome: _Outcome) -> Judgement | None:
        """Whether the read that was judged last was stale, given another read of the session.

        Call it after a judgement with a `Judgement.stale_read`, before anything else is judged.

        Args:
            outcome: what the other read was answered.

        Returns:
            What to report in the place of the former judgement, if the other read shows the session
            as it must be; nothing of the stale read is believed then. None: it does not, and what
            was judged before stands.
        """
        doubted = self._doubted_read
        if doubted is None or doubted.judgement.stale_read is None:
            return None
        if isinstance(outcome, NoResponse):
            return None
        step_index = doubted.step_index
        before = [replace_state(state, oracle=state.oracle.as_of(k)) for state, k in doubted.states]
        session = self._scenario.steps[step_index].session
        fitting = [
            state
            for state in with_pending_applied(before, session)
            if _is_explained(state.oracle.judge(step_index, outcome))
        ]
        if not fitting:
            return None
        self._doubted_read = None
        self._states.set(fitting)
        self._refutations.withdraw(step_index, doubted.judgement.discrepancies)
        stale, former = doubted.judgement.stale_read, doubted.judgement
        if stale.rule in self._observed_rules:
            seen = Observation(rule=stale.rule, situation=stale.situation, outcome=stale.outcome)
            return Judgement(
                observations=(seen,), coverage=former.coverage, transitions=former.transitions
            )
        return Judgement(
            discrepancies=(stale,), coverage=former.coverage, transitions=former.transitions
        )

    def judge_burst(self, first: int, outcomes: Sequence[_Outcome]) -> Judgement:
        """What the responses to concurrent steps mean.

        Args:
            first: index of the first of them in the scenario.
            outcomes: one for each step of the burst, in the order of the scenario.
        """
        burst = self._burst(first, outcomes)
        for step_index, outcome in enumerate(outcomes, start=first):
            self._refutations.note_response(step_index, outcome)
        self._lost_dry |= any(map(_is_lost_dry, burst.steps, outcomes))
        found = self._independent_of_order(burst)
        transitions = burst_transitions(self._scenario.steps, first, outcomes)
        try:
            judgement = self._judged_burst(burst, found)
            observed = tuple(conflicts_of(burst)) if self._is_current else ()
            return replace(judgement, observations=observed, transitions=transitions)
        except TooManyStatesError as error:
            self._give_up(error, burst)
            return Judgement(
                discrepancies=tuple(found),
                inconclusive=(_TOO_MANY_ENDS,),
                transitions=transitions,
                must_read=True,
            )

    def learn_from_read(self, session: int, outcome: _Outcome) -> None:
        """Takes over what a read of a session shows, believing all of it.

        Args:
            session: index of the session in the scenario.
            outcome: what the read was answered.
        """
        self._bursts.pop(session, None)
        for state in self._states:
            state.oracle.learn_from_read(session, outcome)
        self._states.set(self._states)

    def models(self) -> Sequence[SessionModel]:
        """What the sessions hold by now; empty where more than one state is possible."""
        first = self._states.first
        if len(self._states) > 1 or first.pending or self._abandoned:
            return ()
        return first.oracle.models()

    def extend(self, scenario: Scenario) -> None:
        """Goes on with ``scenario``: the one so far and further steps, none of them judged."""
        self._scenario = scenario
        for state in self._states:
            state.oracle.extend(scenario)

    def finish(self) -> list[Discrepancy]:
        """What was held back for steps that did not come; nothing is held back any more."""
        held_back = [state.oracle.finish() for state in self._states]
        return held_back[0]

    # --- one response ------------------------------------------------------------------------

    def _judged(self, step_index: int, outcome: _Outcome) -> Judgement:
        step = self._scenario.steps[step_index]
        if step.session not in self._abandoned:
            try:
                return self._judged_by_states(step_index, step, outcome)
            except TooManyStatesError as error:
                self._give_up(error)
        return Judgement(
            inconclusive=(f"{step.operation.value}: {_TOO_MANY_STATES}",),
            transitions=uncertain_transitions(self._scenario.steps, step_index, outcome),
        )

    def _judged_by_states(self, step_index: int, step: Step, outcome: _Outcome) -> Judgement:
        """The judgement of the states that are possible.

        Raises:
            TooManyStatesError: there are more than can be followed.
        """
        if is_write(step) and _may_be_applied_later(step, outcome):
            return self._without_response(step_index, outcome)
        # A request whose response was lost may still be worked on.
        has_pending = any(state.pending for state in self._states)
        is_alone = not (self._lost_writes or self._lost_dry or has_pending or self._abandoned)
        judged = [
            (state, state.oracle.judge(step_index, outcome, is_alone=is_alone))
            for state in with_pending_applied(self._states, step.session)
        ]
        self._lost_dry |= _is_lost_dry(step, outcome)
        contradictions = [
            self._refutations.refute(step_index, judgement) for _, judgement in judged
        ]
        fitting = [pair for pair, found in zip(judged, contradictions, strict=True) if not found]
        judgements = (judgement for _, judgement in fitting or judged)
        transitions = agreed_transitions(judgements, self._scenario.steps, step_index, outcome)
        if not fitting:
            return replace(self._unexplained(step_index, judged), transitions=transitions)
        self._refutations.drop(one for found in contradictions for one in found)
        self._states.set(state for state, _ in fitting)
        if isinstance(outcome, Response) and not is_write(step):
            # The read has shown how the burst ended: what comes later is not its fault.
            self._bursts.pop(step.session, None)
        _, judgement = min(fitting, key=lambda pair: len(pair[1].discrepancies))
        if len(judged) > 1:
            # Observations name the state that was asked, which is not known.
            return replace(judgement, observations=(), transitions=transitions)
        return judgement

    def _without_response(self, step_index: int, outcome: _Outcome) -> Judgement:
        """A write without a response of its own: it may be applied now, later or never."""
        step = self._scenario.steps[step_index]
        self._lost_writes[step.session] = step_index
        self._states.add_pending(PendingWrite(step_index, step.session))
        if isinstance(outcome, Response):
            self._unsure_writes.add(step.session)
            reason = f"answered {outcome.status}"
        elif step.cut is not None:
            return Judgement()  # the connection was cut on purpose
        else:
            reason = outcome.reason
        return Judgement(
            inconclusive=(f"{step.operation.value}: {reason}",),
            transitions=uncertain_transitions(self._scenario.steps, step_index, outcome),
        )

    def _unexplained(
        self, step_index: int, judged: list[tuple[PossibleState, Judgement]]
    ) -> Judgement:
        """No possible state explains the response: blame the burst or the lost write before it."""
        session = self._scenario.steps[step_index].session
        # Go on with the state that is contradicted least.
        state, judgement = min(
            judged, key=lambda pair: len(self._refutations.contradictions(pair[1]))
        )
        self._states.set([state])
        readings = [
            (state.order, self._refutations.contradictions(judgement)[0])
            for state, judgement in judged
        ]
        if all(reading.check is CheckName.COUNTERS for _, reading in readings):
            # The session is as it must be, whatever the burst or the lost write did to it.
            return judgement
        claim = self._refutations.claim(self._scenario.burst)
        burst, lost = self._bursts.pop(session, None), self._lost_writes.get(session)
        orderless = [one for one in judgement.discrepancies if one.check in ORDERLESS_CHECKS]
        if session in self._unsure_writes:
            # A gateway may also have sent the write twice.
            return Judgement(
                discrepancies=tuple(orderless),
                inconclusive=(
                    f"{self._scenario.steps[step_index].operation.value}: {_UNSURE_WRITE}",
                ),
                must_read=True,
            )
        if burst is not None:
            found = unexplained_read(burst, step_index, readings, claim)
        elif lost is not None and len(judged) > 1:
            step = self._scenario.steps[lost]
            found = unexplained_lost_write(step, step_index, [one for _, one in readings], claim)
        else:
            # One state only: the response itself is wrong, and the judgement says how.
            return judgement
        stale = (one.stale_read for _, one in judged)
        return replace(
            judgement,
            discrepancies=(*orderless, found),
            stale_read=next((one for one in stale if one is not None), None),
            blamed_rules=frozenset(one.rule for _, one in readings),
            must_read=True,
        )

    def _give_up(self, error: TooManyStatesError, burst: Burst | None = None) -> None:
        """Judges nothing of the sessions concerned until they are read.

        Nor after that, where a pending write may change them at any time.
        """
        every = TooManyStatesError((*error.states, *self._states))
        sessions = every.differing_sessions | every.pending_sessions
        self._abandoned |= every.pending_sessions
        if burst is not None:
            sessions |= frozenset(burst.sessions)
            self._abandoned |= burst.lost_writes
        for session in sessions:
            self._bursts.pop(session, None)
        self._states.give_up(error.states[0], sessions)

    # --- bursts ------------------------------------------------------------------------------

    def _judged_burst(self, burst: Burst, found: list[Discrepancy]) -> Judgement:
        """The judgement of a burst, with what was ``found`` in the responses one by one.

        Raises:
            TooManyStatesError: it may have ended in more states than can be followed.
        """
        if not self._abandoned.isdisjoint(burst.sessions):
            raise TooManyStatesError(self._states)
        orders = search_orders(self._states, burst, self._refutations)
        identities = two_identities(burst)
        blamed_rules: frozenset[str] = frozenset()
        if identities is not None:
            # One session with two IDs explains all else that is odd about the responses.
            found = [*found, identities]
        elif not orders.states:
            by_counter = self._contradicted_counter(burst, orders)
            if by_counter is not None:
                exceeded, orders = by_counter
                found = [*found, exceeded]
            else:
                claim = self._refutations.claim(self._scenario.burst)
                found = [
                    *found,
                    unexplained_burst(burst, orders.dead_ends, orders.contradictions, claim),
                ]
                blamed_rules = frozenset(one.rule for one in orders.contradictions)
        is_explained = identities is None and bool(orders.states)
        if is_explained:
            self._refutations.drop(orders.contradictions)
            self._settle_burst(burst, orders.states)
        else:
            self._forget(burst.sessions)
        return Judgement(
            discrepancies=tuple(found),
            coverage=tuple(burst_coverage(burst)),
            blamed_rules=blamed_rules,
            must_read=not is_explained,
        )

    def _contradicted_counter(
        self, burst: Burst, orders: Orders
    ) -> tuple[Discrepancy, Orders] | None:
        """The discrepancy of a burst that only a counter of redemptions contradicts.

        Args:
            burst: the steps and their responses.
            orders: the search that found no order.

        Returns:
            The discrepancy, and the orders that explain the responses without counters; None:
            something else contradicts every order as well.
        """
        of_counters = [one for one in orders.contradictions if one.check is CheckName.COUNTERS]
        if not of_counters:
            return None
        uncounted = [
            replace_state(state, oracle=state.oracle.without_counters()) for state in self._states
        ]
        without_counters = search_orders(uncounted, burst, Refutations())
        if not without_counters.states:
            return None
        claim = self._refutations.claim(self._scenario.burst)
        return contradicted_counter(burst, of_counters, orders.dead_ends, claim), without_counters

    def _burst(self, first: int, outcomes: Sequence[_Outcome]) -> Burst:
        steps = self._scenario.steps[first : first + len(outcomes)]
        created = frozenset(
            step.session
            for step in steps
            if not any(state.oracle.may_exist(step.session) for state in self._states)
        )
        return Burst(first=first, steps=steps, outcomes=tuple(outcomes), created=created)

    def _independent_of_order(self, burst: Burst) -> list[Discrepancy]:
        """What is wrong with the responses in whatever order the steps were applied."""
        oracle = self._states.first.oracle
        return [
            replace(found, alternatives=(*found.alternatives, *plain_races()))
            for step_index, outcome in enumerate(burst.outcomes, start=burst.first)
            for found in oracle.fork().judge(step_index, outcome, is_alone=False).discrepancies
            if found.check in ORDERLESS_CHECKS
        ]

    def _settle_burst(self, burst: Burst, states: Iterable[PossibleState]) -> None:
        """Goes on with the states in which the burst may have left the target.

        Raises:
            TooManyStatesError: there are more than can be followed.
        """
        self._states.set(states)
        for session, view in burst.views():
            for state in self._states:
                state.oracle.learn_identity(session, view)
        self._bursts.update(dict.fromkeys(burst.sessions, burst))

    def _forget(self, sessions: Iterable[int]) -> None:
        """Judges nothing of ``sessions`` until they are read."""
        for session in sessions:
            self._bursts.pop(session, None)
        self._states.give_up(self._states.first, sessions)


def _is_lost_dry(step: Step, outcome: _Outcome) -> bool:
    """Whether others may have to wait for a request that writes nothing; a read keeps none."""
    is_dry = not (is_write(step) or isinstance(step, Fetch))
    return is_dry and _may_be_applied_later(step, outcome)


def _may_be_applied_later(step: Step, outcome: _Outcome) -> bool:
    """Whether an outcome leaves open what became of a write, and when.

    A server that waits for the rest of a raw request answers 408 and is done with it.
    """
    if isinstance(outcome, NoResponse):
        return outcome.fate is Delivery.UNKNOWN
    return outcome.status in GATEWAY_STATUSES and not isinstance(step, Raw)
