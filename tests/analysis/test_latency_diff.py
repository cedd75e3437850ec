"""Two runs' times, compared: sure, of a size that matters, and rarely wrong."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.analysis import Latency, LatencyHistogram, LatencyVerdict, latency_changes
from cartfuzz.analysis.latency_diff import MIN_DIFFERENCE_MS, PercentileChange, latency_change
from cartfuzz.record import BUCKETS, bucket_of

histograms = st.dictionaries(st.integers(0, BUCKETS - 1), st.integers(1, 500), max_size=6).map(
    lambda counts: LatencyHistogram(counts=counts)
)


def drawn(
    random: Random, count: int, *, median_ms: float = 20.0, spread: float = 0.8
) -> LatencyHistogram:
    """Times as servers have them: most are near the median, a few are many times as long."""
    times = (median_ms * random.lognormvariate(0, spread) for _ in range(count))
    return LatencyHistogram(counts=dict(sorted(Counter(map(bucket_of, times)).items())))


def verdict(before: LatencyHistogram, after: LatencyHistogram) -> LatencyVerdict:
    return latency_change("update", before, after).verdict


@pytest.mark.parametrize("spread", [0.1, 0.8, 2.0])
@pytest.mark.parametrize("count", [20, 200, 2_000])
def test_equal_distributions_are_hardly_ever_different(count: int, spread: float) -> None:
    """At most one pair of runs in a hundred is called different, either way."""
    random = Random(count)
    pairs = 300
    wrong = sum(
        verdict(drawn(random, count, spread=spread), drawn(random, count, spread=spread))
        is not LatencyVerdict.NO_CLEAR_DIFFERENCE
        for _ in range(pairs)
    )
    assert wrong <= pairs / 100


@pytest.mark.parametrize(("count", "ratio"), [(300, 2.0), (3_000, 1.4)])
def test_a_clear_difference_is_found(count: int, ratio: float) -> None:
    """Twice as slow with a few hundred responses, and less with more of them."""
    random = Random(count)
    for _ in range(30):
        fast, slow = drawn(random, count), drawn(random, count, median_ms=20 * ratio)
        assert verdict(fast, slow) is LatencyVerdict.SLOWER
        assert verdict(slow, fast) is LatencyVerdict.FASTER


def test_a_longer_tail_is_slower() -> None:
    """Though half of the responses are as fast as before."""
    before = LatencyHistogram(counts={70: 1_000})
    after = LatencyHistogram(counts={70: 850, 100: 150})
    change = latency_change("update", before, after)
    assert change.median is not None
    assert change.median.verdict is LatencyVerdict.NO_CLEAR_DIFFERENCE
    assert change.verdict is LatencyVerdict.SLOWER


def test_a_few_outliers_are_no_difference() -> None:
    """A mean would be ten times as high."""
    before = LatencyHistogram(counts={70: 1_000})
    after = LatencyHistogram(counts={70: 990, 170: 10})
    assert verdict(before, after) is LatencyVerdict.NO_CLEAR_DIFFERENCE


def test_what_is_small_is_no_difference() -> None:
    """One bucket, however many responses; twice as long, within a millisecond."""
    for one, other in ((70, 71), (10, 20)):
        before, after = (LatencyHistogram(counts={at: 10_000}) for at in (one, other))
        assert verdict(before, after) is LatencyVerdict.NO_CLEAR_DIFFERENCE


def test_too_few_responses_prove_nothing() -> None:
    """The median needs 20 of each run, the 95th percentile 200."""
    many = LatencyHistogram(counts={70: 1_000})
    few, more, enough = (LatencyHistogram(counts={100: count}) for count in (19, 20, 200))
    assert verdict(many, few) is LatencyVerdict.TOO_FEW
    assert verdict(few, many) is LatencyVerdict.TOO_FEW
    assert latency_change("get", many, more).p95 is None
    assert verdict(many, more) is LatencyVerdict.SLOWER
    assert latency_change("get", many, enough).p95 is not None


@given(histograms, histograms)
def test_the_other_way_round_the_verdict_turns(
    one: LatencyHistogram, other: LatencyHistogram
) -> None:
    """Of each percentile; its ratio is within its interval, and a run differs not from itself."""
    there, back = latency_change("get", one, other), latency_change("get", other, one)
    turned = {
        LatencyVerdict.SLOWER: LatencyVerdict.FASTER,
        LatencyVerdict.FASTER: LatencyVerdict.SLOWER,
    }
    for first, second in ((there.median, back.median), (there.p95, back.p95)):
        assert (first is None) == (second is None)
        if first is not None and second is not None:
            assert first.low <= first.ratio <= first.high
            assert second.verdict is turned.get(first.verdict, first.verdict)
    assert verdict(one, one) in (LatencyVerdict.NO_CLEAR_DIFFERENCE, LatencyVerdict.TOO_FEW)


def test_the_bounds_of_a_difference() -> None:
    """It must be sure, a quarter at least, and a millisecond at least."""

    def of(after_ms: float, *, low: float, before_ms: float = 10.0) -> LatencyVerdict:
        return PercentileChange(before_ms=before_ms, after_ms=after_ms, low=low, high=9.0).verdict

    assert of(12.5, low=1.2) is LatencyVerdict.SLOWER
    assert of(12.5, low=1.05) is LatencyVerdict.NO_CLEAR_DIFFERENCE
    assert of(12.4, low=1.2) is LatencyVerdict.NO_CLEAR_DIFFERENCE
    short = MIN_DIFFERENCE_MS / 2
    assert of(2 * short, low=1.9, before_ms=short) is LatencyVerdict.NO_CLEAR_DIFFERENCE


def test_every_operation_of_either_run_is_compared() -> None:
    """One that a run was never answered to has too few."""
    times = LatencyHistogram(counts={70: 1_000})
    changes = latency_changes(
        Latency(operations={"update": times, "get": times}),
        Latency(operations={"update": LatencyHistogram(counts={90: 1_000}), "reopen": times}),
    )
    assert [(one.operation, one.before, one.after, one.verdict) for one in changes] == [
        ("get", 1_000, 0, LatencyVerdict.TOO_FEW),
        ("reopen", 0, 1_000, LatencyVerdict.TOO_FEW),
        ("update", 1_000, 1_000, LatencyVerdict.SLOWER),
    ]
