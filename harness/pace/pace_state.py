"""What all senders of a run share: when the next request may go out, and how the target is.

On one machine that is a small file in memory (`shared_pace`): threads, processes of the run and the
processes of pytest-xdist map the same one. The operating system gives its lock back when the
holder dies, and nobody waits long for a holder that stands still.
"""

from __future__ import annotations

import mmap
import os
import threading
from array import array
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from enum import IntEnum, auto
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from ..leases import folder_of

_LOCK_SEC = 1.0
"""After so long a process goes on without the lock: its holder was stopped while it had it."""
_POLL_SEC = 0.001
_FILE = "pace"


class Field(IntEnum):
    """The numbers that are shared; all begin as 0. Times are of `time.monotonic`, in seconds."""

    NEXT_SLOT = 0
    """When the next request may go out."""
    PAUSED_UNTIL = auto()
    """The end of the last pause that the target asked for."""
    PAUSED_SEC = auto()
    """All such pauses together."""
    HEARTBEAT = auto()
    """When the master of the run was alive last; 0: nobody is to be watched."""
    MISSES = auto()
    """Requests in a row without a usable response."""
    AWAY_SINCE = auto()
    """When the target went away; 0: it is there."""
    AWAY_SEC = auto()
    """How long it was away, earlier outages only."""
    OUTAGES = auto()
    """How often it went away."""
    PROBE_AT = auto()
    """When somebody may look next whether it is back."""
    PROBE_WAIT = auto()
    """The wait before the last probe."""
    LOST = auto()
    """1: it stayed away for too long, and nothing is sent any more."""
    SLOW_RPS = auto()
    """The rate to which sending was slowed down; 0: it was not."""
    FULL_RPS = auto()
    """The rate before that."""
    LOWEST_RPS = auto()
    """The lowest rate of the run; 0: it was never slowed down."""
    SLOW_CHANGED = auto()
    """When the slowed rate changed last."""
    SLOW_SINCE = auto()
    """When the slow-down began that goes on; 0: none goes on."""
    SLOW_SEC = auto()
    """How long earlier ones took together."""
    SENT = auto()
    """Requests that took a slot, where their number is bounded."""
    STATE_LOSSES = auto()
    """How often it was seen to have lost all that it held."""


class Numbers(Protocol):
    """A list of floats of a fixed length."""

    def __getitem__(self, index: int, /) -> float: ...

    def __setitem__(self, index: int, value: float, /) -> None: ...


class Lockable(Protocol):
    """Something that one thread of all holds at a time, as far as that is possible."""

    def held(self) -> AbstractContextManager[object]: ...


class PaceState:
    """The shared numbers of one run. A single number is read without the lock.

    Args:
        numbers: one for each `Field`.
        lock: held while several numbers change together.
    """

    def __init__(self, numbers: Numbers, lock: Lockable) -> None:
        self._numbers = numbers
        self._lock = lock

    def __getitem__(self, field: Field) -> float:
        return self._numbers[field]

    def __setitem__(self, field: Field, value: float) -> None:
        self._numbers[field] = value

    def locked(self) -> AbstractContextManager[object]:
        """Keeps others from changing the numbers for the time of a block."""
        return self._lock.held()


class _ThreadLock:
    """A lock among the threads of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def held(self) -> AbstractContextManager[object]:
        return self._lock


class _ProcessLock:
    """A lock among all threads of all processes that name the same file."""

    def __init__(self, path: Path) -> None:
        self._threads = threading.Lock()
        self._file = FileLock(path, thread_local=False)

    @contextmanager
    def held(self) -> Iterator[None]:
        with self._threads:
            try:
                self._file.acquire(timeout=_LOCK_SEC, poll_interval=_POLL_SEC)
            except (Timeout, OSError, NotImplementedError):
                # Without it two requests may go out at one time: better than none ever again.
                yield
                return
            try:
                yield
            finally:
                self._file.release()


def local_pace() -> PaceState:
    """The numbers of one process alone."""
    return PaceState(array("d", bytes(8 * len(Field))), _ThreadLock())


def is_used_up(max_requests: int | None, state: PaceState) -> bool:
    """Whether a run has sent as many requests as it may; None: there is no bound."""
    return max_requests is not None and state[Field.SENT] >= max_requests


def shared_pace(run_id: str) -> PaceState | None:
    """The numbers of a run on this machine; None: no file can be made for them.

    They are removed with the leases of the run: `cartfuzz.harness.leases.removing_leases`.

    Args:
        run_id: the run's part of its marks.
    """
    size = 8 * len(Field)
    try:
        folder = folder_of(run_id)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder / _FILE, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.truncate(handle, size)  # what is there stays, what is not is 0
            mapped = mmap.mmap(handle, size)
        finally:
            os.close(handle)
    except (OSError, ValueError):
        return None
    return PaceState(memoryview(mapped).cast("d"), _ProcessLock(folder / f"{_FILE}.lock"))
