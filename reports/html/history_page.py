"""The HTML page of a history: its content is a function of the history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from markupsafe import Markup

from ...analysis import RunOutcome
from ...analysis.history import History, HistoryEntry, HistoryRun, TargetHistory
from ...record import Kind
from ..clean_file import write_clean
from ..history import absence_text, seen_text, standing_of, started_text
from ..wording import counted, kind_name
from .history_charts import (
    coverage_chart,
    discrepancies_chart,
    latency_chart,
    operations_of,
    speed_chart,
)
from .page import rendered

_MAX_CHARTED = 20
"""Targets with charts: each takes some tenths of a second."""
_TONES = {RunOutcome.PASSED: "ok", RunOutcome.FAILED: "fail", RunOutcome.TARGET_LOST: "fail"}


def write_history_html(history: History, path: Path) -> None:
    """Writes the page of a history. A reader finds the old file or the new one, never a part.

    Raises:
        OSError: the file cannot be written; the error names its path.
    """
    write_clean(path, history_page(history).encode())


def history_page(history: History) -> str:
    """The history as one HTML document that needs nothing else."""
    return rendered(
        "history.html.jinja",
        targets=[_view(number, one) for number, one in enumerate(history.targets, start=1)],
        skipped=history.skipped,
        runs=sum(len(one.runs) for one in history.targets),
        counted=counted,
        started=started_text,
        version=version("cartfuzz"),
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    """A discrepancy as the page shows it."""

    entry: HistoryEntry
    standing: str
    kind: str
    """Empty: a violation."""
    seen: str
    absence: str


@dataclass(frozen=True, slots=True)
class _Picture:
    """A chart and what its lines are."""

    title: str
    svg: Markup
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Target:
    """A target as the page shows it."""

    key: str
    name: str
    runs: tuple[HistoryRun, ...]
    entries: list[_Entry]
    open: int
    gone: int
    tone: str
    pictures: list[_Picture]
    operations: list[str]
    """Those whose latency the table has."""

    @property
    def newest(self) -> HistoryRun:
        return self.runs[-1]


def _view(number: int, target: TargetHistory) -> _Target:
    entries = [_entry(one) for one in target.entries]
    key = f"target-{number}"
    has_charts = number <= _MAX_CHARTED and len(target.runs) > 1
    return _Target(
        key=key,
        name=target.target,
        runs=target.runs,
        entries=entries,
        open=sum(one.entry.is_open for one in entries),
        gone=sum(bool(one.entry.gone_in) for one in entries),
        tone=_TONES.get(target.runs[-1].run.outcome, "warn"),
        pictures=list(_pictures(target, key)) if has_charts else [],
        operations=operations_of(target.runs),
    )


def _entry(entry: HistoryEntry) -> _Entry:
    return _Entry(
        entry=entry,
        standing=standing_of(entry),
        kind="" if entry.kind is Kind.VIOLATION else kind_name(entry.kind),
        seen=seen_text(entry),
        absence=absence_text(entry),
    )


def _pictures(target: TargetHistory, key: str) -> Iterator[_Picture]:
    runs = target.runs
    found = discrepancies_chart(runs, key=f"{key}-found")
    yield _Picture("Discrepancies", found, ("found", "new", "known"))
    coverage = coverage_chart(runs, key=f"{key}-coverage")
    yield _Picture("Coverage", coverage, ("rules tested", "sweeps sent"))
    yield _Picture("Requests a second", speed_chart(runs, key=f"{key}-speed"), ())
    operations = operations_of(runs)
    if operations:
        latency = latency_chart(runs, key=f"{key}-latency")
        yield _Picture("Latency: 95 % came within", latency, tuple(operations))
