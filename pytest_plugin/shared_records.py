"""Names and reads what the processes of a run leave for each other in the shared folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from ..harness.plan import SweepSizes
from ..record import Event, decode_value, encode_value, read_events
from ..record.events import without_times

_ASKED_FILE = "asked.json"
_LOST_FILE = "target-lost"
_REPORTED_FILE = "problem-reported"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the chosen tests of the suite ask for."""

    whole: bool
    """Whether they need everything that the suite can send."""
    sweeps: SweepSizes
    """Of the whole suite."""


def write_asked(shared: Path, asked: Asked) -> None:
    """Leaves what the tests ask for; all processes of a run have the same tests."""
    path = shared / _ASKED_FILE
    if not path.exists():
        path.write_bytes(encode_value(asked))


def read_asked(shared: Path) -> Asked | None:
    """What the chosen tests of the suite ask for; None: none of them has run."""
    path = shared / _ASKED_FILE
    return decode_value(path.read_bytes(), Asked) if path.exists() else None


def read_recorded(shared: Path) -> Iterator[Event]:
    """Everything that the workers of a run recorded, in the order of phases and shards.

    When each request went out is left out, which the follower of the run has read. A shard that was
    not finished, because the target was lost or the run was stopped, counts too.
    """
    for path in sorted((*shared.glob("*.ndjson"), *shared.glob("*.part"))):
        yield from map(without_times, read_events(path))


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
