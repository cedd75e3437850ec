"""Looks for the smallest scenario of each discrepancy of the suite, once for all workers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from filelock import FileLock

from ..analysis import RunState, SimplestOccurrences
from ..harness.plan import TriageBudget
from ..harness.triage.triage import ScenarioRunner, triage_discrepancies
from ..record import Event, RecordWriter, read_events
from ..wire.marks import new_attempt
from .target import Target

_BUDGET = TriageBudget(seconds=20.0, seconds_each=5.0, requests=6_000, confirmations=3)
"""Small, because people wait for their tests: a scenario whose search is cut short is shown as it
was sent."""
_RECORD = "follow-up.ndjson"


def triage_once(target: Target, shared: Path, events: Iterable[Event]) -> list[Event]:
    """Minimises and confirms the discrepancies among ``events``.

    The first worker that calls does the work; the others wait for it and read its record.

    Returns:
        An event for each signature that was looked into.
    """
    occurrences = RunState.of(events, keep_evidence=False).occurrences
    if not occurrences:
        return []
    path = shared / _RECORD
    with FileLock(path.with_suffix(".lock")):
        if not path.exists():
            _triage(target, occurrences, path)
    return list(read_events(path))


def _triage(target: Target, occurrences: SimplestOccurrences, path: Path) -> None:
    runner = ScenarioRunner(target.engine(), target.run, attempt=new_attempt())
    part = path.with_suffix(".part")
    with RecordWriter(part) as record:
        for event in triage_discrepancies(occurrences, runner, _BUDGET):
            record.write(event)
    # Only a complete record gets its name: a worker that dies before leaves the work to the next.
    part.replace(path)
