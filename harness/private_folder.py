"""A folder for the temporary files of runs, which only their user can reach."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from .folder_lock import FolderInUseError, locked_folder


def private_folder() -> Path:
    """The folder of this user, in that for temporary files; it exists.

    Its name can be foreseen, so another user may have made it: then it is refused.

    Raises:
        OSError: it cannot be made, or is not this user's.
    """
    user = os.getuid() if hasattr(os, "getuid") else None
    folder = Path(tempfile.gettempdir()) / ("cartfuzz" if user is None else f"cartfuzz-{user}")
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if user is not None:
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != user:
            raise PermissionError(
                f"{folder}: expected a folder of user {user}, found "
                f"{stat.filemode(found.st_mode)} of user {found.st_uid}; remove it"
            )
        if found.st_mode & 0o077:
            folder.chmod(0o700)
    return folder


@contextmanager
def removed_at_end(name: str) -> Iterator[None]:
    """Removes the folder ``name`` in `private_folder` after a block, and before it those that
    killed processes left. Where another process of the run does so, nothing is removed."""
    with ExitStack() as held:
        try:
            own = private_folder() / name
            own.mkdir(mode=0o700, exist_ok=True)
            held.enter_context(locked_folder(own))
        except (OSError, FolderInUseError):
            yield
            return
        held.callback(shutil.rmtree, own, ignore_errors=True)
        _remove_abandoned(own)
        yield


def _remove_abandoned(own: Path) -> None:
    """Removes the folders beside ``own`` that no living process has locked."""
    with suppress(OSError):
        for other in own.parent.iterdir():
            if other != own and other.is_dir():
                with suppress(FolderInUseError), locked_folder(other):
                    shutil.rmtree(other, ignore_errors=True)
