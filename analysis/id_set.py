"""A set of integers that is small where they are dense, as the ids of sessions mostly are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_BLOCK_BITS = 4_096
MAX_BLOCKS = 32_768
"""16 MiB of bitmaps: 134 million dense ids. The set ignores ids in further blocks."""


class IdSet:
    """A bitmap for each block of neighbouring integers."""

    def __init__(self) -> None:
        self._blocks: dict[int, int] = {}

    def __contains__(self, number: int) -> bool:
        block, bit = divmod(number, _BLOCK_BITS)
        return bool(self._blocks.get(block, 0) >> bit & 1)

    def add(self, number: int) -> None:
        """Adds ``number``, unless it needs one block too many."""
        block, bit = divmod(number, _BLOCK_BITS)
        bits = self._blocks.get(block)
        if bits is not None:
            self._blocks[block] = bits | 1 << bit
        elif len(self._blocks) < MAX_BLOCKS:
            self._blocks[block] = 1 << bit

    def add_range(self, first: int, last: int) -> None:
        """Adds all integers from ``first`` to ``last``, up to the first block that is too many."""
        for block in range(first // _BLOCK_BITS, last // _BLOCK_BITS + 1):
            if block not in self._blocks and len(self._blocks) >= MAX_BLOCKS:
                return
            start = max(first - block * _BLOCK_BITS, 0)
            size = min(last - block * _BLOCK_BITS, _BLOCK_BITS - 1) - start + 1
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
