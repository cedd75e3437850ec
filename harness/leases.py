"""Leases: only one execution of a run at a time uses a thing that all would share.

A lease is a lock on a file in a folder of the run, so it holds between threads and processes of one
machine, and the operating system takes it back when its holder dies.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path

from filelock import FileLock, Timeout

from .private_folder import private_folder, removed_at_end

_SLICE_SEC = 0.25
"""After so long a waiting execution looks whether the run was stopped."""
_POLL_SEC = 0.01
_MOST_FAILURES = 40
"""So often the system may fail to open a lock file, one after the other, before it counts as one
that has none."""
_FILES = 1 << 12
"""Most lock files of a run. Two names with one file wait for each other without need."""


class Leases:
    """The leases of a run on this machine. Threads may share one.

    Args:
        run_id: the run's part of its marks; all processes of the run have the same.
        stopped: returns whether the run was stopped: then nobody waits any more.
    """

    def __init__(self, run_id: str, *, stopped: Callable[[], bool]) -> None:
        self._run_id = run_id
        self._stopped = stopped

    @contextmanager
    def held(self, names: Iterable[str]) -> Iterator[bool]:
        """Holds the leases of ``names`` until the block ends.

        It waits for as long as others hold one of them, since an execution that went on without it
        would break into theirs.

        Yields:
            Whether all are held. False: the run was stopped, or the machine has no file locks.
        """
        with ExitStack() as locks:
            # In one order for all, so that no two executions wait for each other.
            yield all(self._take(locks, number) for number in sorted(set(map(_file_of, names))))

    def _take(self, locks: ExitStack, number: int) -> bool:
        try:
            folder = folder_of(self._run_id)
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError:
            return False  # for all executions of the run alike
        path = folder / f"{number}.lock"
        failures = 0
        while not self._stopped() and failures < _MOST_FAILURES:
            try:
                lock = FileLock(path, thread_local=False)
                locks.enter_context(lock.acquire(timeout=_SLICE_SEC, poll_interval=_POLL_SEC))
            except Timeout:
                continue
            except NotImplementedError:
                return False  # the system has no file locks
            except OSError:  # no handle or no space left: others may have one, so it waits
                failures += 1
                time.sleep(_SLICE_SEC)  # nothing reports that a handle is free again
                continue
            return True
        return False


def _file_of(name: str) -> int:
    return int(sha256(name.encode("utf-8", "surrogatepass")).hexdigest(), 16) % _FILES


@contextmanager
def removing_leases(run_id: str) -> Iterator[None]:
    """Removes what the leases of a run left on this machine; nothing may use them after the block.

    Only the process that began the run does so.
    """
    with removed_at_end(_name_of(run_id)):
        yield


def _name_of(run_id: str) -> str:
    return f"leases-{run_id}"


def folder_of(run_id: str) -> Path:
    """Where the processes of a run on this machine keep what they share; it may be missing.

    Raises:
        OSError: there is no place that is this user's alone.
    """
    return private_folder() / _name_of(run_id)
