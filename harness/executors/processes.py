"""Workers as processes of this machine."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import Array, c_byte, c_double
from multiprocessing.sharedctypes import Synchronized
from time import monotonic
from typing import Any

from ...wire.secrets import TargetSecrets
from ..heartbeat import beating
from ..pace_state import local_pace, shared_pace
from ..plan import Plan
from ..scheduling.phase_schedule import EQUAL_WORK, Shares
from ..worker import STOPPING_SIGNALS, Message, WorkerContext, work_in_process
from .base import BACKLOG, MAX_LEAVE_SEC, Workers, drain
from .queue_reader import QueueReader

_HANG_UP = tuple(number for number in STOPPING_SIGNALS if number.name == "SIGHUP")


@contextmanager
def _blocked(*numbers: signal.Signals) -> Iterator[None]:
    """Blocks signals in this thread for the time of a block, and for good in processes that start.

    A process that is still starting cannot ignore anything yet. Here no signal is lost: it comes
    when the block ends.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Processes:
    """Workers as processes that share a queue, a flag and the index of the next shard."""

    def __init__(self, plan: Plan, secrets: TargetSecrets, run_id: str) -> None:
        context = multiprocessing.get_context("spawn")
        with _blocked(*_HANG_UP):  # its resource tracker starts now, and ignores all others itself
            messages: Any = context.Queue(BACKLOG)
        # Both without a lock: a worker that is killed while it holds one would block the parent.
        self._stop = _Flag(context.RawValue("b", 0))
        self._shares = _Shares(context.RawArray("d", list(EQUAL_WORK.values())))
        # Kept: a lock that is collected here cannot be opened by a worker that is still starting.
        self._shared = shared = WorkerContext(
            messages=messages,
            stop=self._stop,
            next_shard=_Counter(context.Value("q", 0)),
            shares=self._shares,
        )
        self._processes = [
            context.Process(
                target=work_in_process, args=(plan, secrets, run_id, shared), daemon=True
            )
            for _ in range(plan.workers)
        ]
        with _blocked(*STOPPING_SIGNALS):
            for process in self._processes:
                process.start()
        self._reader = QueueReader(messages)

    @property
    def share_pace(self) -> bool:
        return True

    def receive(self, timeout_sec: float) -> Message | None:
        return self._reader.receive(timeout_sec)

    def steer(self, shares: Shares) -> None:
        self._shares.set(shares)

    def halt(self) -> None:
        self._stop.set()

    def lost(self) -> bool:
        return any(process.exitcode not in (None, 0) for process in self._processes)

    def kill(self) -> None:
        """Ends all workers at once, whatever they wait for."""
        for process in self._processes:
            process.kill()  # workers ignore the signal of terminate()

    def close(self) -> None:
        """Ends all workers; messages that they still had are dropped."""
        self.halt()
        deadline = monotonic() + MAX_LEAVE_SEC
        drain(
            self,
            lambda: monotonic() < deadline and any(p.is_alive() for p in self._processes),
        )
        self.kill()  # those that are left
        for process in self._processes:
            process.join()
        self._reader.close()


class _Counter:
    """Numbers from 0 that no two processes get twice."""

    def __init__(self, value: Synchronized[int]) -> None:
        self._value = value

    def __call__(self) -> int:
        with self._value.get_lock():
            index = int(self._value.value)
            self._value.value = index + 1
        return index


class _Flag:
    """Whether the workers are to end, in memory that all processes share."""

    def __init__(self, value: c_byte) -> None:
        self._value = value

    def is_set(self) -> bool:
        return bool(self._value.value)

    def set(self) -> None:
        self._value.value = 1


class _Shares:
    """The shares of the phases, in memory that all processes share.

    A worker that reads while they change may see some old ones: they steer, and promise nothing.
    """

    def __init__(self, values: Array[c_double]) -> None:
        self._values = values

    def __call__(self) -> Shares:
        return dict(zip(EQUAL_WORK, self._values, strict=True))

    def set(self, shares: Shares) -> None:
        self._values[:] = [shares[phase] for phase in EQUAL_WORK]


@contextmanager
def processes(plan: Plan, secrets: TargetSecrets, run_id: str) -> Iterator[Workers]:
    """As many processes as the plan has workers. They send nothing while this one is gone."""
    with beating(shared_pace(run_id) or local_pace()):
        workers = _Processes(plan, secrets, run_id)
        try:
            yield workers
        except KeyboardInterrupt:
            workers.kill()
            raise
        finally:
            workers.close()
