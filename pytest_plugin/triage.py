"""The smallest scenarios of what the suite found, looked for once for all workers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from filelock import FileLock

from ..analysis import RunState, SimplestOccurrences
from ..harness.plan import TriageBudget
from ..harness.triage.triage import Runner, follow_up
from ..record import Event, RecordWriter, read_events
from ..wire.marks import new_attempt
from .target import Target

_EFFORT = TriageBudget(seconds=20.0, seconds_each=5.0, requests=6_000, confirmations=3)
"""People wait for their tests: what is not small by then is shown as it was seen."""
_RECORD = "follow-up.ndjson"


def smallest(target: Target, shared: Path, events: Iterable[Event]) -> list[Event]:
    """What became of the scenarios among ``events`` that showed a discrepancy, made smaller.

    The first worker that asks does the work, the others wait for it.
    """
    sightings = RunState.of(events, keep_evidence=False).occurrences
    if not sightings:
        return []
    path = shared / _RECORD
    with FileLock(path.with_suffix(".lock")):
        if not path.exists():
            _look(target, sightings, path)
    return list(read_events(path))


def _look(target: Target, sightings: SimplestOccurrences, path: Path) -> None:
    runner = Runner(target.engine(), target.run, attempt=new_attempt())
    part = path.with_suffix(".part")
    with RecordWriter(part) as record:
        for event in follow_up(sightings, runner, _EFFORT):
            record.write(event)
    part.replace(path)
