"""The lock on a report folder: one command at a time writes into it.

The operating system holds the lock for a process, and releases it when that dies. The file stays
behind then; the next holder removes it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from socket import gethostname

import msgspec

from ..contract import UsageError

LOCK_FILE = ".cartfuzz-lock"
_BYTE = 1 << 30
"""Windows locks bytes; nobody can read them meanwhile, so it is none of the text."""
_MAX_TEXT = 4_096

if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: int) -> bool:
        os.lseek(file, _BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return False
        return True


class FolderInUseError(UsageError):
    """Another command writes into the folder; the text names its process."""


class _Holder(msgspec.Struct, frozen=True, kw_only=True):
    """The text of a lock file."""

    pid: int
    host: str
    since: str
    """UTC."""

    @classmethod
    def present(cls) -> _Holder:
        """This process, from now on."""
        return cls(
            pid=os.getpid(),
            host=gethostname(),
            since=datetime.now(UTC).isoformat(" ", "seconds").removesuffix("+00:00"),
        )


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Holds the lock on ``folder``, which exists, for the time of a block.

    Where no lock file can be made, as in a folder that is only read, or on a file system without
    locks, nothing is locked.

    Raises:
        FolderInUseError: another process, or another thread of this one, holds the lock.
    """
    path = folder / LOCK_FILE
    file = _locked(path)
    if file is None:
        yield
        return
    try:
        yield
    finally:
        if sys.platform == "win32":
            os.close(file)
            with suppress(OSError):
                path.unlink()
        else:
            # While it is locked: nobody else can have locked the file of this name.
            if _is_at(path, file):
                with suppress(OSError):
                    path.unlink()
            os.close(file)


def _locked(path: Path) -> int | None:
    """A handle that holds the lock; None: there are no locks here."""
    while True:
        try:
            file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
        except OSError:
            return None
        try:
            free = _try_lock(file)
        except OSError:
            os.close(file)
            return None
        if not free:
            text = _text(file)
            os.close(file)
            raise FolderInUseError(_message(path.parent, text))
        if _is_at(path, file):
            break
        os.close(file)  # the last holder has removed it meanwhile
    with suppress(OSError):
        os.ftruncate(file, 0)
        os.lseek(file, 0, os.SEEK_SET)
        os.write(file, msgspec.json.encode(_Holder.present()))
    return file


def _is_at(path: Path, file: int) -> bool:
    """Whether ``file`` is the one that others find at ``path``."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except OSError:
        return False


def _text(file: int) -> bytes:
    try:
        os.lseek(file, 0, os.SEEK_SET)
        return os.read(file, _MAX_TEXT)
    except OSError:
        return b""


def _message(folder: Path, text: bytes) -> str:
    try:
        holder = msgspec.json.decode(text, type=_Holder)
    except msgspec.DecodeError:
        who = "another process"
    else:
        elsewhere = "" if holder.host == gethostname() else f" on {holder.host}"
        who = f"process {holder.pid}{elsewhere}, since {holder.since} UTC"
    return (
        f"{folder}: expected a folder that no other command writes into, found it in use by {who}; "
        "wait until that has ended, or name another folder"
    )
