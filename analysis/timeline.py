"""Follows how long responses took over a run, in a bounded number of slices of time."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import msgspec

from .histogram import LatencyHistogram

MAX_SLICES = 120
"""Of a timeline. With more, each two neighbours become one."""


class TimeSlice(msgspec.Struct, frozen=True, kw_only=True):
    """The responses of a part of the run."""

    start_sec: int
    """Since the start of the run."""
    requests: int
    """That were answered."""
    p50_ms: float
    p95_ms: float
    max_ms: float


class Timeline:
    """The responses by the moment at which they came, in any order.

    A slice is a power of two of seconds long, and begins at a multiple of its length since 1970.
    So the slices are the same in whatever order the responses are added.
    """

    def __init__(self) -> None:
        self._shift = 0
        self._slices: dict[int, Counter[int]] = {}
        """By number, the responses by bucket."""

    @property
    def slice_sec(self) -> int:
        """How long a slice is."""
        return int(1 << self._shift)

    def add(self, second: int, bucket: int, count: int) -> None:
        """Counts responses.

        Args:
            second: since 1970, UTC.
            bucket: of the time that they took.
            count: how many.
        """
        number = second >> self._shift
        found = self._slices.get(number)
        if found is None:
            found = self._slices[number] = Counter()
            found[bucket] += count
            self._coarsen()
        else:
            found[bucket] += count

    def slices(self, started: str) -> list[TimeSlice]:
        """All slices with a response, in order.

        Args:
            started: when the run began, RFC 3339.
        """
        start, first = _second(started), min(self._slices, default=0) << self._shift
        # Tests send before their run has its first event. A slice may begin before the run, too.
        if start is None or start >= first + self.slice_sec:
            start = first
        return [
            _slice(max(0, (number << self._shift) - start), LatencyHistogram(counts=dict(counts)))
            for number, counts in sorted(self._slices.items())
        ]

    def _coarsen(self) -> None:
        """Halves the number of slices until it is within its bound."""
        while max(self._slices) - min(self._slices) >= MAX_SLICES:
            self._shift += 1
            slices: dict[int, Counter[int]] = {}
            for number, counts in self._slices.items():
                slices.setdefault(number >> 1, Counter()).update(counts)
            self._slices = slices


def _slice(start_sec: int, histogram: LatencyHistogram) -> TimeSlice:
    return TimeSlice(
        start_sec=start_sec,
        requests=histogram.total,
        p50_ms=histogram.percentile(50) or 0.0,
        p95_ms=histogram.percentile(95) or 0.0,
        max_ms=histogram.max_ms or 0.0,
    )


def _second(moment: str) -> int | None:
    try:
        return int(datetime.fromisoformat(moment).timestamp())
    except ValueError:
        return None
