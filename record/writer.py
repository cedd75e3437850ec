"""Writes a run record while the run goes on."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from .codec import encode_line
from .events import Event


class RecordWriter:
    """Appends events to a file, each at once: a killed run leaves all that happened before.

    A write that fails leaves no part of its line, as far as the disk allows.

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
        self._path = path
        self._clean = clean
        # Unbuffered: each line goes to the operating system whole, in one call.
        self._file = path.open("a+b" if append else "w+b", buffering=0)

    @property
    def file(self) -> io.FileIO:
        """The open file, at its end."""
        return self._file

    @property
    def size(self) -> int:
        """Bytes of the file so far."""
        return self._file.tell()

    def write(self, event: Event) -> None:
        """Appends ``event``.

        Raises:
            OSError: the line cannot be written.
        """
        line = memoryview(self._clean(encode_line(event)))
        end = self._file.tell()
        try:
            while line:
                line = line[self._file.write(line) :]
        except OSError as error:
            with suppress(OSError):
                self._file.truncate(end)  # some of the line may be on the disk
                self._file.seek(end)
            raise OSError(error.errno, error.strerror, str(self._path)) from error

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
