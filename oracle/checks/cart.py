"""Compares two carts, and finds which rule their difference breaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...contract import ContractVersion, Environment
from ...record import Outcome, OutcomeKind
from ..model import is_empty, same_json
from ..model.attribute_values import Declared, is_default, same_attribute
from ..model.remarks.items import COMPUTED

_NO_LIST = Outcome.other("cartItems are no list of objects")
_OTHER_ORDER = Outcome.other("cart items in another order")
_FEWER = Outcome.other("fewer cart items than sent")
_MORE = Outcome.other("more cart items than sent")
_ITEMS_DIFFER = Outcome.field_differs("cartItems", plural=True)
_KEPT_ATTRIBUTE = Outcome.other("attribute left out of a cart item is still there")
_IGNORED = frozenset(COMPUTED)
_RULES = {"sku": "", "additionalCosts": "COST-01"}
"""By field of an item. Empty: the step to blame decides whether the item was kept or is wrong."""


def cart_difference(
    known: list[dict[str, Any]],
    found: Any,
    attributes_before: tuple[Mapping[str, Any], ...],
    environment: Environment,
) -> tuple[Outcome, str] | None:
    """How the cart that a response shows differs from the accepted one.

    Args:
        known: the items as sent.
        found: ``cartItems`` of the response.
        attributes_before: the attributes of the former cart's items, by position.
        environment: declares the attributes of items.

    Returns:
        (outcome, the rule broken, or an empty text where what happened before
        decides it); None if the carts are the same.
    """
    if found is None:
        found = []
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        return _NO_LIST, "RESP-01"
    if len(found) != len(known):
        return _count_difference(known, found)
    pairs = list(zip(known, found, strict=True))
    declared = environment.item_attributes
    different = [index for index, (a, b) in enumerate(pairs) if _item_difference(a, b, declared)]
    if different:
        if _reordered(known, found):
            return _OTHER_ORDER, "CART-10"
        index = different[0]
        key = str(_item_difference(*pairs[index], declared))
        return Outcome(OutcomeKind.ITEM_FIELD_DIFFERS, key), _RULES.get(key, "CART-11")
    if environment.contract is ContractVersion.CURRENT and any(
        _keeps_attribute(sent, shown, before, environment)
        for sent, shown, before in zip(known, found, attributes_before, strict=False)
    ):
        return _KEPT_ATTRIBUTE, "CART-12"
    return None


def _count_difference(
    known: list[dict[str, Any]], found: list[dict[str, Any]]
) -> tuple[Outcome, str]:
    """Fewer or more items than sent: merged, lost or kept from before."""
    if not known or not found:
        return _ITEMS_DIFFER, ""
    if len(found) < len(known):
        return _FEWER, "CART-10"
    return _MORE, ""


def _item_difference(
    sent: Mapping[str, Any], shown: Mapping[str, Any], declared: Declared
) -> str | None:
    """The first field of an item that did not come back as it was sent."""
    for key, value in sent.items():
        if key in _IGNORED:
            continue
        found = shown.get(key)
        if same_json(value, found) or (is_empty(value) and is_empty(found)):
            continue
        if key == "attributes" and isinstance(value, dict):
            if _keeps_attributes(value, found, declared):
                continue
        elif isinstance(value, dict) and isinstance(found, dict) and _within(value, found):
            continue
        return key
    return None


def _keeps_attributes(sent: Mapping[str, Any], shown: Any, declared: Declared) -> bool:
    """Whether the attributes came back that were sent; others may have joined them."""
    there = shown if isinstance(shown, dict) else {}
    return all(
        value is None or (name in there and same_attribute(name, value, there[name], declared))
        for name, value in sent.items()
    )


def _within(sent: Mapping[str, Any], shown: Mapping[str, Any]) -> bool:
    """Whether a map came back with all that was sent; defaults may have joined it."""
    for key, value in sent.items():
        if key not in shown:
            return False
        found = shown[key]
        if isinstance(value, dict) and isinstance(found, dict):
            if not _within(value, found):
                return False
        elif not same_json(value, found):
            return False
    return True


def _reordered(known: list[dict[str, Any]], found: list[dict[str, Any]]) -> bool:
    def key(item: Mapping[str, Any]) -> str:
        return repr((item.get("sku"), item.get("name"), item.get("quantity")))

    return sorted(map(key, known)) == sorted(map(key, found)) and list(map(key, known)) != list(
        map(key, found)
    )


def _keeps_attribute(
    sent: Mapping[str, Any],
    shown: Mapping[str, Any],
    before: Mapping[str, Any],
    environment: Environment,
) -> bool:
    """Whether an attribute that the update left out is still there, unchanged (CART-12).

    A default may be shown in its place.
    """
    kept = shown.get("attributes")
    if not isinstance(kept, dict):
        return False
    named = sent.get("attributes") or {}
    return any(
        name in environment.item_attributes
        and name not in named
        and name in before
        and not is_default(name, value, environment.item_attributes)
        and before[name] is not None
        and same_attribute(name, before[name], value, environment.item_attributes)
        for name, value in kept.items()
    )
