"""Counts how long responses took, in buckets."""

from __future__ import annotations

from math import ceil
from typing import Annotated

import msgspec

from ..record.latency_buckets import BUCKETS, upper_bound_ms

_MAX_PERCENT = 100
_Bucket = Annotated[int, msgspec.Meta(ge=0, lt=BUCKETS)]


class LatencyHistogram(msgspec.Struct, frozen=True, kw_only=True):
    """How many responses took how long."""

    counts: dict[_Bucket, int] = {}
    """By index of the bucket (`cartfuzz.record.upper_bound_ms`), in order; without those that are
    empty."""

    @property
    def total(self) -> int:
        """Responses."""
        return sum(self.counts.values())

    @property
    def max_ms(self) -> float | None:
        """The longest took this long at most, and 9 % less at least; None: there is none."""
        return upper_bound_ms(max(self.counts)) if self.counts else None

    def percentile(self, q: float) -> float | None:
        """The time within which ``q`` percent of the responses came, in milliseconds.

        Args:
            q: from 0 to 100.

        Returns:
            The upper bound of its bucket, which is at most 9 % too high; None: there is none.

        Raises:
            ValueError: ``q`` is out of range.
        """
        if not 0 <= q <= _MAX_PERCENT:
            raise ValueError(f"percentile: expected a number from 0 to 100, found {q!r}")
        return self.at_rank(ceil(self.total * q / _MAX_PERCENT))

    def at_rank(self, rank: int) -> float | None:
        """How long the response took, in milliseconds, that is number ``rank`` from the fastest.

        Args:
            rank: counted from 1; what is out of range means the fastest or the slowest.
        """
        seen = 0
        for bucket, count in sorted(self.counts.items()):
            seen += count
            if seen >= rank:
                return upper_bound_ms(bucket)
        return self.max_ms
