"""Chooses the earlier run that a new one is compared with."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path

from ..analysis import RunOutcome, Summary
from ..reports.plain import plain
from .records import summary_at
from .run_folders import is_run, runs_below

_GOOD = frozenset((RunOutcome.PASSED,))
_COMPARABLE = frozenset((RunOutcome.FAILED, RunOutcome.FLAKY, RunOutcome.PARTIAL))
"""What a run may have come to that is compared with where there is no good one."""


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """A run that a new one is compared with."""

    folder: Path
    """Or its summary or record, where that was given."""
    summary: Summary


def earlier_run(path: Path) -> tuple[EarlierRun | None, list[str]]:
    """The run at ``path``, or the last good one of the runs below it; and notes for people.

    A good run passed. Where none did, the last one counts that tested the target. None: there is
    no such run, as the first time.

        Raises:
            CartfuzzError: ``path`` is a run that cannot be read, or a file that is none.
    """
    if not path.exists():
        return None, [f"no earlier run: {path} does not exist yet, so there is no comparison"]
    if path.is_file() or is_run(path):
        return EarlierRun(path, summary_at(path)), []
    runs, skipped = runs_below(path)
    notes = [f"skipped: {path / one.name}: {plain(one.reason)}" for one in skipped]
    chosen = _newest(runs, _GOOD) or _newest(runs, _COMPARABLE)
    if chosen is None:
        return None, [*notes, f"no earlier run in {path}, so there is no comparison"]
    if chosen.summary.outcome not in _GOOD:
        notes.append(f"no run in {path} passed: the last one counts")
    return EarlierRun(path / chosen.folder, chosen.summary), notes


def _newest(
    runs: Iterable[tuple[str, Summary]], outcomes: Container[RunOutcome]
) -> EarlierRun | None:
    """The run that started last, of those with one of ``outcomes``."""
    fitting = [EarlierRun(Path(name), one) for name, one in runs if one.outcome in outcomes]
    return max(fitting, key=lambda one: (one.summary.started, one.folder), default=None)
