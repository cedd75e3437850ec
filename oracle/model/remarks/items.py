"""Cart items: what must be refused in a cart, and what is open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ....contract import ContractVersion, Environment
from ..input_classes import kind_of, magnitude, named
from ..knowledge import is_number
from .attributes_and_costs import attribute_remarks, cost_remarks, money_remarks
from .remark import Remark, refuse, silent
from .strings import text_remarks

DIMENSIONS = ("weight", "height", "width", "length")
COMPUTED = ("position", "returnedQuantity", "remainingQuantity")
_OF_A_CATALOG = (
    "product",
    "catalogItemID",
    "selectedPriceType",
    "prices",
    "adjustmentReferenceId",
    "adjustmentEffectiveFrom",
    "adjustmentEffectiveUntil",
)
"""What `current` knows besides: a catalog may decide about it, whatever was sent."""
_KNOWN = frozenset(
    (
        "name",
        "sku",
        "quantity",
        "price",
        "category",
        *DIMENSIONS,
        *COMPUTED,
        "attributes",
        "additionalCosts",
    )
)
_GREATEST_SURE_QUANTITY = 2**31 - 1
"""Servers may hold quantities in 32 bits; what is greater is no promise (numbers at the edge)."""
_FIELD = "cartItems"


def cart_remarks(items: object, environment: Environment) -> Iterator[Remark]:
    """Remarks on ``cartItems`` as a request sends it."""
    if items is None:
        yield silent("MERGE-U2", "null cart items", _FIELD)
        return
    if not isinstance(items, list):
        yield refuse("ERR-07", "cart items that are no list")
        return
    limits = environment.limits
    if len(items) > limits.cart_items:
        yield refuse("CART-02", f"over {limits.cart_items} cart items")
    sum_limit = environment.quantity_sum_limit
    if sum_limit is not None and quantity_sum(items) > sum_limit:
        yield refuse("CART-04", f"quantities over {sum_limit} in all")
    for item in items:
        yield from _item_remarks(item, environment)


def quantity_sum(items: object) -> int:
    """The sum of all quantities that are whole numbers."""
    if not isinstance(items, list):
        return 0
    return sum(
        item["quantity"]
        for item in items
        if isinstance(item, dict) and type(item.get("quantity")) is int
    )


def _item_remarks(item: object, environment: Environment) -> Iterator[Remark]:
    if not isinstance(item, dict):
        yield refuse("CART-09", "cart item that is no object")
        return
    first = environment.contract is ContractVersion.V2_5_1
    yield from _text_remarks(item, "sku", required=True, may_be_empty=False)
    yield from _text_remarks(item, "name", required=first, may_be_empty=not first)
    yield from _text_remarks(item, "category", required=False, may_be_empty=True)
    yield from _quantity_remarks(item)
    yield from _price_remarks(item, required=first)
    for key in DIMENSIONS:
        if key in item:
            yield from _dimension_remarks(key, item[key])
    if "attributes" in item:
        yield from attribute_remarks(
            item["attributes"], environment.item_attributes, "item", _FIELD
        )
    if "additionalCosts" in item:
        yield from cost_remarks(
            item["additionalCosts"],
            environment.item_costs,
            environment.additional_costs,
            "item",
            _FIELD,
        )
    computed = COMPUTED if first else (*COMPUTED, *_OF_A_CATALOG)
    known = _KNOWN.union(computed)
    if not first and "product" in item:
        yield from _product_remarks(item["product"])
    if not item.keys() <= known:
        extra = named(item.keys() - known)
        yield silent("MERGE-U3", "unknown property of a cart item", _FIELD, detail=extra)
    elif any(key in item for key in computed):
        sent = named(f"{key} {kind_of(item[key])}" for key in computed if key in item)
        yield silent("CART-U2", "computed field of a cart item", _FIELD, detail=sent)


def _product_remarks(product: object) -> Iterator[Remark]:
    if product is None:
        yield silent("MERGE-U2", "null product of a cart item", _FIELD)
    elif not isinstance(product, dict):
        yield refuse("CART-09", "cart item whose product is no object")
    elif not isinstance(product.get("name"), str | None):
        yield refuse("CART-09", "cart item whose product has a name that is no string")


def _text_remarks(
    item: Mapping[str, Any], key: str, *, required: bool, may_be_empty: bool
) -> Iterator[Remark]:
    if key not in item:
        if required:
            yield refuse("CART-07", f"cart item without {key}")
        return
    value = item[key]
    if isinstance(value, str):
        if not value and not may_be_empty:
            yield refuse("CART-07", f"cart item with an empty {key}")
        yield from text_remarks(value, _FIELD)
    elif value is None and not required:
        yield silent("MERGE-U2", f"null {key} of a cart item", _FIELD)
    elif value is None:
        yield refuse("CART-07", f"cart item with a null {key}")
    else:
        yield refuse("CART-09", f"cart item whose {key} is no string")


def _quantity_remarks(item: Mapping[str, Any]) -> Iterator[Remark]:
    if "quantity" not in item:
        yield refuse("CART-06", "cart item without quantity")
        return
    value = item["quantity"]
    if not is_number(value):
        yield refuse("CART-06", "quantity that is no number")
    elif value < 1:
        yield refuse("CART-06", "quantity below 1")
    elif isinstance(value, float):
        if value.is_integer():
            size = magnitude(value)
            yield silent("CART-06", "whole quantity written as a float", _FIELD, detail=size)
        else:
            yield refuse("CART-06", "quantity that is no whole number")
    elif value > _GREATEST_SURE_QUANTITY:
        yield silent("CART-06", "quantity beyond 32 bits", _FIELD, detail=magnitude(value))


def _price_remarks(item: Mapping[str, Any], *, required: bool) -> Iterator[Remark]:
    if "price" not in item:
        if required:
            yield refuse("CART-08", "cart item without price")
        else:
            yield silent("CART-U3", "cart item without price", _FIELD)
        return
    value = item["price"]
    if value is None and required:
        yield refuse("CART-08", "cart item with a null price")
    elif value is None:
        yield silent("MERGE-U2", "null price of a cart item", _FIELD)
    elif not is_number(value):
        yield refuse("CART-09", "cart item whose price is no number")
    elif value == 0:
        yield silent("CART-U1", "price of zero", _FIELD)
    else:
        yield from money_remarks(value, "price", _FIELD)


def _dimension_remarks(key: str, value: object) -> Iterator[Remark]:
    if value is None:
        yield silent("MERGE-U2", f"null {key} of a cart item", _FIELD)
    elif not is_number(value):
        yield refuse("CART-09", f"cart item whose {key} is no number")
    else:
        yield from money_remarks(value, "dimension", _FIELD)
