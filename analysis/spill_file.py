"""Lines laid aside on disk: what a long run may want again, but need not hold in memory."""

from __future__ import annotations

import io
import weakref
import zlib
from dataclasses import dataclass
from tempfile import TemporaryFile


@dataclass(frozen=True, slots=True)
class Span:
    """Where a line lies."""

    offset: int
    size: int
    """Bytes, compressed."""


class SpillFile:
    """Lines in a temporary file without a name, which is gone with this object or the process."""

    def __init__(self) -> None:
        self._file: io.FileIO | None = None
        self._end = 0
        self._full = False

    def put(self, line: bytes) -> Span | None:
        """Lays ``line`` aside; None if the disk does not take it, or did not take one before."""
        if self._full:
            return None
        packed = zlib.compress(line)
        try:
            file = self._opened()
            file.seek(self._end)
            self._full = file.write(packed) != len(packed)
        except OSError:
            self._full = True
        if self._full:
            return None
        place = Span(self._end, len(packed))
        self._end += len(packed)
        return place

    def get(self, place: Span) -> bytes | None:
        """The line at ``place``; None if the disk does not give it back."""
        if self._file is None:
            return None
        try:
            self._file.seek(place.offset)
            packed = self._file.read(place.size)
        except OSError:
            return None
        return zlib.decompress(packed)

    def _opened(self) -> io.FileIO:
        if self._file is None:
            # Unbuffered: what a full disk did not take must not wait for the file to be closed.
            self._file = file = TemporaryFile(buffering=0)  # noqa: SIM115 - lives with this object
            weakref.finalize(self, file.close)
        return self._file
