"""Writes a run record while the run goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from .codec import encode_line
from .events import Event


class RecordWriter:
    """Appends events to a file, each at once: a killed run leaves all that happened before.

    Args:
        path: the file; an existing one is replaced.
        append: whether events are added to an existing file, which must end with a whole line.
        clean: takes out of a line what must not leave this process.

    Raises:
        OSError: the file cannot be written.
    """

    def __init__(
        self, path: Path, *, append: bool = False, clean: Callable[[bytes], bytes] = bytes
    ) -> None:
        self._clean = clean
        # Unbuffered: each line goes to the operating system whole, in one call.
        self._file = path.open("ab" if append else "wb", buffering=0)

    @property
    def size(self) -> int:
        """Bytes of the file so far."""
        return self._file.tell()

    def write(self, event: Event) -> None:
        """Appends ``event``."""
        line = memoryview(self._clean(encode_line(event)))
        while line:
            line = line[self._file.write(line) :]

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
