"""Reads times as people write them."""

from __future__ import annotations

import re

DURATION = "a duration above zero such as 30s, 10m or 1h30m"
"""What is expected, in messages."""
_UNITS = {
    "ms": 0.001,
    "s": 1.0,
    "sec": 1.0,
    "m": 60.0,
    "min": 60.0,
    "h": 3600.0,
    "d": 86_400.0,
}
_PART = re.compile(r"\s{0,4}([0-9]{1,12}(?:\.[0-9]{1,9})?)\s{0,4}(ms|sec|s|min|m|h|d)", re.ASCII)
DURATION_PATTERN = rf"^(?:{_PART.pattern})+\s*$"
"""The form of a duration, for schemas."""
_MAX_TEXT = 100


def seconds_of(text: str) -> float | None:
    """The seconds of a time such as ``50ms``, ``30s``, ``10 min``, ``1h30m`` or ``1d``.

    None: it is no such time, or zero.
    """
    text = text.strip()
    parts = list(_PART.finditer(text)) if len(text) <= _MAX_TEXT else []
    if "".join(part[0] for part in parts) != text:
        return None
    seconds = sum(float(part[1]) * _UNITS[part[2]] for part in parts)
    return seconds if 0 < seconds < float("inf") else None
