"""A comparison of two runs: printed, as a Markdown table, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
from rich.console import Console
from rich.text import Text

from ..analysis import Change, Comparison, DiscrepancyChange
from .plain import plain
from .terminal import encodable

_STYLES = {
    Change.NEW: "bold red",
    Change.STILL_THERE: "red",
    Change.DIFFERENT: "red",
    Change.CONTRADICTED: "yellow",
    Change.FLAKY: "yellow",
    Change.FIXED: "green",
    Change.NOT_EXERCISED: "dim",
}


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Prints warnings, one line for each discrepancy of either run, and the totals."""
    for line in _lines(comparison):
        console.print(encodable(line, console), soft_wrap=True)


def write_markdown(comparison: Comparison, path: Path) -> None:
    """Writes the comparison as a Markdown table.

    Raises:
        OSError: the file cannot be written; the error names its path.
    """
    path.write_text("\n".join(_markdown(comparison)) + "\n", "utf-8", "backslashreplace")


def write_json(comparison: Comparison, path: Path) -> None:
    """Writes the comparison as JSON with the fields of `cartfuzz.analysis.Comparison`.

    Raises:
        OSError: the file cannot be written; the error names its path.
    """
    text = json.dumps(msgspec.to_builtins(comparison), indent=2)
    path.write_bytes(text.encode("ascii") + b"\n")


def _lines(comparison: Comparison) -> Iterator[Text]:
    for warning in comparison.warnings:
        yield Text(f"warning: {plain(warning)}", style="yellow")
    for changed in comparison.changes:
        yield Text.assemble(
            (f"{changed.change.value:<14}", _STYLES[changed.change]),
            (plain(changed.signature), "bold"),
            f"  {plain(changed.title)}",
            (f"  ({plain(changed.note)})" if changed.note else "", "dim"),
        )
    yield Text(_totals(comparison), style="bold")


def _totals(comparison: Comparison) -> str:
    """``"old -> new: 2 new, 1 fixed"``."""
    counts = [(len(comparison.with_change(change)), change.value) for change in Change]
    listed = ", ".join(f"{count} {name}" for count, name in counts if count)
    return f"{comparison.old} -> {comparison.new}: {listed or 'no discrepancy in either run'}"


def _markdown(comparison: Comparison) -> Iterator[str]:
    yield f"## {_cell(_totals(comparison))}"
    for warning in comparison.warnings:
        yield from ("", f"> {_cell(warning)}")
    if not comparison.changes:
        return
    yield from ("", "| change | rule | discrepancy | signature |", "| --- | --- | --- | --- |")
    for changed in comparison.changes:
        yield _row(changed)


def _row(changed: DiscrepancyChange) -> str:
    note = f" ({_cell(changed.note)})" if changed.note else ""
    return (
        f"| {changed.change.value} | {_cell(changed.rule)} | {_cell(changed.title)}{note} "
        f"| {_cell(changed.signature)} |"
    )


def _cell(text: str) -> str:
    """``text`` in a Markdown table, shown as it is: no markup, no HTML, no further cell."""
    shown = plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"\\{char}" if char in "\\`*_{}[]|#!~" else char for char in shown)
