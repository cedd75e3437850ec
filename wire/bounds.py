"""Bounds on what the body of a response may hold, looked at before any of it becomes an object.

A few bytes make many objects: 15 MB of ``[[],[],...]`` are 2.5 GB of lists. So commas and brackets
are counted first, which costs a millionth of a second in an ordinary answer. The counts are upper
bounds, since texts hold such characters too. Only where one is exceeded are the texts taken out and
the rest is counted again.
"""

from __future__ import annotations

import re
from typing import Final

MAX_BODY_BYTES: Final = 4 * 1024 * 1024
"""Of one response, after decompression. The biggest lawful one in the sweeps, with 1,000 items,
has 330 kB."""
MAX_VALUES: Final = 50_000
"""Members and elements of one response; the biggest lawful one in the sweeps has 22,000."""
MAX_LEVELS: Final = 100
"""Of lists and objects in each other; the contract's own have about ten."""
MAX_TEXT_BYTES: Final = 1024 * 1024 + 1024
"""Of one text; the longest that is ever sent, and may come back, has 1,000,000 characters."""
MAX_DIGITS: Final = 1_000
"""Of one number; a double has at most 309 before its point."""

_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_ALL_LISTS: Final = bytes.maketrans(b"{}", b"[]")
_ALL_NINES: Final = bytes.maketrans(b"012345678", b"999999999")
_TOO_MANY_DIGITS: Final = b"9" * (MAX_DIGITS + 1)
_TEXT: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
"""One text, or what is left of the body after a quote without an end: it matches at each quote, so
a search never goes over the same bytes twice."""


def excess(body: bytes) -> str:
    """Which bound ``body`` exceeds, in a few words; empty: none, and it may be decoded.

    The work grows with the length of ``body``, and is no more than some counts for an ordinary one.

    Args:
        body: of a response, perhaps not JSON at all.
    """
    opened = _opened(body)
    if len(body) <= MAX_DIGITS:
        return _too_deep(body) if opened > MAX_LEVELS else ""
    if len(body) > MAX_BODY_BYTES:
        return f"more than {MAX_BODY_BYTES} bytes"
    many = len(body) > MAX_VALUES and opened + body.count(b",") > MAX_VALUES
    if many or _TOO_MANY_DIGITS in body.translate(_ALL_NINES):
        bare = _TEXT.sub(b"", body)
        if most_values(bare) > MAX_VALUES:
            return f"more than {MAX_VALUES} values"
        if _TOO_MANY_DIGITS in bare.translate(_ALL_NINES):
            return f"a number of more than {MAX_DIGITS} digits"
    if len(body) > MAX_TEXT_BYTES and _has_long_text(body):
        return f"a text of more than {MAX_TEXT_BYTES} bytes"
    return _too_deep(body) if opened > MAX_LEVELS else ""


def most_values(body: bytes) -> int:
    """An upper bound on the members and elements of a body."""
    return _opened(body) + body.count(b",")


def _opened(body: bytes) -> int:
    return body.count(b"[") + body.count(b"{")


def _too_deep(body: bytes) -> str:
    """Whether more than `MAX_LEVELS` levels are open at one place, as `excess` puts it."""
    levels, rest = _levels(body)
    if rest and levels <= MAX_LEVELS:
        # Brackets that have no counterpart: they are in texts, or this is not JSON.
        levels, rest = _levels(_TEXT.sub(b"", body))
    too_deep = levels > MAX_LEVELS or rest.count(b"[") > MAX_LEVELS
    return f"more than {MAX_LEVELS} levels" if too_deep else ""


def _levels(body: bytes) -> tuple[int, bytes]:
    """How often the innermost pairs of brackets can be taken out, and what is left then.

    Each time takes one level out; it ends once there are too many.
    """
    brackets = body.translate(_ALL_LISTS, _NO_BRACKETS)
    for level in range(MAX_LEVELS + 1):
        fewer = brackets.replace(b"[]", b"")
        if len(fewer) == len(brackets):
            return level, brackets
        brackets = fewer
    return MAX_LEVELS + 1, brackets


def _has_long_text(body: bytes) -> bool:
    """Whether more than `MAX_TEXT_BYTES` bytes hold no quote.

    An escaped quote ends a stretch as well: a longer text is bounded by that of the body.
    """
    at = 0
    while at + MAX_TEXT_BYTES < len(body):
        quote = body.rfind(b'"', at, at + MAX_TEXT_BYTES + 1)
        if quote < 0:
            return True
        at = quote + 1
    return False
