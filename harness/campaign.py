"""A run: starts workers, gathers their events, ends when the budget is used or the user says so.

`run_campaign` is a generator of events; it knows no listener.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from time import monotonic

from ..analysis import Learnt, RunState
from ..record import Event, Minimised, RunFinished, RunStarted, ScenarioRun, StopReason
from ..wire.marks import new_run
from .executors import TICK_SEC, Executor, Workers, processes, thread
from .plan import Plan
from .preflight import check_target
from .scheduling.adaptive import AdaptiveShares
from .transport import HttpTransport
from .triage.triage import Runner, engine_of, follow_up
from .worker import WorkerDone, WorkerFailed

_HOPELESS = 5
"""After so many scenarios in a row without a single usable answer the target counts as lost."""


_SCENARIOS_PER_SHARING = 50
"""After this many scenarios the time is divided anew."""


class WorkerFailedError(RuntimeError):
    """A worker ended by an error of Cartfuzz itself; the text is its traceback."""


def run_campaign(
    plan: Plan,
    api_key: str,
    *,
    stop: threading.Event,
    executor: Executor | None = None,
    state: RunState | None = None,
) -> Iterator[Event]:
    """Carries out ``plan``.

    Args:
        plan: what to do.
        api_key: the target's key; it goes into requests and nowhere else.
        stop: set it to end the run early; what was found so far is still reported.
        executor: where the workers run; None: a thread for one worker, processes for more.
        state: takes in each event before it is yielded, so whoever reads it need not fold the
            events again; None: the campaign makes its own.

    Yields:
        One `RunStarted`, a `ScenarioRun` for each executed scenario, a `Minimised` for each
        signature that was followed up, one `RunFinished`.

    Raises:
        TargetError: before the first event, if the target cannot be tested.
        WorkerFailedError: after the last event, if Cartfuzz itself failed.
    """
    run = new_run()
    state = state or RunState(keep_evidence=False)

    def noted(event: Event) -> Event:
        state.add(event)
        return event

    probe = HttpTransport(plan.url, api_key=api_key, timeout_sec=plan.timeout_sec)
    try:
        check_target(probe, url=plan.url, run=run)
    finally:
        probe.close()
    started = monotonic()
    start = executor or (processes if plan.workers > 1 else thread)
    with start(plan, api_key, run) as workers:
        yield noted(
            RunStarted(
                cartfuzz=version("cartfuzz"),
                contract=plan.environment.contract,
                seed=plan.seed,
                run=run,
                target=plan.url,
                phases=tuple(phase.value for phase in plan.phases),
                workers=plan.workers,
                started=datetime.now(UTC).isoformat(timespec="milliseconds"),
                environment=plan.environment,
                rule_levels=plan.rule_levels,
            )
        )
        gathering = _Gathering(plan, workers, state, stop=stop, started=started)
        yield from gathering.events()
    if gathering.reason is StopReason.COMPLETED:
        yield from map(noted, _minimised(plan, api_key, run, state, stop))
    yield noted(
        RunFinished(
            seconds=round(monotonic() - started, 3),
            reason=gathering.reason,
            detail=gathering.detail,
        )
    )
    if gathering.trace:
        raise WorkerFailedError(gathering.trace)


def _minimised(
    plan: Plan, api_key: str, run: str, state: RunState, stop: threading.Event
) -> Iterator[Minimised]:
    if plan.minimise is None or not state.occurrences:
        return
    with engine_of(plan, api_key, stopped=stop.is_set) as engine:
        runner = Runner(engine, run, stopped=stop.is_set)
        yield from follow_up(state.occurrences, runner, plan.minimise)


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
        self._deadline = None if plan.duration_sec is None else started + plan.duration_sec
        self._requests = 0
        self._state = state
        self._adaptive = AdaptiveShares(plan.phases, state.discovery)
        self._weighed = 0
        self._learnt: float | None = None
        """When something new came last; None before the first scenario came at all."""
        self._repeated_sec = 0.0
        """How long the scenarios took that came since, all of them together."""
        self._hopeless = 0
        self._working = plan.workers
        self._halted = False
        self.reason = StopReason.COMPLETED
        self.detail = ""
        self.trace = ""

    def events(self) -> Iterator[ScenarioRun]:
        """All events of the workers, in the order in which they come in."""
        while self._working:
            message = self._workers.receive(TICK_SEC)
            if isinstance(message, ScenarioRun):
                self._weigh(message, self._state.add(message))
                yield message
            elif isinstance(message, WorkerFailed):
                self._working -= 1
                self._fail(message.trace)
            elif isinstance(message, WorkerDone):
                self._working -= 1
            elif self._workers.lost():
                self._fail("A worker process ended without a word: killed, or out of memory.")
                self._working = 0
            self._watch()

    def _watch(self) -> None:
        """Halts the workers once the user stops the run or its time is up."""
        if self._halted:
            return
        if self._stop.is_set():
            self._halt(StopReason.INTERRUPTED)
        elif self._deadline is not None and monotonic() >= self._deadline:
            self._halt(StopReason.COMPLETED)
        elif self._quiet():
            self.detail = f"nothing new was learnt for {self._plan.quiet_sec:g} s"
            self._halt(StopReason.COMPLETED)

    def _quiet(self) -> bool:
        """Whether nothing new was learnt for so long that the run is to end.

        A cluster tells of a whole shard at once, which may take minutes at a low rate: not having
        heard anything is not having learnt anything, so half as much must have been sent in vain.
        """
        enough = self._plan.quiet_sec
        if not enough or self._learnt is None:
            return False
        return monotonic() >= self._learnt + enough and self._repeated_sec >= enough / 2

    def _weigh(self, event: ScenarioRun, learnt: Learnt) -> None:
        """Halts the workers once enough was sent, or the target gives no usable answers."""
        self._learn(event, learnt)
        self._requests += event.requests
        bound = self._plan.requests
        if bound is not None and self._requests >= bound and not self._halted:
            self._halt(StopReason.COMPLETED)
        useless = event.requests > 0 and len(event.inconclusive) >= event.requests
        self._hopeless = self._hopeless + 1 if useless else 0
        if self._hopeless >= _HOPELESS and not self._halted:
            self.detail = event.inconclusive[-1]
            self._halt(StopReason.TARGET_LOST)

    def _learn(self, event: ScenarioRun, learnt: Learnt) -> None:
        """Notes when something new was seen, and divides the time by what the phases still show."""
        self._repeated_sec += event.elapsed_ms / 1000
        if learnt.is_new or self._learnt is None:
            self._learnt, self._repeated_sec = monotonic(), 0.0
        self._adaptive.add(event)
        self._weighed += 1
        if self._plan.adaptive and self._weighed % _SCENARIOS_PER_SHARING == 0:
            self._workers.steer(self._adaptive.shares())

    def _halt(self, reason: StopReason) -> None:
        self._halted = True
        self.reason = reason
        self._workers.halt()

    def _fail(self, trace: str) -> None:
        self.trace = trace
        self.detail = trace.strip().splitlines()[-1]
        self._halt(StopReason.FAILED)
