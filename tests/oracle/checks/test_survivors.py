"""Members of former items and entries of maps that are still there."""

from __future__ import annotations

from typing import Any

import pytest

from cartfuzz.oracle.checks.survivors import is_same_entry, surviving_member

from ..histories import ITEM

DECLARED = {"color": {"type": "string"}, "rating": {"type": "number"}}
TIE = {**ITEM, "sku": "tie"}
HAT = {**ITEM, "sku": "hat", "category": "hats"}
COSTLY = {**ITEM, "additionalCosts": {"a": {"price": 2}}}
RED = {**ITEM, "attributes": {"color": "red", "rating": 0}}
IN_HATS = {**TIE, "category": "hats"}
NULL = {**ITEM, "attributes": {"color": None}}
FREE = {**ITEM, "additionalCosts": {"a": {"price": 0}}}
ODD = {**ITEM, "additionalCosts": {"a": 2}}
OTHER = {**ITEM, "attributes": {"other": 1}}


@pytest.mark.parametrize(
    ("sent", "shown", "former", "found"),
    [
        ([ITEM], [ITEM], [HAT], None),
        ([ITEM], [{**ITEM, "category": "hats"}], [HAT], (0, ("category",))),
        ([ITEM], [{**ITEM, "category": "caps"}], [HAT], None),
        ([ITEM], [{**ITEM, "category": "hats"}], [], None),
        ([ITEM], [{**ITEM, "category": "hats"}] * 2, [HAT], None),
        ([ITEM], {"category": "hats"}, [HAT], None),
        ([{**ITEM, "category": "hats"}], [HAT], [HAT], None),
        # By position, and by SKU where the first former item with it counts.
        ([ITEM, TIE], [ITEM, {**TIE, "category": "hats"}], [ITEM, HAT], (1, ("category",))),
        ([ITEM, ITEM, TIE], [ITEM, ITEM, IN_HATS], [ITEM, ITEM, HAT], (2, ("category",))),
        ([TIE, HAT | {"category": ""}], [TIE, ITEM], [HAT], None),
        ([TIE, ITEM], [{**TIE, "category": "hats"}, ITEM], [ITEM, HAT], None),
        (
            [TIE, {**ITEM, "sku": "hat"}],
            [TIE, HAT],
            [HAT],
            (1, ("category",)),
        ),
        ([ITEM], [{**ITEM, "weight": 0}], [{**ITEM, "weight": 0}], None),
        ([ITEM], [{**ITEM, "weight": 5}], [{**ITEM, "weight": 5.0}], (0, ("weight",))),
        ([ITEM], [RED], [RED], (0, ("attributes", "color"))),
        ([ITEM], [{**ITEM, "attributes": {"color": "blue"}}], [RED], None),
        ([ITEM], [{**ITEM, "attributes": {"rating": 0}}], [RED], None),
        ([ITEM], [OTHER], [OTHER], None),
        ([{**ITEM, "attributes": {"color": "red"}}], [RED], [RED], None),
        ([ITEM], [{**ITEM, "attributes": {"color": "red"}}], [NULL], None),
        ([ITEM], [COSTLY], [COSTLY], (0, ("additionalCosts", "a"))),
        ([ITEM], [COSTLY], [{**ITEM, "additionalCosts": {"a": {"price": 3}}}], None),
        ([ITEM], [COSTLY], [ITEM], None),
        ([COSTLY], [COSTLY], [COSTLY], None),
        ([ITEM], [FREE], [FREE], None),
        ([ITEM], [ODD], [ODD], None),
    ],
    ids=str,
)
def test_members_of_former_items(sent: Any, shown: Any, former: Any, found: Any) -> None:
    """The very value of the item at the same place, or with the same SKU, that was left out."""
    assert surviving_member(sent, shown, tuple(former), DECLARED) == found


def test_members_in_a_long_cart() -> None:
    """However many items there are."""
    shown = [*[ITEM] * 299, {**ITEM, "category": "hats"}]
    former = (*[ITEM] * 299, HAT)
    assert surviving_member([ITEM] * 300, shown, former, DECLARED) == (299, ("category",))


@pytest.mark.parametrize(
    ("field", "name", "sent", "shown", "same"),
    [
        ("additionalCosts", "a", {"price": 1}, {"price": 1, "title": "x"}, True),
        ("additionalCosts", "a", {"price": 0}, {"price": 0}, False),
        ("additionalCosts", "a", {"price": 1}, {"price": 2}, False),
        ("additionalCosts", "a", None, {"price": 2}, False),
        ("additionalCosts", "a", {"price": "1"}, {"price": "1"}, False),
        ("attributes", "color", "red", "red", True),
        ("attributes", "color", "red", "blue", False),
        ("attributes", "color", None, "blue", False),
        ("attributes", "color", "", "", False),
        ("attributes", "rating", 0, 0, False),
        ("attributes", "other", {"price": 1}, {"price": 1}, True),
    ],
)
def test_entries_that_are_surely_the_ones_sent(
    field: str, name: str, sent: Any, shown: Any, same: bool
) -> None:
    """Not what is free, or what was never set."""
    assert is_same_entry(field, name, sent, shown, DECLARED) is same
