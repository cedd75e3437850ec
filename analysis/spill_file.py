"""A temporary file for lines that a long run may need again, but need not hold in memory."""

from __future__ import annotations

import io
import weakref
import zlib
from dataclasses import dataclass
from tempfile import TemporaryFile

_LEVEL = 1
"""Of zlib: the fastest. JSON gets small enough, and a run waits for each line."""


@dataclass(frozen=True, slots=True)
class Span:
    """The part of the file that holds one line."""

    offset: int
    """Bytes from the start of the file."""
    size: int
    """Bytes, compressed."""


class SpillFile:
    """Compressed lines in a file without a name, which is gone with this object or the process."""

    def __init__(self) -> None:
        self._file: io.FileIO | None = None
        self._end = 0
        self._full = False

    def append(self, line: bytes) -> Span | None:
        """Writes ``line`` to the end; None if this write, or an earlier one, failed."""
        if self._full:
            return None
        packed = zlib.compress(line, _LEVEL)
        try:
            file = self._opened()
            file.seek(self._end)
            self._full = file.write(packed) != len(packed)
        except OSError:
            self._full = True
        if self._full:
            return None
        span = Span(self._end, len(packed))
        self._end += len(packed)
        return span

    def read(self, span: Span) -> bytes | None:
        """The line that `append` wrote to ``span``; None if the disk does not return it."""
        if self._file is None:
            return None
        try:
            self._file.seek(span.offset)
            packed = self._file.read(span.size)
        except OSError:
            return None
        return zlib.decompress(packed)

    def _opened(self) -> io.FileIO:
        if self._file is None:
            # Unbuffered: bytes that a full disk refuses must not wait until the file is closed.
            self._file = file = TemporaryFile(buffering=0)  # noqa: SIM115 - lives with this object
            weakref.finalize(self, file.close)
        return self._file
