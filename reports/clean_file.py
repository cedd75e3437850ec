"""Writes files for users: the one place where secrets are searched for a last time.

Answers are clean once they are read, and so is each line of a record. What a report is made of may
still hold a secret that came another way: a title, a path, an error of Cartfuzz itself.
"""

from __future__ import annotations

from pathlib import Path

from ..record.whole_file import write_named, write_whole
from ..wire.known_secrets import line_without_secrets

_READABLE = 0o644


def write_clean(path: Path, content: bytes, *, mode: int = _READABLE) -> None:
    """Writes ``content`` without the secrets of this process; a reader finds it whole or not at
    all.

    Raises:
        OSError: the file cannot be written; the error names its path, and the old file stays.
    """
    write_whole(path, line_without_secrets(content), mode=mode)


def write_clean_named(path: Path, content: bytes) -> None:
    """`write_clean` to a path that a user named, which may be a pipe, a device or a link.

    Raises:
        OSError: the file cannot be written; the error names its path.
    """
    write_named(path, line_without_secrets(content))
