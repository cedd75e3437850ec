"""Two answers as lines, with the lines that differ marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.analysis.side_by_side import marked_lines


def test_only_what_differs_is_marked() -> None:
    """Own values are named; what is equal and far away is left out."""
    old = '{"id":1,"created":"2026-01-01T00:00:00Z","total":1,"a":1,"b":1,"c":1,"d":1,"z":1}'
    new = '{"id":9,"created":"2027-01-01T00:00:00Z","total":2,"a":1,"b":1,"c":1,"d":1,"z":2}'
    assert list(marked_lines(old, new)) == [
        '    "d": 1,',
        '    "id": "<id>",',
        '-   "total": 1,',
        '-   "z": 1',
        '+   "total": 2,',
        '+   "z": 2',
        "  }",
    ]


def test_texts_are_compared_by_line() -> None:
    """What is no JSON has lines of its own, even such as look like marks."""
    assert list(marked_lines("--- a\nsame", "+++ b\nsame")) == ["- --- a", "+ +++ b", "  same"]


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_can_be_shown(old: str, new: str) -> None:
    """Nothing raises, and equal texts have no lines."""
    list(marked_lines(old, new))
    assert list(marked_lines(old, old)) == []
