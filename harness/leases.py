"""Leases: only one execution of a run at a time uses a thing that all would share.

A lease is a lock on a file in a folder of the run, so it holds between threads and processes of one
machine, and the operating system takes it back when its holder dies.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path

from filelock import FileLock, Timeout

_SLICE_SEC = 0.25
"""After so long a waiting execution looks whether the run was stopped."""
_POLL_SEC = 0.01


class Leases:
    """The leases of a run on this machine. Threads may share one.

    Args:
        run_id: the run's part of its marks; all processes of the run have the same.
        stopped: returns whether the run was stopped: then nobody waits any more.
    """

    def __init__(self, run_id: str, *, stopped: Callable[[], bool]) -> None:
        self._folder = _folder_of(run_id)
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
            yield all(self._take(locks, name) for name in sorted(set(names)))

    def _take(self, locks: ExitStack, name: str) -> bool:
        path = self._folder / f"{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()}.lock"
        while not self._stopped():
            try:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                lock = FileLock(path, thread_local=False)
                locks.enter_context(lock.acquire(timeout=_SLICE_SEC, poll_interval=_POLL_SEC))
            except Timeout:
                continue
            except (OSError, NotImplementedError):  # no such folder can be made, or no file locks
                return False
            return True
        return False


@contextmanager
def removing_leases(run_id: str) -> Iterator[None]:
    """Removes what the leases of a run left on this machine; nothing may use them after the block.

    Only the process that began the run does so.
    """
    try:
        yield
    finally:
        shutil.rmtree(_folder_of(run_id), ignore_errors=True)


def _folder_of(run_id: str) -> Path:
    return Path(tempfile.gettempdir()) / f"cartfuzz-leases-{run_id}"
