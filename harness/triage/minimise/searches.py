"""Searches for the shortest sequence and for the smallest number that satisfy a predicate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

_T = TypeVar("_T")


def shrink_sequence(members: Sequence[_T], holds: Callable[[list[_T]], bool]) -> list[_T]:
    """A subsequence of ``members`` that ``holds`` and of which no single member can be left out.

    Chunks are left out first, then single members, as in delta debugging.

    Args:
        members: the whole sequence, which is assumed to hold.
        holds: the predicate.

    Returns:
        A subsequence that held when it was tried, or ``members``.
    """
    kept = list(members)
    chunk = max(len(kept) // 2, 1)
    while kept:
        removed = False
        index = 0
        while index < len(kept):
            candidate = kept[:index] + kept[index + chunk :]
            if holds(candidate):
                kept, removed = candidate, True
            else:
                index += chunk
        if chunk == 1 and not removed:
            break
        chunk = max(chunk // 2, 1)
    return kept


def shrink_integer(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The smallest number from ``low`` to ``high`` that ``holds``, by bisection.

    It is exact if all numbers above a boundary hold and none below.

    Args:
        low: the smallest number to try.
        high: is assumed to hold.
        holds: the predicate.

    Returns:
        A number that held when it was tried, or ``high``.
    """
    # The number below is tried first, since numbers in tests are often at a boundary already.
    if high <= low or not holds(high - 1):
        return high
    high -= 1
    if high > low and holds(low):
        return low
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle
    return high
