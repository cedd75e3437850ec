"""The bookkeeping of a cluster, on a thousand workers in virtual time."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.harness.executors.dispatch import Dispatch

from .script import script


@pytest.fixture(scope="module")
def fleet() -> ModuleType:
    """The benchmark's simulation."""
    return script("fleet")


@pytest.mark.parametrize("deaths", [0.0, 0.01])
@pytest.mark.parametrize("rps", [None, 20_000.0])
def test_each_shard_counts_once_and_the_rate_is_kept(
    fleet: ModuleType, rps: float | None, deaths: float
) -> None:
    """Whoever dies, and however often a shard is begun."""
    found = fleet.simulated(workers=1_000, shards=10_000, rps=rps, deaths=deaths)
    assert found.counted == 10_000
    assert (found.deaths > 0) == (deaths > 0)
    assert found.executions >= found.counted + found.deaths
    assert found.most_at_once <= 1_000
    if rps is not None:
        assert found.peak_rps <= rps
        assert found.requests / found.seconds <= rps
    assert found.busy > 0.8


@given(
    st.integers(1, 20),
    st.booleans(),
    st.integers(0, 60),
    st.lists(st.integers(0, 10**6), max_size=200),
)
def test_shards_are_handed_out_once_in_order(
    threads: int, rated: bool, shards: int, picks: list[int]
) -> None:
    """No shard twice, none left out, never more under way than there is room for."""
    dispatch = Dispatch(threads, rated=rated)
    under_way = list(dispatch.due())
    handed, counted = list(under_way), 0
    for pick in [*picks, *[0] * 300]:
        assert len(under_way) <= (1 if rated else 2) * threads
        if not under_way:
            break
        shard = under_way.pop(pick % len(under_way))
        took = dispatch.ended(shard, last=shard >= shards)
        counted += took and shard < shards
        assert not dispatch.ended(shard)
        following = list(dispatch.due())
        handed += following
        under_way += following
    assert handed == list(range(len(handed)))
    if not under_way:
        assert dispatch.idle
        assert counted == shards


@given(
    threads=st.integers(1, 16),
    bound=st.integers(1, 20_000),
    sizes=st.lists(st.integers(1, 200), min_size=1, max_size=30),
    picks=st.lists(st.integers(0, 10**6), max_size=50),
)
def test_a_bound_on_requests_is_reached_and_not_left_far_behind(
    threads: int, bound: int, sizes: list[int], picks: list[int]
) -> None:
    """However long the shards are and whichever ends first: whoever waits for the bound gets
    there, and once it is near, no more than one shard is handed out above what it takes."""
    dispatch = Dispatch(threads, rated=False, requests=bound)
    under_way = list(dispatch.due())
    sent = counted = 0
    while sent < bound:
        assert under_way, "nothing is under way, and nothing was handed out"
        shard = under_way.pop(picks[counted % len(picks)] % len(under_way) if picks else 0)
        size = sizes[shard % len(sizes)]
        sent, counted = sent + size, counted + 1
        assert dispatch.ended(shard, requests=size)
        for new in dispatch.due():
            assert not under_way or sent + sent / counted * len(under_way) < bound
            under_way.append(new)
