"""Session data for updates: first data, a few changed fields, an edited cart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..values.decisions import Decisions
from ..values.value_pool import ScenarioValues
from .session_tracker import SessionTracker

Json = dict[str, Any]

_MAX_APPENDED_SIZE = 40
"""Most items that an append keeps of the cart before, so that most bodies stay small."""


def _replace(_: list[Json], values: ScenarioValues, decisions: Decisions) -> list[Json]:
    if values.allows_big_carts and decisions.take(3):
        return values.big_cart(decisions) if decisions.take(3) else values.heavy_cart(decisions)
    return [values.item(decisions) for _item in range(1 + decisions.take(4))]


def _append(cart: list[Json], values: ScenarioValues, decisions: Decisions) -> list[Json]:
    return [*cart[:_MAX_APPENDED_SIZE], values.item(decisions)]


def _remove(cart: list[Json], values: ScenarioValues, decisions: Decisions) -> list[Json]:
    if len(cart) < 2:
        return _append(cart, values, decisions)
    position = decisions.take(len(cart))
    return cart[:position] + cart[position + 1 :]


def _reverse(cart: list[Json], values: ScenarioValues, decisions: Decisions) -> list[Json]:
    return cart[::-1] if len(cart) > 1 else _append(cart, values, decisions)


def _change_quantity(cart: list[Json], values: ScenarioValues, decisions: Decisions) -> list[Json]:
    """One item gets another quantity."""
    if not cart:
        return _append(cart, values, decisions)
    position = decisions.take(len(cart))
    changed = {**cart[position], "quantity": 1 + decisions.take(12)}
    return [*cart[:position], changed, *cart[position + 1 :]]


def _duplicate(cart: list[Json], values: ScenarioValues, decisions: Decisions) -> list[Json]:
    """One item is added again: equal items stay apart (CART-10)."""
    return (
        [*cart[:_MAX_APPENDED_SIZE], cart[decisions.take(len(cart))]]
        if cart
        else _replace(cart, values, decisions)
    )


def _strip(cart: list[Json], values: ScenarioValues, decisions: Decisions) -> list[Json]:
    """One item loses an optional field (CART-12)."""
    if not cart:
        return _append(cart, values, decisions)
    position = decisions.take(len(cart))
    item = dict(cart[position])
    item.pop(decisions.pick(("attributes", "additionalCosts", "category", "weight")), None)
    return [*cart[:position], item, *cart[position + 1 :]]


_CART_EDITS = (_replace, _append, _change_quantity, _remove, _reverse, _duplicate, _strip)


def edit_cart(cart: list[Json], values: ScenarioValues, decisions: Decisions) -> list[Json]:
    """``cart`` with one small edit, or a new cart; within the contract's limits."""
    edit = decisions.pick(_CART_EDITS) if cart else _replace
    edited = edit(cart, values, decisions)
    max_units = values.samples.environment.limits.quantity_sum
    if values.allows_big_carts and sum(item["quantity"] for item in edited) > max_units:
        return [values.item(decisions)]
    return edited


_FIELDS: tuple[tuple[str, Callable[[ScenarioValues, Decisions], Any]], ...] = (
    ("couponCodes", ScenarioValues.coupons),
    ("identifiers", ScenarioValues.identifiers),
    ("attributes", ScenarioValues.attributes),
    ("profileId", ScenarioValues.profile),
    ("additionalCosts", ScenarioValues.costs),
    ("loyaltyCards", ScenarioValues.cards),
    ("referralCode", ScenarioValues.referral),
)


def partial_session(tracker: SessionTracker, values: ScenarioValues, decisions: Decisions) -> Json:
    """One to three changed fields; half of the time the cart is one of them."""
    session: Json = {}
    if not decisions.take(2):
        session["cartItems"] = edit_cart(tracker.cart, values, decisions)
    for _ in range(decisions.take(3) if session else 1 + decisions.take(2)):
        field, value = decisions.pick(_FIELDS)
        session[field] = value(values, decisions)
    return session


def first_session(values: ScenarioValues, decisions: Decisions, profile: str) -> Json:
    """The first data of a session: a cart, ``profile``, and up to four other fields."""
    session: Json = {"profileId": profile, "cartItems": edit_cart([], values, decisions)}
    for _ in range(decisions.take(5)):
        field, value = decisions.pick(_FIELDS)
        session.setdefault(field, value(values, decisions))
    return session


_CLEARED: tuple[tuple[str, Any], ...] = (
    ("couponCodes", []),
    ("referralCode", ""),
    ("identifiers", []),
    ("loyaltyCards", []),
    ("cartItems", []),
    ("profileId", ""),
)


def cleared_session(tracker: SessionTracker, decisions: Decisions) -> Json:
    """One field with its empty value (MERGE-02, MERGE-03): one that holds something if any does."""
    filled = [entry for entry in _CLEARED if entry[0] in tracker.filled_fields]
    field, empty = decisions.pick(filled or _CLEARED)
    return {field: empty}
