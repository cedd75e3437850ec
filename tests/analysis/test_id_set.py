"""Sets of integers as bitmaps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.analysis.id_set import IdSet

NUMBERS = st.integers(-9_000, 9_000)


@given(rows=st.lists(st.tuples(NUMBERS, st.integers(0, 9_000))), alone=st.lists(NUMBERS))
def test_rows_are_what_is_in_them(rows: list[tuple[int, int]], alone: list[int]) -> None:
    """Filled in one go, a row holds what it would hold number by number."""
    ids, known = IdSet(), set[int]()
    for first, size in rows:
        ids.fill(first, first + size)
        known.update(range(first, first + size + 1))
    for number in alone:
        assert ids.take(number) == (number in known)
        known.add(number)


def test_a_row_without_an_end_takes_no_time() -> None:
    """A record is data: what it claims may be beyond all bounds."""
    ids = IdSet()
    ids.fill(0, 10**30)
    assert ids.take(0)
    assert not ids.take(10**30)
