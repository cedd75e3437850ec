"""The two searches, by their properties."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.harness.triage.minimise.searches import shrink_integer, shrink_sequence


@given(st.integers(0, 60), st.data())
def test_what_is_needed_is_all_that_is_kept(size: int, data: st.DataObject) -> None:
    """Where certain members are needed, exactly they stay, in their order."""
    needed = data.draw(st.sets(st.sampled_from(range(size))) if size else st.just(set()))
    assert shrink_sequence(range(size), lambda kept: needed <= set(kept)) == sorted(needed)


@given(st.lists(st.integers(0, 9), max_size=30), st.integers(1, 40))
def test_no_member_can_be_left_out(members: list[int], least: int) -> None:
    """Whatever the predicate: leaving out one more member does not hold."""

    def holds(kept: list[int]) -> bool:
        return sum(kept) >= least

    kept = shrink_sequence(members, holds)
    if not holds(members):
        assert kept == members
    else:
        assert holds(kept)
        assert not any(holds(kept[:n] + kept[n + 1 :]) for n in range(len(kept)))


def test_few_of_many_take_few_tries() -> None:
    """One needed member of a thousand is found by halving."""
    tries = 0

    def holds(kept: list[int]) -> bool:
        nonlocal tries
        tries += 1
        return 371 in kept

    assert shrink_sequence(range(1000), holds) == [371]
    assert tries < 40


@given(st.integers(-5, 2000), st.integers(0, 2000), st.integers(0, 2000))
def test_a_boundary_is_exact(low: int, size: int, offset: int) -> None:
    """The first number that holds, with few tries."""
    high = low + size
    boundary = low + min(offset, size)
    tries = 0

    def holds(number: int) -> bool:
        nonlocal tries
        tries += 1
        return number >= boundary

    assert shrink_integer(low, high, holds) == boundary
    assert tries <= 14


def test_a_number_on_its_boundary_costs_one_try() -> None:
    """What just misses is asked first."""
    asked: list[int] = []

    def holds(number: int) -> bool:
        asked.append(number)
        return number >= 1001

    assert shrink_integer(1, 1001, holds) == 1001
    assert asked == [1000]
