"""Names and reads what the processes of a run leave for each other in the shared folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..record import Event, read_events

_LOST_FILE = "target-lost"


def read_recorded(shared: Path) -> Iterator[Event]:
    """Everything that the workers of a run recorded, in the order of phases and shards."""
    for path in sorted(shared.glob("*.ndjson")):
        yield from read_events(path)


def write_lost_reason(shared: Path, reason: str) -> None:
    """Reports to all workers that the target counts as lost, and why."""
    (shared / _LOST_FILE).write_text(reason, "utf-8")


def lost_reason(shared: Path) -> str:
    """Why the target counts as lost; empty: it does not."""
    lost = shared / _LOST_FILE
    return lost.read_text("utf-8") if lost.exists() else ""
