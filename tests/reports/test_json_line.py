"""Bodies on one line: as JSON that can be pasted, shortened where they are long."""

from __future__ import annotations

import base64
import json

from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.reports.json_line import json_line, raw_line

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_a_line_is_the_value_or_is_short(value: object) -> None:
    """No control character is in it, and what is not shortened is the value itself."""
    line = json_line(value)
    assert line.isprintable()
    assert len(line) <= 240
    if "characters)" not in line and "members" not in line and "…" not in line:
        assert json.loads(line) == value


def test_a_long_list_is_counted() -> None:
    """Once the whole does not fit."""
    body = {"customerSession": {"state": "open", "cartItems": [{"sku": "m", "price": 1}] * 1001}}
    assert json_line(body) == '{"customerSession":{"state":"open","cartItems":[1001 members]}}'
    assert json_line({"identifiers": ["a"] * 5}) == '{"identifiers":["a","a","a","a","a"]}'


def test_a_body_of_bytes_is_shown_as_text() -> None:
    """In base64 only where it is none."""
    assert raw_line(base64.b64encode(b'{"return":{').decode()) == '{"return":{'
    assert raw_line(base64.b64encode(b"\xff").decode()) == "base64 /w=="
