"""A worker: takes shards until there are no more, executes their scenarios, sends their events.

The same code runs in a thread of the main process, in a process of its own, and as a task of a
cluster; what differs is handed in as a `WorkerContext`.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from queue import SimpleQueue
from threading import BoundedSemaphore
from typing import Protocol

from ..record import ScenarioRun
from ..wire.marks import mark_of, new_attempt
from ..wire.secrets import TargetSecrets
from .engine import Engine
from .late_reads import LateReads
from .memory_tuning import tuned
from .novelty import Novelty
from .pace.pace_state import PaceState, is_used_up, shared_pace
from .plan import Plan
from .scheduling.phase_schedule import EQUAL_WORK, Shares
from .scheduling.shards import NumberedScenario, Shards
from .target import open_target

STOPPING_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""Ctrl-C, the end of a CI job or a container, a closed terminal: what the parent alone handles."""


_BEAT_SEC = 0.5
"""How often a process shows that it does not stand still."""


def _no_beat() -> None:
    """Of a worker that nobody watches."""


class Channel(Protocol):
    """Takes messages for the parent; waits while the parent is behind."""

    def put(self, message: Message, /) -> None: ...


class Flag(Protocol):
    """Something that is set once and stays set."""

    def is_set(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class WorkerDone:
    """A worker has ended without an error."""


@dataclass(frozen=True, slots=True)
class WorkerFailed:
    """A worker has ended with an error of Cartfuzz itself."""

    trace: str


@dataclass(frozen=True, slots=True)
class WorkerLost:
    """A worker is gone without a word: it was killed, or stood still and was killed for that."""


Message = ScenarioRun | WorkerDone | WorkerFailed | WorkerLost


@dataclass(frozen=True, slots=True)
class TakenShard:
    """A shard that a worker is to execute."""

    index: int
    done: frozenset[str] = frozenset()
    """IDs of scenarios in it that another worker, which was lost, has executed."""
    attempt: int = 0
    """Goes into the marks; not 0 where another worker has begun the shard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerContext:
    """What workers share with the code that started them."""

    messages: Channel
    stop: Flag
    next_shard: Callable[[], TakenShard]
    """Takes the next shard, so that no other worker gets it."""
    shares: Callable[[], Shares] = lambda: EQUAL_WORK
    """How the phases without an end share the shards now."""
    attempt: int = 0
    """Goes into the marks; not 0 where a shard may have been begun by another worker."""
    beat: Callable[[], None] = _no_beat
    """Shows that the process of the worker does not stand still."""


def work(plan: Plan, secrets: TargetSecrets, run_id: str, context: WorkerContext) -> None:
    """Executes shards until there are no more or ``context.stop`` is set; never raises."""
    try:
        scenarios = _scenarios(Shards(plan), context)
        pace = shared_pace(run_id)
        if pace is not None and plan.max_requests is not None:
            context = replace(context, stop=_stopped_or_used_up(context.stop, plan, pace))
        _execute(
            plan,
            secrets,
            run_id,
            context,
            scenarios,
            pace=pace,
            # Without a file that all can map, each process keeps its part of the rate.
            share=lambda: 1.0 if pace is not None else 1 / plan.workers,
            novelty=Novelty(),
        )
    except Exception:  # noqa: BLE001 - the parent must hear of every error
        context.messages.put(WorkerFailed(traceback.format_exc()))
    else:
        context.messages.put(WorkerDone())


def work_in_process(
    plan: Plan, secrets: TargetSecrets, run_id: str, context: WorkerContext
) -> None:
    """`work` as the main function of a process.

    The parent alone handles signals, which a terminal or a CI system sends to all processes of a
    run, and tells the workers by the flag. Without a parent nothing more may be sent.
    """
    for number in STOPPING_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=(context.beat,), daemon=True).start()
    with tuned():
        work(plan, secrets, run_id, context)


def _end_with_parent(beat: Callable[[], None]) -> None:
    """Ends this process once its parent is gone, however that one ended; beats until then."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        while parent.is_alive():
            beat()
            parent.join(_BEAT_SEC)
        os._exit(1)  # a thread cannot end the process by an exception


def execute_shard(
    plan: Plan,
    shards: Shards,
    shard: int,
    shares: Shares,
    *,
    secrets: TargetSecrets,
    run_id: str,
    stopped: Callable[[], bool],
    pace: PaceState,
    share: Callable[[], float],
    novelty: Novelty,
) -> list[ScenarioRun] | None:
    """Executes one shard on its own, without a worker that goes on to the next.

    Other shards may be executed on other machines, so codes without a number of the execution's
    own are not exclusive.

    Args:
        plan: what to do.
        shards: of the plan.
        shard: its index.
        shares: how the phases without an end share the shards.
        secrets: of the target.
        run_id: the run's part of the marks.
        stopped: returns whether the run was stopped.
        pace: what all that send in this process share.
        share: their part of the rate.
        novelty: what this process has seen in the run before.

    Returns:
        The events, in the order in which they came; None past the last shard.
    """
    scenarios = shards.scenarios_of(shard, shares)
    if scenarios is None:
        return None
    messages: SimpleQueue[Message] = SimpleQueue()
    context = WorkerContext(
        messages=messages,
        stop=_StopFlag(stopped),
        next_shard=lambda: TakenShard(shard),
        attempt=new_attempt(),
    )
    _execute(
        plan,
        secrets,
        run_id,
        context,
        scenarios,
        pace=pace,
        share=share,
        novelty=novelty,
        one_machine=False,
    )
    return [event for event in _emptied(messages) if isinstance(event, ScenarioRun)]


def _stopped_or_used_up(stop: Flag, plan: Plan, pace: PaceState) -> Flag:
    """Set once the run is stopped, or has sent as many requests as it may."""
    return _StopFlag(lambda: stop.is_set() or is_used_up(plan.max_requests, pace))


@dataclass(frozen=True, slots=True)
class _StopFlag:
    """A function in the form of a `Flag`."""

    is_set: Callable[[], bool]


def _emptied(messages: SimpleQueue[Message]) -> Iterator[Message]:
    while not messages.empty():
        yield messages.get()


def _scenarios(shards: Shards, context: WorkerContext) -> Iterator[NumberedScenario]:
    while not context.stop.is_set():
        taken = context.next_shard()
        scenarios = shards.scenarios_of(taken.index, context.shares())
        if scenarios is None:
            return
        for numbered in scenarios:
            if numbered.id not in taken.done:
                yield replace(numbered, attempt=taken.attempt) if taken.attempt else numbered


def _execute(
    plan: Plan,
    secrets: TargetSecrets,
    run_id: str,
    context: WorkerContext,
    scenarios: Iterable[NumberedScenario],
    *,
    pace: PaceState | None,
    share: Callable[[], float],
    novelty: Novelty,
    one_machine: bool = True,
) -> None:
    """Executes ``scenarios``, several at once, and puts their events into the channel."""
    with open_target(
        plan,
        secrets,
        stopped=context.stop.is_set,
        state=pace,
        share=share,
        senders=plan.workers,
        keep=plan.keep,
        novelty=novelty,
        one_machine=one_machine,
    ) as engine:
        late_reads = LateReads(engine, plan.environment)
        pool = _ScenarioPool(engine, late_reads, run_id, context)
        pool.execute(scenarios, in_flight=plan.in_flight)
        if not context.stop.is_set():
            for late_read in late_reads.rest():
                context.messages.put(late_read)


class _ScenarioPool:
    """Executes scenarios in a few threads, and begins none after the first error."""

    def __init__(
        self, engine: Engine, late_reads: LateReads, run_id: str, context: WorkerContext
    ) -> None:
        self._engine = engine
        self._late_reads = late_reads
        self._run_id = run_id
        self._context = context
        self._failures: list[BaseException] = []

    def execute(self, scenarios: Iterable[NumberedScenario], *, in_flight: int) -> None:
        """Executes ``scenarios``, up to ``in_flight`` at once, until the run is stopped.

        Raises:
            BaseException: the first error of Cartfuzz itself in any thread.
        """
        # A scenario is drawn only once a thread is free for it: some phases have no end.
        slots = BoundedSemaphore(in_flight)

        def finished(future: Future[None]) -> None:
            slots.release()
            error = future.exception()
            if error is not None:
                self._failures.append(error)

        with ThreadPoolExecutor(in_flight, thread_name_prefix="cartfuzz") as pool:
            for numbered in scenarios:
                slots.acquire()
                if self._context.stop.is_set() or self._failures:
                    break
                pool.submit(self._execute_one, numbered).add_done_callback(finished)
        if self._failures:
            raise self._failures[0]

    def _execute_one(self, numbered: NumberedScenario) -> None:
        mark = mark_of(
            self._run_id, numbered.execution_index, numbered.attempt or self._context.attempt
        )
        event = self._engine.execute(
            numbered.scenario, phase=numbered.phase.value, scenario_id=numbered.id, mark=mark
        )
        if not event.statuses and self._context.stop.is_set():
            return  # the end came first: it was not executed, and does not count
        self._context.messages.put(event)
        for late_read in self._late_reads.after(numbered, mark, event):
            self._context.messages.put(late_read)
