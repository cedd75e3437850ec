"""Names and reads what the processes of a run leave for each other in the shared folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..record import Event, read_events

_LOST_FILE = "target-lost"
_REPORTED_FILE = "problem-reported"


def read_recorded(shared: Path) -> Iterator[Event]:
    """Everything that the workers of a run recorded, in the order of phases and shards.

    A shard that was not finished, because the target was lost or the run was stopped, counts too.
    """
    for path in sorted((*shared.glob("*.ndjson"), *shared.glob("*.part"))):
        yield from read_events(path)


def write_lost_reason(shared: Path, reason: str) -> None:
    """Reports to all workers that the target counts as lost, and why."""
    (shared / _LOST_FILE).write_text(reason, "utf-8")


def lost_reason(shared: Path) -> str:
    """Why the target counts as lost; empty: it does not."""
    lost = shared / _LOST_FILE
    return lost.read_text("utf-8") if lost.exists() else ""


def loss_text(url: str, reason: str) -> str:
    """The message for the user whose target was lost for ``reason``."""
    return (
        f"{url} gives no usable responses any more: {reason}; check whether it is still running, "
        "and whether it takes this load (--cartfuzz-rps limits it)"
    )


def claim_report(shared: Path, test: str) -> bool:
    """Whether ``test`` is the one, of all processes, that reports why there is no target."""
    claim = shared / _REPORTED_FILE
    try:
        with claim.open("x", encoding="utf-8") as file:
            file.write(test)
    except FileExistsError:
        return claim.read_text("utf-8") == test
    return True
