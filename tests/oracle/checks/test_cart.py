"""How a cart that is shown differs from the one that was sent."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import ContractVersion
from cartfuzz.oracle.checks.cart import cart_difference

from ..histories import ENVIRONMENT, ITEM

FIRST = msgspec.structs.replace(ENVIRONMENT, contract=ContractVersion.V2_5_1)
CURRENT = msgspec.structs.replace(ENVIRONMENT, contract=ContractVersion.CURRENT)
TIE = {**ITEM, "sku": "tie", "quantity": 1}
COSTLY = {**ITEM, "additionalCosts": {"handling": {"price": 1}}}
RED = {**ITEM, "attributes": {"color": "red", "rating": None}}


def difference(known: Any, found: Any) -> tuple[str, str] | None:
    differs = cart_difference(known, found, (), CURRENT)
    return None if differs is None else (differs[0].text, differs[1])


@pytest.mark.parametrize(
    ("known", "found"),
    [
        ([], None),
        ([], []),
        ([ITEM], [{**ITEM, "position": 0, "returnedQuantity": 0, "remainingQuantity": 2}]),
        ([{**ITEM, "position": 4}], [{**ITEM, "position": 0}]),
        ([{**ITEM, "category": ""}], [ITEM]),
        ([{**ITEM, "price": 10}], [{**ITEM, "price": 10.0}]),
        ([COSTLY], [{**ITEM, "additionalCosts": {"handling": {"price": 1, "title": "x"}}}]),
        ([{**ITEM, "product": {"a": {"b": 1}}}], [{**ITEM, "product": {"a": {"b": 1, "c": 2}}}]),
        ([RED], [{**ITEM, "attributes": {"color": "red", "fragile": False}}]),
        ([{**ITEM, "attributes": {"rating": None}}], [ITEM]),
        ([{**ITEM, "attributes": {}}], [ITEM]),
    ],
    ids=str,
)
def test_the_same_carts(known: Any, found: Any) -> None:
    """Computed fields, defaults and empty values make no difference."""
    assert difference(known, found) is None


@pytest.mark.parametrize(
    ("known", "found", "outcome", "rule"),
    [
        ([ITEM], {}, "no list", "RESP-01"),
        ([ITEM], [1], "no list", "RESP-01"),
        ([ITEM], [], "cartItems", ""),
        ([], [ITEM], "cartItems", ""),
        ([ITEM], None, "cartItems", ""),
        ([ITEM, TIE], [ITEM], "fewer", "CART-10"),
        ([ITEM], [ITEM, TIE], "more", ""),
        ([ITEM, TIE], [TIE, ITEM], "another order", "CART-10"),
        ([ITEM, TIE], [TIE, TIE], "sku", ""),
        ([ITEM], [{**ITEM, "sku": "x"}], "sku", ""),
        ([ITEM], [{**ITEM, "price": 10.51}], "price", "CART-11"),
        ([ITEM], [{**ITEM, "quantity": 3}], "quantity", "CART-11"),
        ([ITEM], [{**ITEM, "name": None}], "name", "CART-11"),
        ([COSTLY], [ITEM], "additionalCosts", "COST-01"),
        ([COSTLY], [{**ITEM, "additionalCosts": {}}], "additionalCosts", "COST-01"),
        (
            [COSTLY],
            [{**ITEM, "additionalCosts": {"handling": {"price": 2}}}],
            "additionalCosts",
            "COST-01",
        ),
        (
            [{**ITEM, "product": {"a": {"b": 1}}}],
            [{**ITEM, "product": {"a": {"c": 1}}}],
            "product",
            "CART-11",
        ),
        ([{**ITEM, "product": {"a": None}}], [{**ITEM, "product": {}}], "product", "CART-11"),
        ([RED], [ITEM], "attributes", "CART-11"),
        ([RED], [{**ITEM, "attributes": {"rating": 1}}], "attributes", "CART-11"),
        ([RED], [{**ITEM, "attributes": {"color": "blue"}}], "attributes", "CART-11"),
        ([RED], [{**ITEM, "attributes": "red"}], "attributes", "CART-11"),
        ([ITEM, TIE], [ITEM, {**TIE, "price": 1}], "price", "CART-11"),
        ([ITEM, COSTLY], [{**ITEM, "price": 1}, ITEM], "price", "CART-11"),  # the first counts
        ([COSTLY, ITEM], [ITEM, {**ITEM, "price": 1}], "additionalCosts", "COST-01"),
    ],
    ids=str,
)
def test_different_carts(known: Any, found: Any, outcome: str, rule: str) -> None:
    """What differs is named, with the rule where no earlier step matters for it."""
    differs = difference(known, found)
    assert differs is not None
    assert outcome in differs[0]
    assert differs[1] == rule


@pytest.mark.parametrize(
    ("sent", "before", "shown", "survives"),
    [
        (ITEM, {"color": "red"}, {"color": "red"}, True),
        (ITEM, {"color": "red"}, {"color": "blue"}, False),
        (ITEM, {"color": "red"}, {"color": ""}, False),
        (ITEM, {"color": None}, {"color": "red"}, False),
        (ITEM, {"fragile": False}, {"fragile": False}, False),
        (ITEM, {"rating": 4}, {"rating": 4.0}, True),
        (ITEM, {"other": "red"}, {"other": "red"}, False),
        (ITEM, {"color": "red"}, {"fragile": True}, False),
        (ITEM, {"color": "red"}, None, False),
        ({**ITEM, "attributes": {"color": "red"}}, {"color": "red"}, {"color": "red"}, False),
        (
            {**ITEM, "attributes": {"rating": 1}},
            {"color": "red"},
            {"rating": 1, "color": "red"},
            True,
        ),
    ],
    ids=str,
)
def test_attributes_that_an_update_left_out(
    sent: Any, before: Any, shown: Any, survives: bool
) -> None:
    """In `current` an attribute of the former item must be gone (CART-12); a default may show."""
    found = [{**ITEM, "attributes": shown}]
    differs = cart_difference([sent], found, (before,), CURRENT)
    assert (differs is not None and differs[1] == "CART-12") is survives
    assert cart_difference([sent], found, (before,), FIRST) is None
    assert cart_difference([sent], found, (), CURRENT) is None
