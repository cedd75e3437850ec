"""Two answers to one request as lines, with the lines that differ marked."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from itertools import islice, takewhile
from typing import Any

from ...wire import NOT_JSON
from .answers import Answer
from .ignored import NOTHING_IGNORED, Ignored
from .volatile import is_own_id, scrubbed

_CONTEXT = 2
_MOST_LINES = 2_000
"""Of an answer, from the first line that differs on: a longer one is compared up to here."""
_MOST_SHOWN = 41
_LONGEST_LINE = 200
_MOST_DEPTH = 60
_MOST_WHOLE = 1e15
"""Up to here a double holds each whole number."""
_FREE = "attributes"
"""What is in a member of this name is the client's own, and shown as it is."""


def marked_lines(old: Answer, new: Answer, ignored: Ignored = NOTHING_IGNORED) -> Iterator[str]:
    """The lines of two answers: ``-`` of the old target alone, ``+`` of the new one, else blank.

    Times, UUIDs and numbers of the targets' own are named, not shown. Between the lines that differ
    and the two around each, lines are left out: ``...`` is in their place. At most 41 lines of 200
    characters are given.

    Args:
        old: an answer.
        new: the same.
        ignored: what the user has left out.
    """
    return islice(
        _marked(*_from_first_difference(_lines(old, ignored), _lines(new, ignored))), _MOST_SHOWN
    )


def _marked(old: list[str], new: list[str]) -> Iterator[str]:
    is_first = True
    for line in difflib.unified_diff(old, new, n=_CONTEXT, lineterm=""):
        if line.startswith(("---", "+++")) and is_first:
            continue
        if line.startswith("@@"):
            if not is_first:
                yield "  ..."
            is_first = False
            continue
        yield f"{line[:1]} {line[1:_LONGEST_LINE]}"


def _from_first_difference(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """The lines that are compared: those before the first difference cost no comparison."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    places = slice(max(0, same - _CONTEXT), same + _MOST_LINES)
    return old[places], new[places]


def _lines(answer: Answer, ignored: Ignored) -> list[str]:
    if answer.failure or answer.body is NOT_JSON:
        return scrubbed(answer.failure or answer.text).splitlines()
    named = _named(ignored.without(answer.body), "", depth=0, free=False)
    return json.dumps(named, indent=2, sort_keys=True).splitlines()


def _named(value: Any, name: str, *, depth: int, free: bool) -> Any:
    if depth > _MOST_DEPTH:
        return "..."
    free = free or name == _FREE
    if isinstance(value, dict):
        return {key: _named(part, key, depth=depth + 1, free=free) for key, part in value.items()}
    if isinstance(value, list):
        return [_named(part, name, depth=depth + 1, free=free) for part in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < _MOST_WHOLE:
        return int(value)  # 1.0 is 1
    if free:
        return value
    if is_own_id(name, value):
        return "<id>"
    return scrubbed(value) if isinstance(value, str) else value
