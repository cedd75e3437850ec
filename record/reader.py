"""Reads the events of a run record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from ..contract import UsageError
from .codec import decode_line
from .events import Event


class BadRecordError(UsageError, ValueError):
    """A line of a record is no event; the text names file and line."""


def read_events(path: Path) -> Iterator[Event]:
    """The events of a record, in order.

    A last line without its line feed was cut off when the run was killed, and is left out.

    Raises:
        OSError: the file cannot be read.
        BadRecordError: a complete line is no event.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                return
            try:
                yield decode_line(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                raise BadRecordError(
                    f"{path}, line {number}: expected an event of a run record, found {error}"
                ) from None
