"""Two searches that everything else is made of: the fewest members, the smallest number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

_T = TypeVar("_T")


def fewest(members: Sequence[_T], holds: Callable[[list[_T]], bool]) -> list[_T]:
    """A part of ``members``, in their order, of which ``holds`` and no member can be left out.

    Chunks are left out first, then single members, until none can be. ``members`` as a whole is
    taken to hold; what is returned held when it was tried, or is ``members``.
    """
    kept = list(members)
    chunk = max(len(kept) // 2, 1)
    while kept:
        removed = False
        place = 0
        while place < len(kept):
            candidate = kept[:place] + kept[place + chunk :]
            if holds(candidate):
                kept, removed = candidate, True
            else:
                place += chunk
        if chunk == 1 and not removed:
            break
        chunk = max(chunk // 2, 1)
    return kept


def smallest(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The smallest number from ``low`` to ``high`` that holds, by bisection.

    ``high`` is taken to hold. What just misses it is tried first: numbers that tests use often
    stand on a boundary already. Exact where all numbers above a boundary hold; else a number that
    holds and whose tried neighbours below do not.
    """
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
