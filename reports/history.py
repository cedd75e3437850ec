"""A history of runs, printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.text import Text

from ..analysis import ComparedRun
from ..analysis.history import History, HistoryEntry, HistoryRun, TargetHistory
from ..record import Kind
from .plain import plain
from .screen import Screen
from .wording import counted, kind_name

_MAX_NAME = 28
_MAX_TITLE = 160
_MINUTE = len("2026-01-01T00:00")
_MAX_REASON = 240
_MAX_TREND = 8
"""Runs whose figures a trend lists: the newest."""
_HEADER = (
    "run",
    "started (UTC)",
    "contract",
    "seed",
    "requests",
    "req/s",
    "sweeps",
    "verdict",
    "new",
    "found",
    "known",
)
_NUMBERS = frozenset(("seed", "requests", "req/s", "sweeps", "new", "found", "known"))
_STYLES = {"open": "bold red", "gone": "green", "not seen": "yellow"}
_WIDTH = max(map(len, _STYLES))


def print_history(history: History, console: Console) -> None:
    """Prints each target: its runs, its discrepancies by first and last run, its trends."""
    screen = Screen.of(console)
    for line in _lines(history):
        console.print(screen.shown(line), soft_wrap=True)


def started_text(run: ComparedRun) -> str:
    """When a run started, in UTC: ``"2026-01-01 00:00"``."""
    return run.started[:_MINUTE].replace("T", " ")


def standing_of(entry: HistoryEntry) -> str:
    """``"open"``: the newest run shows it; ``"gone"``: a later run proves that; ``"not seen"``."""
    if entry.is_open:
        return "open"
    return "gone" if entry.gone_in else "not seen"


def absence_text(entry: HistoryEntry) -> str:
    """What it means that the newest run does not show an entry; empty: it does."""
    if entry.is_open:
        return ""
    if not entry.gone_in:
        return f"not seen since {entry.last}; the newest run proves nothing: {entry.reason}"
    return (
        f"not seen since {entry.last}, though what shows it was sent: in {entry.gone_in} "
        f"{entry.reason}"
    )


def seen_text(entry: HistoryEntry) -> str:
    """``"first seen in A, last in C, in 3 of 4 runs"``."""
    runs = f"in {entry.runs} of {counted(entry.runs_since, 'run')} since"
    if entry.first == entry.last:
        return f"seen in {entry.first} alone, {runs}"
    return f"first seen in {entry.first}, last in {entry.last}, {runs}"


def _lines(history: History) -> Iterator[Text]:
    for position, target in enumerate(history.targets):
        if position:
            yield Text("")
        yield from _target(target)
    for skipped in history.skipped:
        yield Text(
            f"skipped: {plain(skipped.name)}: {plain(skipped.reason, longest=_MAX_REASON)}",
            style="yellow",
        )


def _target(target: TargetHistory) -> Iterator[Text]:
    yield Text(f"{plain(target.target)}: {counted(len(target.runs), 'run')}", style="bold")
    yield from _table(target.runs)
    open_ones = sum(entry.is_open for entry in target.entries)
    total = counted(len(target.entries), "discrepancy", "discrepancies")
    yield Text("")
    yield Text(f"{total}, {open_ones} in the newest run", style="bold")
    for entry in target.entries:
        yield from _entry(entry)
    if len(target.runs) > 1:
        yield Text("")
        yield from _trends(target.runs)


def _table(runs: Sequence[HistoryRun]) -> Iterator[Text]:
    rows = [_HEADER, *(tuple(_row(run)) for run in runs)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
    for number, row in enumerate(rows):
        cells = (
            text.rjust(width) if name in _NUMBERS else text.ljust(width)
            for name, text, width in zip(_HEADER, row, widths, strict=True)
        )
        yield Text(f"  {'  '.join(cells)}".rstrip(), style="" if number else "dim")


def _row(one: HistoryRun) -> Iterator[str]:
    run = one.run
    yield plain(run.name, longest=_MAX_NAME)
    yield plain(started_text(run))
    yield run.contract.value
    yield str(run.seed)
    yield str(run.requests)
    yield f"{one.rps:.0f}"
    yield "" if run.sweep_share is None else f"{run.sweep_share:.0%}"
    yield run.outcome.word
    yield from (str(one.new), str(run.discrepancies), str(run.known))


def _entry(entry: HistoryEntry) -> Iterator[Text]:
    word = standing_of(entry)
    kind = "" if entry.kind is Kind.VIOLATION else f" [{kind_name(entry.kind)}]"
    ticket = f" [known: {plain(entry.ticket)}]" if entry.ticket else ""
    yield Text.assemble(
        ("  ", ""),
        (f"{word:<{_WIDTH}}", _STYLES[word]),
        f"  {plain(entry.signature)}{kind}{ticket}  {plain(entry.title, longest=_MAX_TITLE)}",
    )
    indent = " " * (_WIDTH + 4)
    yield Text(f"{indent}{plain(seen_text(entry))}", style="dim")
    if not entry.is_open:
        yield Text(f"{indent}{plain(absence_text(entry))}", style="dim")


def _trends(runs: Sequence[HistoryRun]) -> Iterator[Text]:
    """Figures of the newest runs, the oldest of them first."""
    newest = runs[-_MAX_TREND:]
    yield Text(
        f"trends over the last {len(newest)} runs, the newest at the end"
        if len(newest) < len(runs)
        else "trends, the newest run at the end",
        style="bold",
    )
    yield _trend("rules tested", (f"{one.rules_tested}/{one.rules_testable}" for one in newest))
    yield _trend("requests/s", (f"{one.rps:.0f}" for one in newest))
    operations = dict.fromkeys(name for one in newest for name in one.latency)
    for name in operations:
        times = (_p95(one, name) for one in newest)
        yield _trend(f"p95 of {name}, ms", times)


def _p95(run: HistoryRun, operation: str) -> str:
    latency = run.latency.get(operation)
    return "?" if latency is None else f"{latency.p95_ms:.1f}"


def _trend(name: str, figures: Iterable[str]) -> Text:
    return Text(f"  {name:<22}{'  '.join(f'{figure:>8}' for figure in figures)}")
