"""Which JSON values the sandbox can take in and give out again."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

LARGEST = sys.float_info.max
"""Numbers beyond a double are refused: sums of them could not be answered."""

_LEVELS = 100
"""How deeply values may be nested; an encoder gives up at about 1,000."""


def number(value: Any) -> bool:
    """Whether ``value`` is a JSON number that a double can hold."""
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and -LARGEST <= value <= LARGEST
    )


def nested_within(value: Any, levels: int = _LEVELS) -> bool:
    """Whether ``value`` has at most ``levels`` levels of lists and objects."""
    if not isinstance(value, dict | list):
        return True
    members: Iterable[Any] = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(
        nested_within(member, levels - 1) for member in members if isinstance(member, dict | list)
    )
