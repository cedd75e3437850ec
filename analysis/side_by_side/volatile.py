"""Values that each target makes of its own: times, numbers and UUIDs that name things."""

from __future__ import annotations

import re
from typing import Any

_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)([Tt ])(\d\d:\d\d:\d\d)([.,](\d+))?([Zz]|[+-]\d\d:?\d\d)?", re.ASCII
)
_UUID = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}", re.ASCII
)
_HEX = re.compile(r"\b(?=[0-9a-f]*[0-9])[0-9a-f]{16,64}\b", re.ASCII)
_ID_NAMES = ("Id", "ID")
_FINE = 4
"""Digits of a fraction of a second from which on two different moments have different times."""
_LONGEST = 4_000
"""Characters of a text in which generated values are looked for."""


def is_own_id(name: str, value: Any) -> bool:
    """Whether ``value`` of member ``name`` is a number that the target gave; -1 and 0 name none."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole and value > 0 and (name == "id" or name.endswith(_ID_NAMES))


def is_uuid(value: Any) -> bool:
    """Whether ``value`` is a UUID as text."""
    return isinstance(value, str) and len(value) == 36 and _UUID.fullmatch(value) is not None


def time_shape(value: Any) -> str:
    """How a time is written, whatever it is: ``"T Z"``; empty: ``value`` is no time.

    The digits of the fraction do not count: many writers drop zeros at its end.
    """
    found = _TIME.fullmatch(value) if isinstance(value, str) and len(value) < 50 else None
    if found is None:
        return ""
    zone = found[6] or ""
    return f"{found[2]} {zone if zone in ('', 'Z', 'z') else 'offset'}".strip()


def is_fine_time(value: str) -> bool:
    """Whether a time has so many digits that no two moments share it.

    Zeros at the end are none: many writers fill milliseconds up with them.
    """
    found = _TIME.fullmatch(value)
    return found is not None and len((found[5] or "").rstrip("0")) >= _FINE


def scrubbed(text: str) -> str:
    """``text`` with names in the places of times, UUIDs and long hexadecimal numbers."""
    if len(text) > _LONGEST:
        return text
    return _HEX.sub("<hex>", _UUID.sub("<uuid>", _TIME.sub("<time>", text)))
