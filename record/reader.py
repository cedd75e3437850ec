"""Reads the events of a run record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from ..contract import UsageError
from .codec import decode_line
from .events import Event, RunStarted

_START = b'{"type":"run_started"'


class BadRecordError(UsageError, ValueError):
    """A line of a record is no event; the text names file and line."""


def read_starts(path: Path) -> Iterator[RunStarted]:
    """The `RunStarted` of each part of a run, in order; other lines are not looked into.

    Raises:
        OSError: the file cannot be read.
        BadRecordError: such a line is no event.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.startswith(_START) and line.endswith(b"\n"):
                event = _decoded(path, number, line)
                if isinstance(event, RunStarted):
                    yield event


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
            yield _decoded(path, number, line)


def _decoded(path: Path, number: int, line: bytes) -> Event:
    try:
        return decode_line(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRecordError(
            f"{path}, line {number}: expected an event of a run record, found {error}"
        ) from None
