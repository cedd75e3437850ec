"""A comparison of two runs: printed, as a Markdown table, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.text import Text

from ..analysis import (
    Change,
    ComparedRun,
    Comparison,
    DiscrepancyChange,
    Drift,
    LostCoverage,
    SideOfDrift,
)
from ..record import Kind
from .diff_markdown import markdown
from .diff_totals import diff_totals
from .discrepancy_text import request_line
from .plain import plain
from .terminal import encodable
from .wording import counted, target_name

_STYLES = {
    Change.NEW: "bold red",
    Change.FIRST_SEEN: "bold red",
    Change.DIFFERENT: "red",
    Change.FLAKY: "yellow",
    Change.FIXED: "green",
    Change.NOT_SEEN: "dim",
}
_MAX_REQUESTS = 12
_SHOWN_WHOLE = (Change.NEW, Change.FIRST_SEEN, Change.DIFFERENT)


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Prints both runs, warnings, each change, and the totals; in short what did not change."""
    for line in _lines(comparison):
        console.print(encodable(line, console), soft_wrap=True)


def write_markdown(comparison: Comparison, path: Path) -> None:
    """Writes the comparison as Markdown tables.

    Raises:
        OSError: the file cannot be written; the error names its path.
    """
    path.write_text("\n".join(markdown(comparison)) + "\n", "utf-8", "backslashreplace")


def write_json(comparison: Comparison, path: Path) -> None:
    """Writes the comparison as JSON with the fields of `cartfuzz.analysis.Comparison`.

    Raises:
        OSError: the file cannot be written; the error names its path.
    """
    text = json.dumps(msgspec.to_builtins(comparison), indent=2)
    path.write_bytes(text.encode("ascii") + b"\n")


def _lines(comparison: Comparison) -> Iterator[Text]:
    for word, run in zip(("old", "new"), comparison.runs, strict=False):
        yield from _run(word, run)
    for warning in comparison.warnings:
        yield Text(f"warning: {plain(warning)}", style="yellow")
    for changed in comparison.changes:
        if changed.change is not Change.STILL_THERE:
            yield from _change(changed)
    for drift in comparison.drifts:
        yield from _drift(drift)
    for lost in comparison.lost_coverage:
        yield _lost(lost)
    unchanged = comparison.with_change(Change.STILL_THERE)
    if unchanged:
        names = ", ".join(map(_named, unchanged))
        yield Text(f"still there   {names}", style="dim")
    yield Text(diff_totals(comparison), style="bold")


def _run(word: str, run: ComparedRun) -> Iterator[Text]:
    target = plain(target_name(run.target, run.sandbox))
    yield Text.assemble((f"{word}: ", "bold"), plain(run.name), f"  {target}")
    share = "" if run.sweep_share is None else f", {run.sweep_share:.0%} of the sweeps"
    known = f", {run.known} known" if run.known else ""
    yield Text(
        f"     {plain(run.started)}, contract {run.contract.value}, seed {run.seed}; "
        f"{counted(run.requests, 'request')} in {run.seconds:.1f} s{share}; "
        f"{run.outcome.word}, "
        f"{counted(run.discrepancies, 'discrepancy', 'discrepancies')}{known}",
        style="dim",
    )


def _change(changed: DiscrepancyChange) -> Iterator[Text]:
    yield Text.assemble(
        (f"{changed.change.value:<14}", _STYLES[changed.change]),
        (_named(changed), "bold"),
        f"  {plain(changed.title)}",
        (f"  ({plain(changed.note)})" if changed.note else "", "dim"),
    )
    if changed.change not in _SHOWN_WHOLE:
        return
    yield Text(f"    expected  {plain(changed.expected)}")
    yield Text(f"    found     {plain(changed.found)}")
    yield from _requests(changed.operations)


def _named(changed: DiscrepancyChange) -> str:
    """The signature, with what else is to be known of the entry at once."""
    words = plain(changed.signature)
    if changed.kind is Kind.CONTRADICTION:
        words += " (contradicts itself)"
    return f"{words} [known: {plain(changed.ticket)}]" if changed.ticket else words


def _requests(operations: tuple[Mapping[str, Any], ...]) -> Iterator[Text]:
    hidden = max(0, len(operations) - _MAX_REQUESTS)
    if hidden:
        yield Text(f"         (the first {hidden} are left out)", style="dim")
    for number, operation in enumerate(operations[hidden:], start=hidden + 1):
        yield Text(f"    {number:>3}. {request_line(dict(operation))}", style="cyan")


def _drift(drift: Drift) -> Iterator[Text]:
    yield Text.assemble(
        ("drifted       ", "yellow"), (plain(drift.rule), "bold"), f"  {plain(drift.situation)}"
    )
    yield from _side("old", drift.old)
    yield from _side("new", drift.new)


def _side(word: str, side: SideOfDrift) -> Iterator[Text]:
    outcomes = " or ".join(map(plain, side.outcomes))
    yield Text(
        f"    {word}: {outcomes}, request {side.step + 1} of scenario {plain(side.scenario)}"
    )
    yield from _requests(side.operations)


def _lost(lost: LostCoverage) -> Text:
    note = f"  ({plain(lost.note)})" if lost.note else ""
    return Text.assemble(
        ("not tested    ", "yellow"),
        (plain(lost.rule), "bold"),
        f"  no longer judged: {', '.join(map(plain, lost.sides))}{note}",
    )
