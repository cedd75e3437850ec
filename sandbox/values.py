"""Checks which JSON values the sandbox can store and answer, and describes a wrong one."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from typing import Any

MAX_NUMBER = sys.float_info.max
"""The largest double. Larger numbers are refused, because no answer could hold their sums."""

_MAX_DEPTH = 100
"""The levels that a value may be nested; a JSON encoder fails at about 1,000."""

_MAX_DIGITS = 18
_WORD = re.compile(r"[\w-]{1,40}", re.ASCII)


def is_number(value: Any) -> bool:
    """Whether ``value`` is a JSON number that a double can hold."""
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and -MAX_NUMBER <= value <= MAX_NUMBER
    )


def is_nested_within(value: Any, levels: int = _MAX_DEPTH) -> bool:
    """Whether lists and objects in ``value`` are nested at most ``levels`` deep."""
    if not isinstance(value, dict | list):
        return True
    members: Iterable[Any] = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(
        is_nested_within(member, levels - 1)
        for member in members
        if isinstance(member, dict | list)
    )


def describe(value: Any) -> str:
    """``value`` as an error message shows it.

    Numbers, literals and single words are shown in full, other values by type and size. A longer
    text of the client could look like a path or a query, and no error may show those (ERR-03).
    """
    if value is None:
        return "null or nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, int):
        digits = len(str(abs(value)))
        return str(value) if digits <= _MAX_DIGITS else f"an integer of {digits} digits"
    if isinstance(value, str):
        is_word = _WORD.fullmatch(value) is not None
        return f'"{value}"' if is_word else f"a string of {len(value)} characters"
    kind, unit = ("an object", "members") if isinstance(value, dict) else ("a list", "elements")
    return f"{kind} of {len(value)} {unit}"
