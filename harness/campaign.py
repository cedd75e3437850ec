"""A campaign: starts the workers, gathers their events, and ends when its budget is used up.

`run_campaign` is a generator of events; it does not know who reads them.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from time import monotonic

from ..analysis import Learnt, RunState, SimplestOccurrences
from ..record import Event, Minimised, RunFinished, ScenarioRun, StopReason, TriageFinished
from ..record.phase import MIN_ROUND_SEC, ROUND_OF_SWEEPS
from ..wire.secrets import TargetSecrets
from .declarations import declared_by
from .declared_codes import codes_of
from .errors import WorkerFailedError
from .executors import TICK_SEC, Executor, Workers, processes, thread
from .leases import removing_leases
from .plan import Plan
from .run_started import run_started
from .scheduling.adaptive import AdaptiveShares
from .scheduling.shards import Shards
from .target import begin_run, open_target
from .target_loss import TargetLoss
from .triage.triage import ScenarioRunner, triage_discrepancies
from .worker import WorkerDone, WorkerFailed, WorkerLost

_SCENARIOS_PER_STEERING = 50
"""After this many scenarios the phases get new shares of the time."""


def run_campaign(
    plan: Plan,
    secrets: TargetSecrets | str,
    *,
    stop: threading.Event | None = None,
    executor: Executor | None = None,
    state: RunState | None = None,
) -> Generator[Event, None, None]:
    """Carries out ``plan``.

    Args:
        plan: what to do.
        secrets: of the target, or its API key alone; they go into requests and nowhere else.
        stop: set it to end the run early; what was found so far is still yielded. None: the plan
            alone ends the run.
        executor: where the workers run; None: a thread for one worker, processes for more.
        state: takes in each event before it is yielded, so that nobody folds the events again.
            None: the campaign makes its own.

    Yields:
        One `RunStarted`, a `ScenarioRun` for each executed scenario, a `Minimised` for each
        signature that was minimised, at most one `TriageFinished`, one `RunFinished`.

    Raises:
        TargetError: before the first event, if the target cannot be tested.
        DeclarationRefusedError: as well, if it refuses something that is declared.
        WorkerFailedError: after the last event, if Cartfuzz itself failed.

    A `KeyboardInterrupt` inside ends it without waiting for requests under way. Where it came while
    the caller had an event, ``throw`` it in.
    """
    if isinstance(secrets, str):
        secrets = TargetSecrets(secrets)
    stop = stop or threading.Event()
    state = state or RunState(keep_evidence=False)

    def noted(event: Event) -> Event:
        state.add(event)
        return event

    run_id = begin_run(
        plan.url,
        secrets,
        timeout_sec=plan.timeout_sec,
        rps=plan.rps,
        declared=declared_by(plan.environment),
        codes=codes_of(plan.environment),
    )
    started = monotonic()
    start = executor or (processes if plan.workers > 1 else thread)
    with removing_leases(run_id):
        with start(plan, secrets, run_id) as workers:
            sizes = Shards(plan).sweep_sizes()
            yield noted(
                run_started(plan, run_id, sweeps=sizes.scenarios, sweep_requests=sizes.requests)
            )
            gathering = _Gathering(plan, workers, state, stop=stop, started=started)
            yield from gathering.events()
        if gathering.reason is StopReason.COMPLETED:
            yield from map(noted, _minimised(plan, secrets, run_id, state.occurrences, stop))
    yield noted(
        RunFinished(
            seconds=round(monotonic() - started, 3),
            reason=gathering.reason,
            detail=gathering.detail,
            lost_workers=gathering.lost_workers,
        )
    )
    if gathering.trace:
        raise WorkerFailedError(gathering.trace)


def _minimised(
    plan: Plan,
    secrets: TargetSecrets,
    run_id: str,
    occurrences: SimplestOccurrences,
    stop: threading.Event,
) -> Iterator[Minimised | TriageFinished]:
    if plan.minimise is None or not occurrences:
        return
    with open_target(plan, secrets, stopped=stop.is_set) as engine:
        runner = ScenarioRunner(engine, run_id, stopped=stop.is_set)
        yield from triage_discrepancies(occurrences, runner, plan.minimise)


class _Gathering:
    """Receives messages until all workers are done, and decides when they must stop."""

    def __init__(
        self,
        plan: Plan,
        workers: Workers,
        state: RunState,
        *,
        stop: threading.Event,
        started: float,
    ) -> None:
        self._plan = plan
        self._workers = workers
        self._stop = stop
        self._started = started
        self._deadline = None if plan.duration_sec is None else started + plan.duration_sec
        self._requests = 0
        self._state = state
        self._shares = AdaptiveShares(plan.phases, state.discovery)
        self._scenarios = 0
        self._last_new: float | None = None
        """When something new was learnt last; None before the first event."""
        self._sec_without_new = 0.0
        """How long the scenarios took that came since, all of them together."""
        self._target_loss = TargetLoss()
        self._working = plan.workers
        self._halted = False
        self._ended_in_order = False
        """Whether a worker has done all that it was to do."""
        self.lost_workers = 0
        self.reason = StopReason.COMPLETED
        self.detail = ""
        self.trace = ""

    def events(self) -> Iterator[ScenarioRun]:
        """All events of the workers, in the order in which they come in."""
        while self._working:
            message = self._workers.receive(TICK_SEC)
            if isinstance(message, ScenarioRun):
                self._account_for(message, self._state.add(message))
                yield message
            elif isinstance(message, WorkerFailed):
                self._working -= 1
                self._fail(message.trace)
            elif isinstance(message, WorkerDone):
                self._working -= 1
                self._ended_in_order = True
            elif isinstance(message, WorkerLost):
                self._lose_worker()
            self._halt_if_due()

    def _halt_if_due(self) -> None:
        """Halts the workers once the user stops the run or its time is up."""
        if self._halted:
            return
        if self._stop.is_set():
            self._halt(StopReason.INTERRUPTED)
        elif self._time_is_up():
            self._halt(StopReason.COMPLETED)
        elif self._quiet():
            self.detail = f"nothing new was learnt for {self._plan.quiet_sec:g} s"
            self._halt(StopReason.COMPLETED)

    def _time_is_up(self) -> bool:
        now = monotonic()
        if self._deadline is None and self._plan.whole_round and self._sweeps_are_through():
            round_sec = max(MIN_ROUND_SEC, ROUND_OF_SWEEPS * (now - self._started))
            self._deadline = self._started + round_sec
        return self._deadline is not None and now >= self._deadline

    def _sweeps_are_through(self) -> bool:
        begun, done = self._state.started, self._state.counters.scenarios
        return begun is not None and all(done[name] >= size for name, size in begun.sweeps.items())

    def _quiet(self) -> bool:
        """Whether nothing new was learnt for as long as `Plan.quiet_sec` says.

        A cluster sends the events of a whole shard at once, which may take minutes at a low rate.
        Silence proves nothing, so scenarios of at least half that time must have shown nothing new.
        """
        quiet_sec = self._plan.quiet_sec
        if not quiet_sec or self._last_new is None:
            return False
        return monotonic() >= self._last_new + quiet_sec and self._sec_without_new >= quiet_sec / 2

    def _account_for(self, event: ScenarioRun, learnt: Learnt) -> None:
        """Halts the workers once enough was sent, or the target gives no usable responses."""
        self._learn(event, learnt)
        self._requests += event.requests
        bound = self._plan.requests
        if bound is not None and self._requests >= bound and not self._halted:
            self._halt(StopReason.COMPLETED)
        if self._target_loss.add(event) and not self._halted:
            self.detail = event.inconclusive[0]
            self._halt(StopReason.TARGET_LOST)

    def _learn(self, event: ScenarioRun, learnt: Learnt) -> None:
        """Notes when something new was seen, and gives more time to the phases that show it."""
        self._sec_without_new += event.elapsed_ms / 1000
        if learnt.is_new or self._last_new is None:
            self._last_new, self._sec_without_new = monotonic(), 0.0
        self._shares.add(event)
        self._scenarios += 1
        if self._plan.adaptive and self._scenarios % _SCENARIOS_PER_STEERING == 0:
            self._workers.steer(self._shares.shares())

    def _halt(self, reason: StopReason) -> None:
        self._halted = True
        self.reason = reason
        self._workers.halt()

    def _lose_worker(self) -> None:
        """The others go on; without any other there is nobody left to end the run in order."""
        self._working -= 1
        self.lost_workers += 1
        if not (self._working or self._halted or self._ended_in_order):
            self._fail("A worker process ended without a word: killed, or out of memory.")

    def _fail(self, trace: str) -> None:
        self.trace = trace
        self.detail = trace.strip().splitlines()[-1]
        self._halt(StopReason.FAILED)
