"""The files of a comparison of two targets: JSON for programs, Markdown for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

import msgspec

from ...analysis.side_by_side import DifferenceEntry, SideBySide, Verdict
from ..clean_file import write_clean
from ..json_text import json_text
from ..markdown_text import cell, code, code_block
from .wording import (
    apart,
    marked,
    notes,
    place_line,
    request_text,
    shown_steps,
    standing_line,
    totals_line,
    verdict_line,
)

JSON_FILE = "compare.json"
MARKDOWN_FILE = "compare.md"


class SideBySideDocument(SideBySide, frozen=True, kw_only=True):
    """A comparison as `JSON_FILE` has it: what it came to is a member too."""

    came_to: Verdict = msgspec.field(name="verdict")

    @classmethod
    def with_verdict(cls, result: SideBySide) -> Self:
        """``result`` with its verdict."""
        return cls(came_to=result.verdict, **msgspec.structs.asdict(result))


def write_side_by_side(result: SideBySide, folder: Path) -> None:
    """Writes `JSON_FILE` and `MARKDOWN_FILE` into ``folder``, which exists.

    Raises:
        OSError: a file cannot be written; the error names its path.
    """
    text = json_text(SideBySideDocument.with_verdict(result))
    write_clean(folder / JSON_FILE, f"{text}\n".encode("ascii"))
    page = "\n".join(markdown_lines(result))
    write_clean(folder / MARKDOWN_FILE, f"{page}\n".encode("utf-8", "backslashreplace"))


def markdown_lines(result: SideBySide) -> Iterator[str]:
    """The lines of the page: no text of a target adds markup."""
    yield f"## {cell(verdict_line(result))}"
    yield from ("", "| | target | requests |", "| --- | --- | --- |")
    for name, side in (("old", result.old), ("new", result.new)):
        yield f"| {name} | {cell(side.url)} | {side.requests} |"
    yield from ("", cell(totals_line(result)))
    for note in notes(result):
        yield from ("", f"> {cell(note)}")
    for number, cause in enumerate(result.causes, start=1):
        yield from _cause(number, cause)
    for heading, entries in apart(result):
        yield from ("", f"### {cell(heading)}", "")
        for entry in entries:
            yield f"- {cell(entry.title)}; {cell(standing_line(entry))}; {cell(place_line(entry))}"


def _cause(number: int, cause: Sequence[DifferenceEntry]) -> Iterator[str]:
    entry = cause[0]
    yield from ("", f"### {number}. {cell(entry.title)}", "", cell(standing_line(entry)), "")
    for index, step in enumerate(shown_steps(entry), start=1):
        yield f"{index}. {code(request_text(step))}"
    yield from ("", f"Differs in {code(place_line(entry))}")
    lines = list(marked(entry))
    if lines:
        yield from ("", code_block(lines, "diff"))
    if len(cause) > 1:
        yield from ("", "With the same cause:", "")
        for other in cause[1:]:
            yield f"- {cell(other.title)} ({cell(other.signature)})"
