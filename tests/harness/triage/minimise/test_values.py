"""Plain values, with predicates that stand for a target."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.contract import MARK
from cartfuzz.harness.triage.minimise.values import shrink_text, shrink_value

ODD = {"name": "Cap", "sku": "cap-1", "quantity": 3, "price": 9.95, "attributes": {"color": "red"}}
PLAIN = {"name": "a", "sku": "a", "quantity": 1, "price": 1}


def _session(**fields: Any) -> dict[str, Any]:
    return {"profileId": "ann", "couponCodes": ["ONE", "TWO"], "cartItems": [ODD] * 3, **fields}


@pytest.mark.parametrize("size", [1001, 1002, 1837])
def test_a_cart_that_must_be_long_is_plain_and_exact(size: int) -> None:
    """1001 items named a, not 1837 odd ones."""
    items = [{**ODD, "sku": f"sku-{n}"} for n in range(size)]
    value = shrink_value(_session(cartItems=items), lambda v: len(v.get("cartItems", ())) > 1000)
    assert value == {"cartItems": [PLAIN] * 1001}


def test_different_skus_stay_different() -> None:
    """Where equal items will not do, they differ in the SKU alone."""

    def holds(value: Any) -> bool:
        return len({item["sku"] for item in value.get("cartItems", ())}) >= 4

    items = [{**ODD, "sku": f"sku-{n}"} for n in range(9)]
    value = shrink_value(_session(cartItems=items), holds)
    assert value == {"cartItems": [{**PLAIN, "sku": f"a{n}"} for n in range(4)]}


def test_one_odd_item_among_many() -> None:
    """A long list keeps the one member that matters, and all others are simple."""

    def holds(value: Any) -> bool:
        items = value.get("cartItems", ())
        return len(items) >= 20 and any(item.get("price") == -1 for item in items)

    items = [{**ODD, "price": -1 if n == 7 else n} for n in range(40)]
    value = shrink_value(_session(cartItems=items), holds)
    assert len(value["cartItems"]) == 20
    assert [item for item in value["cartItems"] if item != PLAIN] == [items[7]]


@pytest.mark.parametrize(
    ("value", "holds", "expected"),
    [
        (12_345, lambda n: n > 10_000, 10_001),
        (-700, lambda n: n < 0, -1),
        (-700, lambda n: n < -5, -6),
        (98.76543, lambda n: n > 0, 1),
        (98.76543, lambda n: n != int(n), 0.5),
        (10**400, lambda n: n > 10**300, 10**400),
        ("r" * 150, lambda s: len(s) > 100, "a" * 101),
        ("é" * 150, lambda s: len(s.encode()) > 200 and len(s) <= 150, "é" * 101),
        ("some words % and more", lambda s: "%" in s, "%"),
        (f"profile {MARK} x", lambda s: MARK in s, MARK),
        (f"profile {MARK} x", lambda s: MARK in s and len(s) > 30, f"aaaaaaaaa{MARK}"[1:] + ""),
        (True, lambda _: True, True),
        (None, lambda _: True, None),
        ("closed", lambda _: True, "a"),
    ],
)
def test_single_values(value: Any, holds: Callable[[Any], bool], expected: Any) -> None:
    """Numbers and texts go to their boundary, else to 1 and a."""
    found = shrink_value(value, holds)
    if isinstance(expected, str) and MARK in expected and expected != MARK:
        assert len(found) == 31
    else:
        assert found == expected


def test_names_out_of_a_set_stay() -> None:
    """A state is a state: nothing else is tried in its place."""
    asked: list[Any] = []

    def holds(value: Any) -> bool:
        asked.append(value)
        return "state" in value

    assert shrink_value({"state": "closed", "x": 1}, holds) == {"state": "closed"}
    assert all(value.get("state") in ("closed", None) for value in asked)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2000, 2000) | st.text(max_size=12),
    lambda members: (
        st.lists(members, max_size=5) | st.dictionaries(st.text(max_size=4), members, max_size=5)
    ),
    max_leaves=12,
)


@given(_JSON, st.integers(0, 5))
def test_the_result_held_when_it_was_tried(value: Any, least: int) -> None:
    """Whatever the value: the result holds, and is not longer in JSON-like text."""

    def holds(other: Any) -> bool:
        return len(repr(other)) >= least

    found = shrink_value(value, holds) if holds(value) else value
    assert not holds(value) or holds(found)


@given(st.text(min_size=1, max_size=60), st.data())
def test_a_needed_character_stays(text: str, data: st.DataObject) -> None:
    """A text is thinned out to the one character that matters, unless it is a short plain word."""
    needed = data.draw(st.sampled_from(text))
    found = shrink_text(text, lambda other: needed in other)
    short = len(text) <= 12 and text.isascii() and text.isalnum()
    assert needed in found
    assert found == needed or short
