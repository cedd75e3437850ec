"""Bodies as lines: indented, bounded, with the part that differs marked."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.reports.html.json_lines import Place, body_lines

from ..summaries import any_text

SESSION = json.dumps({"customerSession": {"state": "open", "cartItems": [{"sku": "a"}] * 100}})


def marked(text: str, *places: Place) -> list[str]:
    """The texts of the marked lines."""
    return [line.text for line in body_lines(text, places) if line.is_marked]


def test_a_value_is_marked_with_what_was_expected() -> None:
    """Only the line of the value at the pointer, and nothing around it."""
    place = Place.of_pointer("/customerSession/state", '"cancelled"')
    (line,) = [line for line in body_lines(SESSION, [place]) if line.is_marked]
    assert (line.text, line.indent, line.note) == ('"state": "open",', 2, '"cancelled"')


def test_where_a_member_is_missing_its_parent_is_marked() -> None:
    """The note names the member."""
    place = Place.of_pointer("/customerSession/total", "3")
    lines = body_lines('{"customerSession": {"id": 1}}', [place])
    assert [line.note for line in lines if line.note] == ["total: 3"]
    assert [line.text for line in lines if line.is_marked] == [
        '"customerSession": {',
        '"id": 1',
        "}",
    ]


def test_a_marked_member_of_a_long_list_is_shown() -> None:
    """Of a long list there are the first members and the marked one, and how many are not."""
    lines = [line.text for line in body_lines(json.dumps(list(range(100))), [Place(("70",))])]
    assert lines == ["[", "0,", "1,", "… 68 more", "70,", "… 29 more, 100 in all", "]"]


def test_a_cause_means_all_members_of_a_list() -> None:
    """Its path has no indices."""
    place = Place(("customerSession", "cartItems", "sku"), any_index=True)
    assert marked(SESSION, place) == ['"sku": "a"', '"sku": "a"']


def test_numbers_stay_as_they_were_sent() -> None:
    """No digit is lost on the way through Python's floats."""
    text = "[1.10, 12345678901234567890.5, 0.1]"
    assert [line.text for line in body_lines(text)][1:-1] == [
        "1.10,",
        "12345678901234567890.5,",
        "0.1",
    ]


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"a": ' + "9" * 5_000 + "}", "\ufeff{}"])
def test_what_is_no_json_is_shown_as_it_is(text: str) -> None:
    """Broken, too deep or with too long numbers: text, in bounds."""
    lines = body_lines(text)
    assert sum(len(line.text) for line in lines) < 5_000
    assert bool(lines) == bool(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(any_text, inner, max_size=8),
)


@given(json_values, any_text)
def test_lines_are_bounded_and_printable(value: object, pointer: str) -> None:
    """Whatever a body holds and wherever the marked place is."""
    lines = body_lines(json.dumps(value), [Place.of_pointer(f"/{pointer}")])
    assert len(lines) <= 200
    assert all(line.text.isprintable() and len(line.text) < 1_000 for line in lines)
