"""Rates of the benchmarks: nothing that was under way already counts as sent in no time."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .script import script

RATES = script("rates")


def told(*events: tuple[float, ...]) -> list[Any]:
    """Seconds and numbers of requests, as the benchmarks have them."""
    return [RATES.Arrival(*event) for event in events]


@given(
    st.lists(st.integers(1, 40), min_size=4, max_size=100),
    st.integers(1, 40),
    st.sampled_from([0.25, 1.0, 8.0]),
)
def test_an_even_stream_has_its_rate(sizes: list[int], last: int, rate: float) -> None:
    """One request after the other at an even pace: both tell it, whatever the events are."""
    # The last event makes the count full alone, so that the quarter is full before it.
    sizes = [*sizes, last]
    moments = [sent / rate for sent in accumulate(sizes)]
    events = told((0.0, 0), *zip(moments, sizes, strict=True))
    assert RATES.whole(events) == pytest.approx(rate)
    assert RATES.steady(events, sum(sizes[:-1]) + 1) == pytest.approx(rate)


def test_what_arrives_at_once_at_the_start_is_no_speed() -> None:
    """Batches of 200 requests each second: the rest of the first one was not sent at once."""
    batches = [(float(second), 10) for second in range(1, 41) for _ in range(20)]
    assert RATES.steady(told((0.0, 0), *batches), 4_000) == pytest.approx(200, rel=0.01)


def test_a_slow_beginning_and_end_are_left_out_of_the_steady_rate_only() -> None:
    """A quarter for the start, and whatever comes past the count."""
    events = told((0.0, 0), (100.0, 250), *((100.0 + n, 10) for n in range(1, 76)), (900.0, 50))
    assert RATES.steady(events, 1_000) == pytest.approx(10)
    assert RATES.whole(events) == pytest.approx(1_050 / 900)


def test_a_run_that_ended_early_has_no_rate() -> None:
    """Rather none than that of another length."""
    with pytest.raises(ValueError, match=r"expected events of 100 requests.*found 30"):
        RATES.steady(told((0.0, 0), (1.0, 10), (2.0, 20)), 100)


def test_one_moment_has_no_rate() -> None:
    """All events at once, as one shard of a cluster brings them."""
    with pytest.raises(ValueError, match="too few"):
        RATES.steady(told((0.0, 0), *[(1.0, 10)] * 20), 100)


def test_cores_are_counted_while_the_run_is_under_way() -> None:
    """One and a half, whatever was busy before and is after."""
    events = told(
        (0.0, 0, 7.0), *((10.0 + n, 10, 50.0 + 1.5 * n) for n in range(1, 101)), (900.0, 1, 9e3)
    )
    assert RATES.busy_cores(events, 1_000) == pytest.approx(1.5)
