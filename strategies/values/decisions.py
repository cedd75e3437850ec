"""Many small decisions out of one drawn value.

Each choice that Hypothesis records costs time, so a move of a scenario is one byte string, and its
decisions are taken from the bytes one by one. A string of bytes, not a number: Hypothesis draws
large numbers near zero most of the time, bytes evenly, and it shrinks each byte by itself. Zero
decides for the simplest everywhere, so a smaller byte makes a simpler scenario.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

_Option = TypeVar("_Option")


class Decisions:
    """The decisions left in some bytes. Once they are used up, all are for the simplest."""

    __slots__ = ("_at", "_bytes")

    def __init__(self, whole: bytes) -> None:
        self._bytes = whole
        self._at = 0

    def take(self, count: int) -> int:
        """A number from 0 to ``count - 1``; ``count`` may be at most 65,536."""
        if count <= 256:
            return self._next() * count >> 8
        return (self._next() << 8 | self._next()) * count >> 16

    def once_in(self, count: int) -> bool:
        """True in one of ``count`` cases."""
        return self.take(count) == count - 1

    def pick(self, options: Sequence[_Option]) -> _Option:
        """One of ``options``; the first is the simplest."""
        return options[self.take(len(options))]

    def _next(self) -> int:
        if self._at == len(self._bytes):
            return 0
        self._at += 1
        return self._bytes[self._at - 1]
