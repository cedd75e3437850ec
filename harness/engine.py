"""The engine: executes scenarios against one target and returns their events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import NamedTuple

from ..contract import NOTHING_EXCLUSIVE, Environment, Exclusive, RuleLevel, Scenario
from ..oracle.nondeterministic import Oracle
from ..oracle.own_checks import PluginCheck
from ..oracle.run_facts import RunFacts
from ..record import Discrepancy, Exchange, RequestTime, ScenarioRun
from ..wire import NoResponse, OwnCodes, Response
from ..wire.marks import control_mark
from .controls import ExecutionResult, controlled, needs_control
from .exchange_log import (
    AWAY,
    MIXED_UP,
    STATE_LOST,
    ExecutionId,
    ScenarioRecorder,
)
from .execution import Execution
from .novelty import Novelty
from .pace.pace_state import PaceState, local_pace
from .pace.rate_limiter import RateLimiter
from .plan import RecordPolicy
from .plugins.judging import plugin_judge
from .replica_lag import ReplicaLag
from .scarce_codes import ScarceCodes
from .sender import Sender, TargetCare
from .session_ledger import NO_LEDGER, SessionLedger
from .state_witness import StateWitness
from .transport import Transport

_MIN_EXTRA_ANSWER_SEC = 0.005
_MAX_EXTRA_ANSWER_SEC = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReads:
    """What a scenario's sessions answered to a read, in their order."""

    outcomes: tuple[Response | NoResponse, ...]
    statuses: tuple[int | None, ...]
    exchanges: tuple[Exchange, ...]
    elapsed_ms: float
    latency: Mapping[str, int]
    """As `ScenarioRun.latency`."""
    request_times: tuple[RequestTime, ...] = ()
    """As `ScenarioRun.request_times`."""


class Moment(NamedTuple):
    """How often so far something happened after which answers prove nothing."""

    outages: int
    losses: int
    """Of the target's state."""
    mixed_up: int
    """As `Ordered.mixed_up`."""


class Engine:
    """Executes scenarios against one target. Threads may share one.

    Args:
        transport: sends the requests.
        environment: what the target has configured.
        levels: the rules whose level the user changed.
        rate_limiter: waited for before each request.
        stopped: returns, before each request, whether the run was stopped.
        keep: which scenarios the events carry whole.
        novelty: what was seen before; None: nothing.
        one_machine: whether all that executes scenarios of the run is on this machine.
        care: what keeps the run from harming the target.
        ledger: is given the sessions of each scenario that is executed.
        request_times: whether events carry the times of requests.
        own_checks: those of plugins.
        state: what all that send in this run share; None: nobody else sends.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        environment: Environment,
        levels: Mapping[str, RuleLevel],
        rate_limiter: RateLimiter,
        stopped: Callable[[], bool] = lambda: False,
        keep: RecordPolicy = RecordPolicy.FAILURES,
        novelty: Novelty | None = None,
        one_machine: bool = True,
        care: TargetCare = TargetCare(),  # noqa: B008 - frozen
        ledger: SessionLedger = NO_LEDGER,
        request_times: bool = False,
        own_checks: tuple[PluginCheck, ...] = (),
        state: PaceState | None = None,
    ) -> None:
        self._sender = Sender(transport, rate_limiter=rate_limiter, stopped=stopped, care=care)
        self._environment = environment
        self._scarce_codes = ScarceCodes(environment, stopped=stopped, one_machine=one_machine)
        self._levels = levels
        self._ledger = ledger
        self._plugins = plugin_judge(own_checks, levels)
        self._keep = keep
        self._request_times = request_times
        self._recorder = ScenarioRecorder(keep, novelty or Novelty())
        self._state_witness = StateWitness(state or local_pace())
        self.lag = ReplicaLag()
        """What waiting for reads brought so far."""

    @property
    def moment(self) -> Moment:
        """Now; where it has changed, what came back in between proves nothing."""
        return Moment(self._sender.outages, self._state_witness.losses, self._sender.mixed_up())

    @property
    def is_target_lost(self) -> bool:
        """Whether the target stayed away for too long: nothing is sent any more."""
        return self._sender.is_target_lost

    def with_fresh_novelty(self) -> Engine:
        """An engine for the same target, at the same rate, that has seen nothing before."""
        fresh = copy(self)
        fresh._recorder = ScenarioRecorder(self._keep, Novelty())  # noqa: SLF001 - of this class
        return fresh

    def until(self, deadline: float) -> Engine:
        """An engine for the same target that sends nothing from ``deadline`` on: an execution ends
        with the request that is under way then. In `time.monotonic` seconds."""
        other = copy(self)
        other._sender = self._sender.until(deadline)  # noqa: SLF001 - of this class
        return other

    def open(self, scenario: Scenario, *, phase: str, scenario_id: str, mark: str) -> Execution:
        """An execution of ``scenario`` of which nothing is sent yet; it has no code to itself.

        Args:
            scenario: what to do; without steps where they come one by one.
            phase: the phase that it belongs to.
            scenario_id: as `ScenarioRun.id`.
            mark: the mark of this execution; no other may have had it.
        """
        # Its steps are not known, so neither is in which states it leaves its sessions.
        self._ledger.begin(scenario, mark)
        return self._opened(scenario, phase=phase, scenario_id=scenario_id, mark=mark)

    def execute(
        self, scenario: Scenario, *, phase: str, scenario_id: str, mark: str
    ) -> ScenarioRun:
        """Sends all steps of ``scenario`` and judges each response; the arguments as of `open`.

        Where a race or a lost response is blamed, the steps are sent again in the ordinary way:
        see `cartfuzz.harness.controls`. Where the target went away meanwhile, nothing is judged: it
        may have forgotten what it had accepted. Neither is it where the target sends answers that
        nobody asked for: those before may have been to other requests.
        """
        execution_id = ExecutionId(phase=phase, scenario_id=scenario_id, mark=mark)

        def send(part: Scenario, part_mark: str, control: int = 0) -> ExecutionResult:
            part_id = ExecutionId(
                phase=phase, scenario_id=scenario_id, mark=part_mark, control=control
            )
            own_codes = self._scarce_codes.own_codes(part.steps, part_mark)
            with self._scarce_codes.reserved(part, own_codes, part_mark) as reservation:
                execution = self._open(part_id, part, own_codes, reservation.exclusive)
                self._ledger.begin(part, part_mark)
                execution.send_all()
                execution.give_back(reservation.shared_by)
            self._ledger.end(part, part_mark, execution.left())
            execution.settle()
            facts = execution.facts()
            self._look_for_reasons(execution, before, None if control else newest_id)
            return ExecutionResult(scenario=part, log=execution.log, facts=facts)

        witness = self._state_witness
        newest_id, before = witness.newest_id, self.moment
        done = send(scenario, mark)
        if reason := self._disturbance(before):
            return self._recorder.undecided(execution_id, done.scenario, done.log, reason)
        if needs_control(done.log):
            done = controlled(
                done, lambda part, index: send(part, control_mark(mark, index), index + 1)
            )
        if reason := self._disturbance(before):
            return self._recorder.undecided(execution_id, done.scenario, done.log, reason)
        witness.keep(done.scenario, mark, done.log, done.facts)
        # A target that was away may have begun anew: then its ids and its counters did as well.
        facts = done.facts if not (before.outages or before.losses) else RunFacts()
        return self._recorder.event_of(execution_id, done.scenario, done.log, facts)

    def doubt(self, execution: Execution, since: Moment) -> str:
        """Why what an execution of `open` has found proves nothing; empty: it does.

        Args:
            execution: has found something in the response that came last.
            since: when it was opened.
        """
        self._look_for_reasons(execution, since, newest_id=0)
        return self._disturbance(since)

    def end(self, execution: Execution) -> None:
        """An execution of `open` has ended that nothing has disturbed."""
        self._state_witness.keep(
            execution.scenario, execution.mark, execution.log, execution.facts()
        )

    def has_lost_state(self, scenario: Scenario, mark: str, *, scenario_id: str) -> bool:
        """Whether the target no longer knows a session of another execution than that of
        ``scenario`` with ``mark``; all that follow learn it."""
        execution = self._opened(scenario, phase="", scenario_id=scenario_id, mark=mark)
        return self._state_witness.is_lost(
            lambda one: execution.read_other(one.session_id, one.mark), but=mark
        )

    def _look_for_reasons(self, execution: Execution, since: Moment, newest_id: int | None) -> None:
        """Lets `moment` change where what an execution has found proves nothing.

        Args:
            execution: what it found last is the last that this thread received.
            since: when it began. Where answers were mixed up since, the read of the witness would
                get one of them.
            newest_id: as of `StateWitness.is_suspicious`; None: the witness is not read.
        """
        log, witness = execution.log, self._state_witness
        is_new = self.await_extra_answer(log.discrepancies, log.slowest_sec)
        if newest_id is None or self._sender.mixed_up() != since.mixed_up:
            return
        if witness.is_suspicious(execution.facts(), execution.mark, newest_id, is_new=is_new):
            witness.is_lost(lambda one: execution.read_other(one.session_id, one.mark))

    def await_extra_answer(self, found: Iterable[Discrepancy], slowest_sec: float) -> bool:
        """Waits where a discrepancy is found for the first time, so that `moment` is certain:
        if an answer was to another request, then the one to the last request is still to come.

        Args:
            found: in the responses of this thread.
            slowest_sec: of these responses.

        Returns:
            Whether one of ``found`` is found for the first time.
        """
        signatures = frozenset(one.signature for one in found)
        is_new = self._state_witness.is_new(signatures)
        if is_new:
            usual = min(2 * slowest_sec, _MAX_EXTRA_ANSWER_SEC)
            self._sender.mixed_up(max(_MIN_EXTRA_ANSWER_SEC, usual))
            # Only now: another thread that finds the same meanwhile has to wait as well.
            self._state_witness.saw(signatures)
        return is_new

    def _disturbance(self, since: Moment) -> str:
        """Why what came back since a moment proves nothing; empty: it does."""
        now = self.moment
        if now.losses != since.losses:
            return STATE_LOST
        if now.outages != since.outages or self._sender.is_held_back:
            return AWAY
        return MIXED_UP if now.mixed_up != since.mixed_up else ""

    def read_sessions(self, scenario: Scenario, mark: str, *, scenario_id: str) -> SessionReads:
        """Reads the sessions that an execution of ``scenario`` left behind; judges nothing.

        Args:
            scenario: what was executed.
            mark: of that execution.
            scenario_id: names the reads.
        """
        execution = self._opened(scenario, phase="", scenario_id=scenario_id, mark=mark)
        outcomes = execution.read_sessions()
        return SessionReads(
            outcomes=tuple(outcomes),
            statuses=tuple(execution.log.statuses),
            exchanges=execution.log.exchanges(),
            elapsed_ms=execution.log.elapsed_sec * 1000,
            latency=execution.log.latency,
            request_times=tuple(execution.log.times),
        )

    def _opened(self, scenario: Scenario, *, phase: str, scenario_id: str, mark: str) -> Execution:
        execution_id = ExecutionId(phase=phase, scenario_id=scenario_id, mark=mark)
        own_codes = self._scarce_codes.own_codes(scenario.steps, mark)
        return self._open(execution_id, scenario, own_codes, NOTHING_EXCLUSIVE)

    def _open(
        self,
        execution_id: ExecutionId,
        scenario: Scenario,
        own_codes: OwnCodes,
        exclusive: Exclusive,
    ) -> Execution:
        oracle = Oracle(scenario, self._environment, self._levels, exclusive=exclusive)
        return Execution(
            execution_id,
            scenario,
            environment=self._environment,
            oracle=oracle,
            sender=self._sender,
            recorder=self._recorder,
            scarce_codes=self._scarce_codes,
            own_codes=own_codes,
            lag=self.lag,
            plugins=self._plugins,
            request_times=self._request_times,
        )
