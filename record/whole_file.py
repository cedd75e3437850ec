"""Writes a file so that nobody ever reads a part of it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import time
from typing import BinaryIO, cast

_UNFINISHED = re.compile(r"\.(?P<name>.+)\.[a-z0-9_]{8}", re.ASCII | re.DOTALL)
"""The name of a file that is being written; `tempfile` makes the last part."""
_MODE = 0o644


def write_named(path: Path, content: bytes) -> None:
    """Writes ``content`` to a path that a user named: whole, but into a pipe, a device or a link.

    Raises:
        OSError: the file cannot be written; the error names its path.
    """
    if path.is_symlink() or (path.exists() and not path.is_file()):
        path.write_bytes(content)
    else:
        write_whole(path, content)


def write_whole(path: Path, content: bytes, *, mode: int = _MODE) -> None:
    """Writes ``content``. A reader finds the old file or the new one.

    A process that is killed meanwhile leaves a hidden file, see `remove_unfinished`.

    Raises:
        OSError: the file cannot be written; the error names its path, and the old file stays.
    """
    with replaced(path, mode=mode) as file:
        file.write(content)


@contextmanager
def replaced(path: Path, *, mode: int = _MODE) -> Iterator[BinaryIO]:
    """A new file that takes the place of ``path`` once the block has ended without an error.

    Raises:
        OSError: the file cannot be written; the error names its path, and the old one stays.
    """
    try:
        with _replaced(path, mode) as file:
            yield file
    except OSError as error:
        # It names the temporary file, of which the user knows nothing, or no file.
        raise OSError(error.errno, error.strerror, str(path)) from error


@contextmanager
def _replaced(path: Path, mode: int) -> Iterator[BinaryIO]:
    with tempfile.NamedTemporaryFile(
        "wb", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:
        temporary = Path(file.name)
        try:
            yield cast("BinaryIO", file)
            file.close()
            temporary.chmod(mode)
            temporary.replace(path)
        except BaseException:  # a stop too: nobody else knows the file
            temporary.unlink(missing_ok=True)
            raise


def remove_unfinished(folder: Path, names: Iterable[str], *, older_than_sec: float = 0.0) -> None:
    """Removes what killed processes left of files that they were writing.

    Args:
        folder: of the files; it may be missing.
        names: of the files as they were to be named.
        older_than_sec: a younger one stays: another process may still be writing it.
    """
    wanted, latest = frozenset(names), time() - older_than_sec
    with suppress(OSError):
        for path in folder.iterdir():
            matched = _UNFINISHED.fullmatch(path.name)
            if matched is not None and matched["name"] in wanted and path.is_file():
                with suppress(OSError):
                    if path.stat().st_mtime <= latest:
                        path.unlink()
