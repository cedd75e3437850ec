"""Compares how long the responses of two runs took, by ranks and not by means.

A mean follows the few slowest responses, and those follow the machine. So the median and the 95th
percentile are compared, each with an interval that assumes no shape of the distribution: of ``n``
responses, the true percentile lies between those of the ranks ``nq ± z sqrt(nq(1 - q))``, by the
normal approximation of the binomial (David and Nagaraja, "Order Statistics", 7.1). The interval of
the ratio of two runs takes the worst of both, so it is wider than its level says.

A difference is called one only if it is sure, of a size that matters, and not below what a clock
and a network blur. What is still not ruled out is that the machine of one run was busier: both runs
should be on one machine, with the same number of workers and the same bound on requests a second.
"""

from __future__ import annotations

from enum import StrEnum
from math import ceil, floor, sqrt

import msgspec

from .histogram import LatencyHistogram
from .latency import Latency

MIN_RATIO = 1.25
"""A smaller ratio of two percentiles is no difference that matters."""
MIN_DIFFERENCE_MS = 1.0
"""Nor is a smaller difference."""
MIN_BEYOND = 10
"""Responses of each run on either side of a percentile, at least: of the median one needs 20, of
the 95th percentile 200."""
_BUCKET_RATIO = 1.1
"""Neighbouring buckets are nearly this far apart: equal times may fall in either."""
_Z = 2.576
"""Of the normal distribution: 99 % are within."""


class LatencyVerdict(StrEnum):
    """What a comparison of times came to."""

    SLOWER = "slower"
    FASTER = "faster"
    NO_CLEAR_DIFFERENCE = "no clear difference"
    TOO_FEW = "too few"
    """Responses, in one of the runs."""


class PercentileChange(msgspec.Struct, frozen=True, kw_only=True):
    """How one percentile changed."""

    before_ms: float
    after_ms: float
    low: float
    """The ratio of after to before is this at least; 2.0: twice as slow."""
    high: float
    """And this at most; each end is sure by 99 %."""

    @property
    def ratio(self) -> float:
        """After to before; above 1: slower."""
        return self.after_ms / self.before_ms

    @property
    def verdict(self) -> LatencyVerdict:
        """Never `LatencyVerdict.TOO_FEW`."""
        if abs(self.after_ms - self.before_ms) < MIN_DIFFERENCE_MS:
            return LatencyVerdict.NO_CLEAR_DIFFERENCE
        if self.low > _BUCKET_RATIO and self.ratio >= MIN_RATIO:
            return LatencyVerdict.SLOWER
        if self.high < 1 / _BUCKET_RATIO and self.ratio <= 1 / MIN_RATIO:
            return LatencyVerdict.FASTER
        return LatencyVerdict.NO_CLEAR_DIFFERENCE


class LatencyChange(msgspec.Struct, frozen=True, kw_only=True):
    """How the times of one operation changed."""

    operation: str
    before: int
    """Responses of the older run."""
    after: int
    """Responses of the newer run."""
    median: PercentileChange | None
    """None: too few responses."""
    p95: PercentileChange | None
    """None: too few responses; it needs ten times as many."""

    @property
    def verdict(self) -> LatencyVerdict:
        """Slower if the median or the slowest responses are; else faster if either is."""
        verdicts = [one.verdict for one in (self.median, self.p95) if one is not None]
        if not verdicts:
            return LatencyVerdict.TOO_FEW
        for verdict in (LatencyVerdict.SLOWER, LatencyVerdict.FASTER):
            if verdict in verdicts:
                return verdict
        return LatencyVerdict.NO_CLEAR_DIFFERENCE


def latency_changes(before: Latency, after: Latency) -> list[LatencyChange]:
    """Each operation that either run was answered to, in order of their names.

    Args:
        before: of the older run.
        after: of the newer run.
    """
    none = LatencyHistogram()
    return [
        latency_change(name, before.operations.get(name, none), after.operations.get(name, none))
        for name in sorted(before.operations.keys() | after.operations.keys())
    ]


def latency_change(
    operation: str, before: LatencyHistogram, after: LatencyHistogram
) -> LatencyChange:
    """How the times of ``operation`` changed from the older to the newer run."""
    return LatencyChange(
        operation=operation,
        before=before.total,
        after=after.total,
        median=_percentile_change(before, after, 0.5),
        p95=_percentile_change(before, after, 0.95),
    )


def _percentile_change(
    before: LatencyHistogram, after: LatencyHistogram, share: float
) -> PercentileChange | None:
    one, other = _interval(before, share), _interval(after, share)
    if one is None or other is None:
        return None
    return PercentileChange(
        before_ms=one[1], after_ms=other[1], low=other[0] / one[2], high=other[2] / one[0]
    )


def _interval(histogram: LatencyHistogram, share: float) -> tuple[float, float, float] | None:
    """The lower end, the estimate and the upper end of a percentile; None: too few responses."""
    total = histogram.total
    if total * min(share, 1 - share) < MIN_BEYOND - 1e-9:
        return None
    spread = _Z * sqrt(total * share * (1 - share))
    ranks = (floor(total * share - spread), ceil(total * share), ceil(total * share + spread) + 1)
    low, middle, high = (histogram.at_rank(rank) for rank in ranks)
    return None if low is None or middle is None or high is None else (low, middle, high)
