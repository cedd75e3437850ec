"""A comparison of two runs, as text, as Markdown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
from rich.console import Console
from rich.text import Text

from ..analysis import Change, Comparison, DiscrepancyChange
from .plain import plain

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
    """Prints what changed, one line a discrepancy, and the numbers."""
    for warning in comparison.warnings:
        console.print(Text(f"note: {warning}", style="yellow"), soft_wrap=True)
    for one in comparison.changes:
        line = Text.assemble(
            (f"{one.change.value:<14}", _STYLES[one.change]),
            (plain(one.signature), "bold"),
            f"  {plain(one.title)}",
            (f"  ({plain(one.note)})" if one.note else "", "dim"),
        )
        line.plain = line.plain.encode(console.encoding, "backslashreplace").decode(
            console.encoding
        )
        console.print(line, soft_wrap=True)
    console.print(Text(_numbers(comparison), style="bold"), soft_wrap=True)


def write_markdown(comparison: Comparison, path: Path) -> None:
    """Writes a table of the changes.

    Raises:
        OSError: the file cannot be written.
    """
    path.write_text("\n".join(_markdown(comparison)) + "\n", "utf-8", "backslashreplace")


def write_json(comparison: Comparison, path: Path) -> None:
    """Writes the comparison for scripts.

    Raises:
        OSError: the file cannot be written.
    """
    text = json.dumps(msgspec.to_builtins(comparison), indent=2)
    path.write_bytes(text.encode("ascii") + b"\n")


def _numbers(comparison: Comparison) -> str:
    counts = [(len(comparison.with_change(change)), change.value) for change in Change]
    told = ", ".join(f"{count} {name}" for count, name in counts if count)
    return f"{comparison.old} -> {comparison.new}: {told or 'no discrepancy in either'}"


def _markdown(comparison: Comparison) -> Iterator[str]:
    yield f"## {_cell(_numbers(comparison))}"
    for warning in comparison.warnings:
        yield from ("", f"> {_cell(warning)}")
    if not comparison.changes:
        return
    yield from ("", "| change | rule | discrepancy | signature |", "| --- | --- | --- | --- |")
    for one in comparison.changes:
        yield _row(one)


def _row(one: DiscrepancyChange) -> str:
    note = f" ({_cell(one.note)})" if one.note else ""
    return (
        f"| {one.change.value} | {_cell(one.rule)} | {_cell(one.title)}{note} "
        f"| {_cell(one.signature)} |"
    )


def _cell(text: str) -> str:
    """``text`` as Markdown that shows it and does nothing: no markup, no HTML, no new cell."""
    shown = plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"\\{char}" if char in "\\`*_{}[]|#!~" else char for char in shown)
