"""A set of integers that is small where they are dense, as the ids of sessions mostly are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_BLOCK = 4_096
MOST_BLOCKS = 32_768
"""16 MiB of bitmaps: 134 million dense ids. Ids in further blocks are not followed."""


class IdSet:
    """Bitmaps by block."""

    def __init__(self) -> None:
        self._blocks: dict[int, int] = {}

    def take(self, number: int) -> bool:
        """Adds ``number``; whether it was there."""
        block, place = divmod(number, _BLOCK)
        bits = self._blocks.get(block)
        if bits is None:
            if len(self._blocks) >= MOST_BLOCKS:
                return False
            bits = 0
        self._blocks[block] = bits | 1 << place
        return bool(bits >> place & 1)

    def fill(self, first: int, last: int) -> None:
        """Adds all from ``first`` to ``last``, as far as blocks are followed."""
        for block in range(first // _BLOCK, last // _BLOCK + 1):
            if block not in self._blocks and len(self._blocks) >= MOST_BLOCKS:
                return
            start = max(first - block * _BLOCK, 0)
            size = min(last - block * _BLOCK, _BLOCK - 1) - start + 1
            self._blocks[block] = self._blocks.get(block, 0) | ((1 << size) - 1) << start


def ranges(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The distinct ``numbers`` as (first, last) of each unbroken row, in order."""
    first = last = None
    for number in sorted(set(numbers)):
        if first is None or last is None:
            first = last = number
        elif number == last + 1:
            last = number
        else:
            yield first, last
            first = last = number
    if first is not None and last is not None:
        yield first, last
