"""Histograms of times, and the timeline: exact enough, mergeable, bounded."""

from __future__ import annotations

from collections import Counter
from math import ceil

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.analysis import LatencyHistogram, summarise
from cartfuzz.analysis.latency import LatencyCollector
from cartfuzz.analysis.timeline import MAX_SLICES, Timeline
from cartfuzz.record import BUCKETS, ScenarioRun, bucket_of, upper_bound_ms

from ..record.events import scenario_run, started

times_ms = st.floats(0, 1_000_000, allow_nan=False)
START = 1_767_225_600
"""2026-01-01T00:00:00Z, when the runs of `started` begin."""


def histogram(*times: float) -> LatencyHistogram:
    return LatencyHistogram(counts=dict(sorted(Counter(map(bucket_of, times)).items())))


@given(st.floats(0.0625, 262_144))
def test_a_bucket_is_nine_percent_wide(elapsed_ms: float) -> None:
    """Its upper bound is never below a time in it, and 9.1 % above at most."""
    bound = upper_bound_ms(bucket_of(elapsed_ms))
    assert elapsed_ms <= bound * (1 + 1e-12)
    assert bound <= elapsed_ms * 1.0906


@given(times_ms, times_ms)
def test_buckets_are_ordered_and_bounded(one: float, other: float) -> None:
    """A longer time is never in a lower bucket, and there are no more than `BUCKETS`."""
    first, second = sorted((one, other))
    assert 0 <= bucket_of(first) <= bucket_of(second) < BUCKETS


@given(st.lists(st.floats(0.1, 100_000), min_size=1), st.floats(0, 100))
def test_a_percentile_is_that_of_the_times(times: list[float], q: float) -> None:
    """The bound of the bucket that holds the time of that rank."""
    ranked = sorted(times)[max(ceil(len(times) * q / 100), 1) - 1]
    assert histogram(*times).percentile(q) == upper_bound_ms(bucket_of(ranked))


@pytest.mark.parametrize("q", [-1, 100.1])
def test_a_percentile_out_of_range_is_an_error(q: float) -> None:
    """It shows the number."""
    with pytest.raises(ValueError, match=str(q)):
        histogram(1).percentile(q)


def test_an_empty_histogram_has_no_percentile() -> None:
    """Nor a longest time."""
    assert histogram().percentile(50) is None
    assert histogram().max_ms is None
    assert histogram().total == 0


def timed(second: float, **latency: int) -> ScenarioRun:
    return scenario_run(
        0,
        latency={name.replace("_", " "): count for name, count in latency.items()},
        finished_at=START + second if second >= 0 else 0.0,
    )


def test_a_summary_has_times_by_operation_and_over_the_run() -> None:
    """Seconds are since the start of the run; a slice without a response is left out."""
    latency = summarise([started(), timed(0.5, get_40=2), timed(7, get_41=1, update_48=1)]).latency
    assert latency.operations == {
        "get": LatencyHistogram(counts={40: 2, 41: 1}),
        "update": LatencyHistogram(counts={48: 1}),
    }
    assert latency.slice_sec == 1
    assert [(one.start_sec, one.requests) for one in latency.timeline] == [(0, 2), (7, 2)]
    last = latency.timeline[-1]
    assert (last.p50_ms, last.p95_ms) == (upper_bound_ms(41), upper_bound_ms(48))
    assert last.max_ms == upper_bound_ms(48)


def test_times_without_a_moment_are_counted_all_the_same() -> None:
    """They have no place in the timeline."""
    latency = summarise([started(), timed(-1, get_40=2)]).latency
    assert latency.operations["get"].total == 2
    assert (latency.slice_sec, latency.timeline) == (0, [])


def test_a_summary_with_times_is_read_again() -> None:
    """The keys of its buckets are numbers, in JSON too."""
    summary = summarise([started(), timed(3, get_40=2)])
    assert msgspec.json.decode(msgspec.json.encode(summary), type=type(summary)) == summary


@given(st.lists(st.tuples(st.integers(START, START + 100_000), st.integers(0, 9)), min_size=1))
def test_a_timeline_is_bounded_and_knows_no_order(moments: list[tuple[int, int]]) -> None:
    """However long the run, and in whatever order its workers send their scenarios."""
    timeline, shuffled = Timeline(), Timeline()
    for second, bucket in moments:
        timeline.add(second, bucket, 1)
    for second, bucket in sorted(moments, key=lambda moment: (moment[1], -moment[0])):
        shuffled.add(second, bucket, 1)
    slices = timeline.slices("2026-01-01T00:00:00Z")
    assert slices == shuffled.slices("2026-01-01T00:00:00Z")
    assert len(slices) <= MAX_SLICES
    assert sum(one.requests for one in slices) == len(moments)
    assert [one.start_sec for one in slices] == sorted({one.start_sec for one in slices})


def test_a_run_whose_start_is_no_moment_begins_with_its_first_response() -> None:
    """A record that was written by hand may hold any text there.

    So does a run of tests, which has its first event when they are through.
    """
    collector = LatencyCollector()
    collector.add(timed(100, get_40=1))
    collector.add(timed(105, get_40=1))
    for started_at in ("yesterday", "2026-01-01T01:00:00Z"):
        assert [one.start_sec for one in collector.latency(started_at).timeline] == [0, 5]
