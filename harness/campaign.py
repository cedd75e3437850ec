"""A run: starts workers, gathers their events, ends when the budget is used or the user says so.

`run_campaign` is a generator of events; it knows no listener.
"""

from __future__ import annotations

import multiprocessing
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import count
from multiprocessing.sharedctypes import Synchronized
from time import monotonic
from typing import Any, Protocol

from ..record import Event, RunFinished, RunStarted, ScenarioRun, StopReason
from .marks import new_run
from .plan import Plan
from .preflight import check_target
from .transport import HttpTransport
from .worker import Board, Broken, Done, Message, work, work_in_process

_TICK_SEC = 0.1
"""How often the time and the user's wish to stop are looked at while nothing happens."""
_HOPELESS = 5
"""After so many scenarios in a row without a single usable answer the target counts as lost."""
_BACKLOG = 1_000
"""Messages that may wait; workers pause while the reader is behind."""
_LEAVE_SEC = 10.0
"""How long a stopped worker may take to leave before it is ended."""


class WorkerFailedError(RuntimeError):
    """A worker ended by an error of Cartfuzz itself; the text is its traceback."""


class Workers(Protocol):
    """Running workers, however they run."""

    def receive(self, timeout_sec: float) -> Message | None:
        """The next message; None if none came in time."""

    def halt(self) -> None:
        """Asks all workers to end soon."""

    def lost(self) -> bool:
        """Whether a worker ended without a word."""


def run_campaign(plan: Plan, api_key: str, *, stop: threading.Event) -> Iterator[Event]:
    """Carries out ``plan``.

    Args:
        plan: what to do.
        api_key: the target's key; it goes into requests and nowhere else.
        stop: set it to end the run early; what was found so far is still told.

    Yields:
        One `RunStarted`, a `ScenarioRun` for each executed scenario, one `RunFinished`.

    Raises:
        TargetError: before the first event, if the target cannot be tested.
        WorkerFailedError: after the last event, if Cartfuzz itself failed.
    """
    run = new_run()
    probe = HttpTransport(plan.url, api_key=api_key, timeout_sec=plan.timeout_sec)
    try:
        check_target(probe, url=plan.url, run=run)
    finally:
        probe.close()
    started = monotonic()
    yield RunStarted(
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
    start = _processes if plan.workers > 1 else _thread
    with start(plan, api_key, run) as workers:
        gathering = _Gathering(plan, workers, stop=stop, started=started)
        yield from gathering.events()
    yield RunFinished(
        seconds=round(monotonic() - started, 3), reason=gathering.reason, detail=gathering.detail
    )
    if gathering.trace:
        raise WorkerFailedError(gathering.trace)


class _Gathering:
    """Receives messages until all workers are done, and decides when they must stop."""

    def __init__(
        self, plan: Plan, workers: Workers, *, stop: threading.Event, started: float
    ) -> None:
        self._plan = plan
        self._workers = workers
        self._stop = stop
        self._deadline = None if plan.duration_sec is None else started + plan.duration_sec
        self._requests = 0
        self._hopeless = 0
        self._working = plan.workers
        self._halted = False
        self.reason = StopReason.COMPLETED
        self.detail = ""
        self.trace = ""

    def events(self) -> Iterator[ScenarioRun]:
        """All events of the workers, in the order in which they come in."""
        while self._working:
            message = self._workers.receive(_TICK_SEC)
            if isinstance(message, ScenarioRun):
                self._weigh(message)
                yield message
            elif isinstance(message, Broken):
                self._working -= 1
                self._fail(message.trace)
            elif isinstance(message, Done):
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

    def _weigh(self, event: ScenarioRun) -> None:
        """Halts the workers once enough was sent, or the target gives no usable answers."""
        self._requests += event.requests
        bound = self._plan.requests
        if bound is not None and self._requests >= bound and not self._halted:
            self._halt(StopReason.COMPLETED)
        useless = event.requests > 0 and len(event.inconclusive) >= event.requests
        self._hopeless = self._hopeless + 1 if useless else 0
        if self._hopeless >= _HOPELESS and not self._halted:
            self.detail = event.inconclusive[-1]
            self._halt(StopReason.TARGET_LOST)

    def _halt(self, reason: StopReason) -> None:
        self._halted = True
        self.reason = reason
        self._workers.halt()

    def _fail(self, trace: str) -> None:
        self.trace = trace
        self.detail = trace.strip().splitlines()[-1]
        self._halt(StopReason.FAILED)


class _Thread:
    """One worker in a thread of this process: nothing to start, nothing to encode."""

    def __init__(self) -> None:
        self.messages: queue.Queue[Message] = queue.Queue(_BACKLOG)
        self.stop = threading.Event()

    def receive(self, timeout_sec: float) -> Message | None:
        try:
            return self.messages.get(timeout=timeout_sec)
        except queue.Empty:
            return None

    def halt(self) -> None:
        self.stop.set()

    def lost(self) -> bool:
        return False


@contextmanager
def _thread(plan: Plan, api_key: str, run: str) -> Iterator[Workers]:
    workers = _Thread()
    numbers = count()
    board = Board(messages=workers.messages, stop=workers.stop, next_shard=numbers.__next__)
    thread = threading.Thread(
        target=work, args=(plan, api_key, run, board), name="cartfuzz-worker", daemon=True
    )
    thread.start()
    try:
        yield workers
    finally:
        workers.halt()
        _drain(workers, thread.is_alive)
        thread.join()


class _Processes:
    """Workers as processes that share a queue, a flag and the number of the next shard."""

    def __init__(self, plan: Plan, api_key: str, run: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._messages: Any = context.Queue(_BACKLOG)
        self._stop = context.Event()
        # Kept: a lock that is collected here cannot be opened by a worker that is still starting.
        self._board = board = Board(
            messages=self._messages,
            stop=self._stop,
            next_shard=_Counter(context.Value("q", 0)),
        )
        self._processes = [
            context.Process(target=work_in_process, args=(plan, api_key, run, board), daemon=True)
            for _ in range(plan.workers)
        ]
        for process in self._processes:
            process.start()

    def receive(self, timeout_sec: float) -> Message | None:
        try:
            message: Message = self._messages.get(timeout=timeout_sec)
        except queue.Empty:
            return None
        return message

    def halt(self) -> None:
        self._stop.set()

    def lost(self) -> bool:
        return any(process.exitcode not in (None, 0) for process in self._processes)

    def close(self) -> None:
        """Ends all workers; what they still had to tell is dropped."""
        self.halt()
        deadline = monotonic() + _LEAVE_SEC
        _drain(
            self,
            lambda: monotonic() < deadline and any(p.is_alive() for p in self._processes),
        )
        for process in self._processes:
            if process.is_alive():
                process.terminate()
            process.join()
        self._messages.close()


class _Counter:
    """Numbers from 0 that no two processes get twice."""

    def __init__(self, value: Synchronized[int]) -> None:
        self._value = value

    def __call__(self) -> int:
        with self._value.get_lock():
            number = int(self._value.value)
            self._value.value = number + 1
        return number


@contextmanager
def _processes(plan: Plan, api_key: str, run: str) -> Iterator[Workers]:
    workers = _Processes(plan, api_key, run)
    try:
        yield workers
    finally:
        workers.close()


def _drain(workers: Workers, going_on: Callable[[], bool]) -> None:
    """Empties the queue until the workers have left: a full queue would keep them."""
    while going_on():
        workers.receive(_TICK_SEC)
