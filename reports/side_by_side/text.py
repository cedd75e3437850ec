"""A comparison of two targets as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...analysis.side_by_side import DifferenceEntry, SideBySide
from ..plain import plain
from ..wording import counted
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

_MOST_CAUSES = 10
_MOST_FURTHER = 3


def side_by_side_lines(result: SideBySide) -> Iterator[str]:
    """The lines: no text of a target can forge one, or makes a terminal do anything."""
    yield f"old: {plain(result.old.url)}"
    yield f"new: {plain(result.new.url)}"
    yield totals_line(result)
    causes = result.causes
    for number, cause in enumerate(causes[:_MOST_CAUSES], start=1):
        yield ""
        yield from _cause(number, cause)
    if len(causes) > _MOST_CAUSES:
        yield from ("", f"and {len(causes) - _MOST_CAUSES} more: see the report")
    for heading, entries in apart(result):
        yield from ("", heading)
        for entry in entries[:_MOST_CAUSES]:
            yield f"  {plain(entry.title)} ({plain(place_line(entry))})"
        if len(entries) > _MOST_CAUSES:
            yield f"  and {len(entries) - _MOST_CAUSES} more"
    yield ""
    yield from notes(result)
    yield verdict_line(result)


def _cause(number: int, cause: Sequence[DifferenceEntry]) -> Iterator[str]:
    entry = cause[0]
    yield f"{number}. {plain(entry.title)}"
    yield f"   {standing_line(entry)}"
    for index, step in enumerate(shown_steps(entry), start=1):
        yield f"   {index}) {request_text(step)}"
    yield f"   {place_line(entry)}"
    for line in marked(entry):
        yield f"     {line}"
    further = cause[1:]
    if further:
        yield f"   with the same cause: {counted(len(further), 'further difference')}"
    for one in further[:_MOST_FURTHER]:
        yield f"     {plain(one.title)}"
