"""Sets of integers as bitmaps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.analysis.id_set import IdSet

NUMBERS = st.integers(-9_000, 9_000)


@given(rows=st.lists(st.tuples(NUMBERS, st.integers(0, 9_000))), alone=st.lists(NUMBERS))
def test_ranges_hold_their_numbers(rows: list[tuple[int, int]], alone: list[int]) -> None:
    """Added in one go, a range holds what it would hold number by number."""
    ids, known = IdSet(), set[int]()
    for first, size in rows:
        ids.add_range(first, first + size)
        known.update(range(first, first + size + 1))
    for number in alone:
        assert (number in ids) == (number in known)
        ids.add(number)
        known.add(number)
        assert number in ids


def test_an_enormous_range_takes_no_time() -> None:
    """A record is data: a line of it may name a range of any size."""
    ids = IdSet()
    ids.add_range(0, 10**30)
    assert 0 in ids
    assert 10**30 not in ids
