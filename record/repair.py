"""Repairs a record that was cut off while a line was written, so that events can follow."""

from __future__ import annotations

from pathlib import Path

_BLOCK = 65_536


def cut_torn_line(path: Path) -> int:
    """Cuts a last line without its line feed off the record at ``path``.

    Returns:
        How many bytes were cut off.

    Raises:
        OSError: the file cannot be read or written.
    """
    with path.open("r+b") as file:
        size = end = file.seek(0, 2)
        while end:
            start = max(0, end - _BLOCK)
            file.seek(start)
            found = file.read(end - start).rfind(b"\n")
            if found >= 0:
                end = start + found + 1
                break
            end = start
        if end < size:
            file.truncate(end)
    return size - end
