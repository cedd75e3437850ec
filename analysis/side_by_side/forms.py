"""The form of a value: what a signature holds in the place of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from ...contract import SessionState

MISSING: Final = object()
"""In the place of a member that is not there."""

_STATES = frozenset(state.value for state in SessionState)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}", re.ASCII)
_LONGEST = 160


def forms_of(old: Any, new: Any, name: str) -> tuple[str, str]:
    """The forms of two different values of a member ``name``; never equal ones."""
    if name == "state" and all(isinstance(one, str) and one in _STATES for one in (old, new)):
        return str(old), str(new)
    first, second = kind_of(old), kind_of(new)
    if first != second:
        return first, second
    if is_number(old) and is_number(new):
        return (first, "a greater number") if new > old else ("a greater number", first)
    if isinstance(old, list) and isinstance(new, list) and len(old) != len(new):
        return (first, "a longer list") if len(new) > len(old) else ("a longer list", first)
    return first, f"another {first.removeprefix('a ').removeprefix('an ')}"


def kind_of(value: Any) -> str:
    """The type of a value; emptiness, zero and the sign of a number count."""
    if value is MISSING:
        return "missing"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if is_number(value):
        return "zero" if value == 0 else "a number" if value > 0 else "a negative number"
    if isinstance(value, str):
        return "a text" if value else "an empty text"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return "an object" if value else "an empty object"


def is_number(value: object) -> bool:
    """Whether a JSON value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def name_in_part(name: str) -> str:
    """A member's name as a part spells it; ``*`` in the place of an odd one."""
    return name if _NAME.fullmatch(name) else "*"


def shown(value: Any) -> str:
    """A value as JSON for people, shortened; empty where there is none."""
    if value is MISSING:
        return ""
    text = json.dumps(_pruned(value), ensure_ascii=True)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _pruned(value: Any, depth: int = 4) -> Any:
    """The beginning of a value: a target may nest without end."""
    if isinstance(value, dict):
        if not depth:
            return "..."
        return {
            key[:_LONGEST]: _pruned(part, depth - 1) for key, part in _first(iter(value.items()))
        }
    if isinstance(value, list):
        return [_pruned(part, depth - 1) for part in _first(iter(value))] if depth else "..."
    return value[:_LONGEST] if isinstance(value, str) else value


def _first(parts: Iterator[Any]) -> Iterator[Any]:
    for _, part in zip(range(_LONGEST), parts, strict=False):
        yield part
