"""Reads sizes as people write them."""

from __future__ import annotations

import re

_UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
SIZE_PATTERN = r"^\s*([0-9]{1,15}(?:\.[0-9]{1,9})?)\s*([KMGTkmgt]?[Bb])\s*$"
"""The form of a size, for schemas."""
_SIZE = re.compile(SIZE_PATTERN, re.ASCII)


def size_words(least: int) -> str:
    """What is expected, in messages.

    Args:
        least: the smallest size, in bytes.
    """
    return f"a size such as 200MB or 1GB, at least {least / 10**6:g}MB"


def bytes_of(text: str) -> int | None:
    """The bytes of a size such as ``500kB``, ``200MB`` or ``1.5 GB``; kB are 1,000 bytes.

    None: it is no such size.
    """
    found = _SIZE.match(text)
    return int(float(found[1]) * _UNITS[found[2].upper()]) if found else None


def size_text(size: int) -> str:
    """``size``, in bytes, as `bytes_of` reads it."""
    name, unit = max(
        ((name, unit) for name, unit in _UNITS.items() if size % unit == 0), key=lambda one: one[1]
    )
    return f"{size // unit}{name.replace('K', 'k')}"
