"""What the model knows of a value, and when two JSON values are the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Literal, TypeGuard


class Unknown(Enum):
    """The contract does not say what the value is now; the next read tells."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN
UnknownType = Literal[Unknown.UNKNOWN]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A map that holds these entries, and perhaps some that were there before (MERGE-U1)."""

    entries: Mapping[str, Any]
    optional: Mapping[str, Any]


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether ``value`` is a JSON number. A bool is not, though Python calls it an int."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_empty(value: object) -> bool:
    """Whether a field with this value counts as not set: absent, null, and empty are one."""
    return value is None or value in ("", [], {})


def same_number(expected: float, found: float) -> bool:
    """Whether two JSON numbers are equal once both went through a binary64.

    Targets may keep numbers as doubles, so digits beyond a double's precision are no difference.
    """
    if expected == found:
        return True
    try:
        return float(expected) == float(found)
    except OverflowError:
        return False


def same_json(expected: Any, found: Any) -> bool:
    """Whether two JSON values are equal, numbers compared by `same_number`."""
    if expected is found:
        return True
    kind = type(expected)
    if kind is int or kind is float:
        return is_number(found) and same_number(expected, found)
    if kind is not type(found):
        return False
    if kind is dict:
        return expected.keys() == found.keys() and all(
            map(same_json, expected.values(), map(found.__getitem__, expected))
        )
    if kind is list:
        return len(expected) == len(found) and all(map(same_json, expected, found))
    return bool(expected == found)
