"""Writes a file so that nobody ever reads a part of it."""

from __future__ import annotations

import tempfile
from pathlib import Path


def write_named(path: Path, content: bytes) -> None:
    """Writes ``content`` to a path that a user named: whole, but into a pipe, a device or a link.

    Raises:
        OSError: the file cannot be written; the error names its path.
    """
    if path.is_symlink() or (path.exists() and not path.is_file()):
        path.write_bytes(content)
    else:
        write_whole(path, content)


def write_whole(path: Path, content: bytes) -> None:
    """Writes ``content``. A reader finds the old file or the new one.

    Raises:
        OSError: the file cannot be written; the error names its path, and the old file stays.
    """
    try:
        _write_whole(path, content)
    except OSError as error:
        # It names the temporary file, of which the user knows nothing, or no file.
        raise OSError(error.errno, error.strerror, str(path)) from error


def _write_whole(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(
        "wb", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:
        temporary = Path(file.name)
        try:
            file.write(content)
            file.close()
            temporary.chmod(0o644)
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
