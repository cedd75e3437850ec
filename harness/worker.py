"""A worker: takes shards until there are no more, executes their scenarios, tells events.

The same code runs in a thread of the main process or as a process of its own; what differs is
handed in as a `WorkerContext`.
"""

from __future__ import annotations

import signal
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from threading import BoundedSemaphore
from typing import Protocol

from ..record import ScenarioRun
from ..wire.marks import mark_of, new_attempt
from .engine import Engine
from .late_reads import LateReads
from .memory_tuning import tuned
from .novelty import Novelty
from .plan import Plan
from .rate_limiter import RateLimiter
from .scheduling.phase_schedule import EQUAL_WORK, Shares
from .scheduling.shards import NumberedScenario, Shards
from .transport import DirectTransport, HttpTransport


class Channel(Protocol):
    """Where messages are put; waits while the reader is behind."""

    def put(self, message: Message, /) -> None: ...


class Flag(Protocol):
    def is_set(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class WorkerDone:
    """A worker has ended, in order."""


@dataclass(frozen=True, slots=True)
class WorkerFailed:
    """A worker has ended by an error of Cartfuzz itself."""

    trace: str


Message = ScenarioRun | WorkerDone | WorkerFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerContext:
    """What workers share with whoever started them."""

    messages: Channel
    stop: Flag
    next_shard: Callable[[], int]
    """Takes the number of the next shard, so that no other worker gets it."""
    shares: Callable[[], Shares] = lambda: EQUAL_WORK
    """How the phases without an end share the shards now."""
    attempt: int = 0
    """Goes into the marks; not 0 where a shard may have been begun by another worker."""


def work(plan: Plan, api_key: str, run: str, board: WorkerContext) -> None:
    """Executes shards until there are no more or ``board.stop`` is set; never raises."""
    try:
        _work(plan, api_key, run, board)
    except Exception:  # noqa: BLE001 - whatever it is, the parent must hear of it
        board.messages.put(WorkerFailed(traceback.format_exc()))
    else:
        board.messages.put(WorkerDone())


def work_in_process(plan: Plan, api_key: str, run: str, board: WorkerContext) -> None:
    """`work` as the main function of a process: the parent alone handles Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with tuned():
        work(plan, api_key, run, board)


def execute_shard(
    plan: Plan,
    shards: Shards,
    shard: int,
    shares: Shares,
    *,
    api_key: str,
    run: str,
    stopped: Callable[[], bool],
    share: int,
    novelty: Novelty,
) -> list[ScenarioRun] | None:
    """Executes one shard for itself, wherever that is.

    Args:
        plan: what to do.
        shards: of the plan.
        shard: number of the shard.
        shares: how the phases without an end share the shards.
        api_key: the target's key.
        run: the run's part of the marks.
        stopped: tells whether the run was stopped.
        share: shards that may be executed at the same time; the rate is divided by it.
        novelty: what this process has seen in the run before.

    Returns:
        What was executed, in order; None past the last shard.
    """
    members = shards.scenarios_of(shard, shares)
    if members is None:
        return None
    told: SimpleQueue[Message] = SimpleQueue()
    board = WorkerContext(
        messages=told, stop=_Asked(stopped), next_shard=int, attempt=new_attempt()
    )
    _execute(plan, api_key, run, board, members, share=share, novelty=novelty)
    return [event for event in _emptied(told) if isinstance(event, ScenarioRun)]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A flag that somebody else knows."""

    is_set: Callable[[], bool]


def _emptied(told: SimpleQueue[Message]) -> Iterator[Message]:
    while not told.empty():
        yield told.get()


def _work(plan: Plan, api_key: str, run: str, board: WorkerContext) -> None:
    members = _scenarios(Shards(plan), board)
    _execute(plan, api_key, run, board, members, share=plan.workers, novelty=Novelty())


def _execute(
    plan: Plan,
    api_key: str,
    run: str,
    board: WorkerContext,
    members: Iterator[NumberedScenario],
    *,
    share: int,
    novelty: Novelty,
) -> None:
    transport = HttpTransport(plan.url, api_key=api_key, timeout_sec=plan.timeout_sec)
    direct = DirectTransport(plan.url, api_key=api_key, timeout_sec=plan.timeout_sec)
    engine = Engine(
        transport,
        direct,
        environment=plan.environment,
        levels=plan.rule_levels,
        pace=RateLimiter(plan.rps / share if plan.rps else None, stopped=board.stop.is_set),
        stopped=board.stop.is_set,
        keep=plan.keep,
        novelty=novelty,
    )
    slots = BoundedSemaphore(plan.in_flight)
    failures: list[BaseException] = []
    revisits = LateReads(engine, plan.environment)

    def execute(numbered: NumberedScenario) -> None:
        mark = mark_of(run, numbered.execution_index, board.attempt)
        event = engine.execute(
            numbered.scenario, phase=numbered.phase.value, number=numbered.id, mark=mark
        )
        board.messages.put(event)
        for again in revisits.after(numbered, mark, event):
            board.messages.put(again)

    def finished(future: Future[None]) -> None:
        slots.release()
        error = future.exception()
        if error is not None:
            failures.append(error)

    try:
        with ThreadPoolExecutor(plan.in_flight, thread_name_prefix="cartfuzz") as pool:
            for numbered in members:
                slots.acquire()
                if board.stop.is_set() or failures:
                    slots.release()
                    break
                pool.submit(execute, numbered).add_done_callback(finished)
        if not board.stop.is_set() and not failures:
            for again in revisits.rest():
                board.messages.put(again)
    finally:
        transport.close()
    if failures:
        raise failures[0]


def _scenarios(shards: Shards, board: WorkerContext) -> Iterator[NumberedScenario]:
    while not board.stop.is_set():
        members = shards.scenarios_of(board.next_shard(), board.shares())
        if members is None:
            return
        yield from members
