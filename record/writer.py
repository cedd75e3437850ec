"""Writes the run record as the run goes on."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from .condenser import Condenser
from .events import Event
from .lines import encode_line


class RecordWriter:
    """Appends events to a file, each at once: a killed run leaves all that happened before.

    Args:
        path: the file; one that is there is replaced.
        condensed: merge scenarios that show nothing new; see `cartfuzz.record.condenser`.

    Raises:
        OSError: the file cannot be written.
    """

    def __init__(self, path: Path, *, condensed: bool = False) -> None:
        self._condenser = Condenser() if condensed else None
        # Unbuffered: each line goes to the operating system whole, in one call.
        self._file = path.open("wb", buffering=0)

    def write(self, event: Event) -> None:
        """Appends ``event``."""
        for told in self._condenser.condensed(event) if self._condenser else (event,):
            self._append(told)

    def _append(self, event: Event) -> None:
        line = memoryview(encode_line(event))
        while line:
            line = line[self._file.write(line) :]

    def close(self) -> None:
        for told in self._condenser.rest() if self._condenser else ():
            self._append(told)
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
