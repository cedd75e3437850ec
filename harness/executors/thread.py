"""Runs one worker in a thread of this process: nothing to start, nothing to encode."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from time import monotonic

from ...wire.secrets import TargetSecrets
from ..plan import Plan
from ..scheduling.phase_schedule import EQUAL_WORK, Shares
from ..worker import Message, TakenShard, WorkerContext, work
from .base import BACKLOG, MAX_LEAVE_SEC, Workers, drain


class _Thread:
    """The messages, the flag and the shares of one worker in a thread."""

    def __init__(self) -> None:
        self.messages: queue.Queue[Message] = queue.Queue(BACKLOG)
        self.stop = threading.Event()
        self.shares = EQUAL_WORK

    @property
    def share_pace(self) -> bool:
        return True

    def receive(self, timeout_sec: float) -> Message | None:
        try:
            return self.messages.get(timeout=timeout_sec)
        except queue.Empty:
            return None

    def steer(self, shares: Shares) -> None:
        self.shares = shares

    def halt(self) -> None:
        self.stop.set()


@contextmanager
def thread(plan: Plan, secrets: TargetSecrets, run_id: str) -> Iterator[Workers]:
    """One worker in a thread.

    A `KeyboardInterrupt` does not wait for the thread, which cannot be ended from outside.
    """
    workers = _Thread()
    shards = count()
    context = WorkerContext(
        messages=workers.messages,
        stop=workers.stop,
        next_shard=lambda: TakenShard(next(shards)),
        shares=lambda: workers.shares,
    )
    worker = threading.Thread(
        target=work, args=(plan, secrets, run_id, context), name="cartfuzz-worker", daemon=True
    )
    worker.start()
    waits = True
    try:
        yield workers
    except KeyboardInterrupt:
        waits = False
        raise
    finally:
        workers.halt()
        if waits:
            deadline = monotonic() + MAX_LEAVE_SEC
            drain(workers, lambda: worker.is_alive() and monotonic() < deadline)
