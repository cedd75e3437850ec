"""Two answers to one request as lines, with the lines that differ marked."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from typing import Any

from ...wire import NOT_JSON, decode_json
from .volatile import is_own_id, scrubbed

_CONTEXT = 2
_MOST_LINES = 2_000
"""Of an answer: a longer one is compared up to here."""
_MOST_DEPTH = 60


def marked_lines(old: str, new: str) -> Iterator[str]:
    """The lines of two answers: ``-`` of the old target alone, ``+`` of the new one, else blank.

    Times, UUIDs and numbers of the targets' own are named, not shown. Between the lines that differ
    and the two around each, lines are left out: ``...`` is in their place.

    Args:
        old: the text of an answer.
        new: the same.
    """
    first, second = _lines(old), _lines(new)
    is_first = True
    for line in difflib.unified_diff(first, second, n=_CONTEXT, lineterm=""):
        if line.startswith(("---", "+++")) and is_first:
            continue
        if line.startswith("@@"):
            if not is_first:
                yield "  ..."
            is_first = False
            continue
        yield f"{line[:1]} {line[1:]}"


def _lines(text: str) -> list[str]:
    body = decode_json(text.encode("utf-8", "surrogatepass"))
    if body is NOT_JSON:
        return scrubbed(text).splitlines()[:_MOST_LINES]
    lines = json.dumps(_named(body, "", 0), indent=2, sort_keys=True).splitlines()
    return lines[:_MOST_LINES]


def _named(value: Any, name: str, depth: int) -> Any:
    if depth > _MOST_DEPTH:
        return "..."
    if isinstance(value, dict):
        return {key: _named(part, key, depth + 1) for key, part in value.items()}
    if isinstance(value, list):
        return [_named(part, name, depth + 1) for part in value]
    if is_own_id(name, value):
        return "<id>"
    return scrubbed(value) if isinstance(value, str) else value
