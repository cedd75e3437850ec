"""Takes many small decisions from one drawn byte string.

Each choice that Hypothesis records costs time, so an action of a scenario is one byte string, and
its decisions are taken from the bytes one by one. It is a byte string and not a number because
Hypothesis draws large numbers near zero most of the time, but bytes evenly, and shrinks each byte
by itself. Zero decides for the simplest option everywhere, so a smaller byte makes a simpler
scenario.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

_Option = TypeVar("_Option")


class Decisions:
    """The decisions that are left in a byte string. Once it is used up, all are for the simplest.

    Args:
        data: the bytes.
    """

    __slots__ = ("_data", "_offset")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._offset = 0

    def take(self, count: int) -> int:
        """A number from 0 to ``count - 1``; ``count`` is 1 to 65,536."""
        if count <= 256:
            return self._next() * count >> 8
        return (self._next() << 8 | self._next()) * count >> 16

    def one_in(self, count: int) -> bool:
        """True in one of ``count`` cases."""
        return self.take(count) == count - 1

    def pick(self, options: Sequence[_Option]) -> _Option:
        """One of ``options``; the first is the simplest."""
        return options[self.take(len(options))]

    def _next(self) -> int:
        if self._offset == len(self._data):
            return 0
        self._offset += 1
        return self._data[self._offset - 1]
