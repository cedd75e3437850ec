"""Workers as processes of this machine."""

from __future__ import annotations

import multiprocessing
import queue
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import Array, c_byte, c_double, c_longlong
from time import monotonic

from ...wire.secrets import TargetSecrets
from ..pace.heartbeat import beating
from ..pace.pace_state import local_pace, shared_pace
from ..plan import Plan
from ..scheduling.phase_schedule import EQUAL_WORK
from ..scheduling.phase_schedule import Shares as PhaseShares
from ..scheduling.shards import Shards
from ..worker import STOPPING_SIGNALS, Message, WorkerContext, work_in_process
from .base import MAX_LEAVE_SEC, Workers, drain
from .shard_counter import ShardCounter
from .stillness import StillnessWatch
from .worker_line import ParentEnd, WorkerEnd

_MAX_ARRIVED = 64
"""Messages that were read from the workers and not yet received by the campaign."""


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
    """Workers as processes: each has a line of its own, and all share a flag and the shares."""

    def __init__(self, plan: Plan, secrets: TargetSecrets, run_id: str) -> None:
        context = multiprocessing.get_context("spawn")
        # All without a lock: a worker that is killed while it holds one would block the others.
        self._stop = _Flag(context.RawValue("b", 0))
        self._shares = _Shares(context.RawArray("d", list(EQUAL_WORK.values())))
        beats = context.RawArray("q", plan.workers)
        self._arrived: queue.Queue[Message] = queue.Queue(_MAX_ARRIVED)
        shards = ShardCounter(lambda: Shards(plan).sweep_shards_in_all)
        self._processes = []
        self._lines = []
        with _blocked(*STOPPING_SIGNALS):
            for number in range(plan.workers):
                own, other = context.Pipe()
                end = WorkerEnd(other)
                worker = WorkerContext(
                    messages=end,
                    stop=self._stop,
                    next_shard=end.next_shard,
                    shares=self._shares,
                    beat=_Beat(beats, number),
                )
                process = context.Process(
                    target=work_in_process, args=(plan, secrets, run_id, worker), daemon=True
                )
                process.start()
                other.close()  # so that its line ends with the worker
                self._processes.append(process)
                self._lines.append(ParentEnd(own, self._arrived, hand_out=shards, lost=shards.lost))
        self._watch = StillnessWatch(lambda: list(beats))

    @property
    def share_pace(self) -> bool:
        return True

    def receive(self, timeout_sec: float) -> Message | None:
        for number in self._watch.standing_still(ending=self._stop.is_set()):
            self._processes[number].kill()
        try:
            return self._arrived.get(timeout=timeout_sec)
        except queue.Empty:
            return None

    def steer(self, shares: PhaseShares) -> None:
        self._shares.set(shares)

    def halt(self) -> None:
        self._stop.set()

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
        for line in self._lines:
            line.close()


class _Beat:
    """Counts up in memory that the parent sees: this worker does not stand still."""

    def __init__(self, beats: Array[c_longlong], number: int) -> None:
        self._beats = beats
        self._number = number

    def __call__(self) -> None:
        self._beats[self._number] += 1


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

    def __call__(self) -> PhaseShares:
        return dict(zip(EQUAL_WORK, self._values, strict=True))

    def set(self, shares: PhaseShares) -> None:
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
