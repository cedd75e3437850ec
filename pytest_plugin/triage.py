"""Looks for the smallest scenario of each discrepancy of the suite, once for all workers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from time import monotonic

from filelock import FileLock

from ..analysis import RunState, SimplestOccurrences
from ..harness.plan import TriageBudget
from ..harness.triage.triage import ScenarioRunner, triage_discrepancies
from ..record import Event, RecordWriter, ScenarioRun, read_events
from ..wire.known_secrets import line_without_secrets
from ..wire.marks import new_attempt
from .target import Target

_BUDGET = TriageBudget(seconds=20.0, seconds_each=5.0, requests=6_000, confirmations=3)
"""Small, because people wait for their tests: a scenario whose search is cut short is shown as it
was sent."""
_BUDGET_OF_ONE = TriageBudget(
    seconds=20.0, seconds_each=20.0, requests=2_000, requests_each=1_500, confirmations=3
)
"""For one scenario alone, which may be long."""
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
            _triage(target, occurrences, path, _BUDGET)
    return list(read_events(path))


def triage_run(target: Target, shared: Path, name: str, scenario_run: ScenarioRun) -> list[Event]:
    """Minimises and confirms the discrepancies of one scenario that a test has sent.

    Args:
        target: where to.
        shared: the folder that all processes of the run share; the record is left there.
        name: of the record: of the process, so that no other one writes it.
        scenario_run: what was sent, and what it showed.

    Returns:
        An event for each signature that was looked into.
    """
    path = shared / f"{name}-follow-up.ndjson"
    occurrences = RunState.of([scenario_run], keep_evidence=False).occurrences
    _triage(target, occurrences, path, _BUDGET_OF_ONE)
    return list(read_events(path))


def _triage(
    target: Target, occurrences: SimplestOccurrences, path: Path, budget: TriageBudget
) -> None:
    deadline = monotonic() + budget.seconds
    runner = ScenarioRunner(
        target.engine().until(deadline),
        target.run,
        stopped=lambda: monotonic() >= deadline,
        attempt=new_attempt(),
    )
    part = path.with_suffix(".part")
    with RecordWriter(part, clean=line_without_secrets) as record:
        for event in triage_discrepancies(occurrences, runner, budget):
            record.write(event)
    # Only a complete record gets its name: a worker that dies before leaves the work to the next.
    part.replace(path)
