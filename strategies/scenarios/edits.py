"""Partial updates of a session that may be changed: a few fields, small edits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..values.decisions import Decisions
from ..values.pools import Pools
from .session_tracker import SessionTracker

Json = dict[str, Any]

_LONG_CART = 40
"""Carts do not grow beyond this by edits, so that most bodies stay small."""


def _replace(_: list[Json], pools: Pools, digits: Decisions) -> list[Json]:
    if pools.big and digits.take(3):
        return pools.big_cart(digits) if digits.take(3) else pools.heavy_cart(digits)
    return [pools.item(digits) for _number in range(1 + digits.take(4))]


def _append(cart: list[Json], pools: Pools, digits: Decisions) -> list[Json]:
    return [*cart[:_LONG_CART], pools.item(digits)]


def _remove(cart: list[Json], pools: Pools, digits: Decisions) -> list[Json]:
    if len(cart) < 2:
        return _append(cart, pools, digits)
    place = digits.take(len(cart))
    return cart[:place] + cart[place + 1 :]


def _reverse(cart: list[Json], pools: Pools, digits: Decisions) -> list[Json]:
    return cart[::-1] if len(cart) > 1 else _append(cart, pools, digits)


def _count(cart: list[Json], pools: Pools, digits: Decisions) -> list[Json]:
    """Another quantity for one item."""
    if not cart:
        return _append(cart, pools, digits)
    place = digits.take(len(cart))
    changed = {**cart[place], "quantity": 1 + digits.take(12)}
    return [*cart[:place], changed, *cart[place + 1 :]]


def _twice(cart: list[Json], pools: Pools, digits: Decisions) -> list[Json]:
    """One more of the same item: equal items stay apart (CART-10)."""
    return (
        [*cart[:_LONG_CART], cart[digits.take(len(cart))]]
        if cart
        else _replace(cart, pools, digits)
    )


def _strip(cart: list[Json], pools: Pools, digits: Decisions) -> list[Json]:
    """One item loses an optional field (CART-12)."""
    if not cart:
        return _append(cart, pools, digits)
    place = digits.take(len(cart))
    item = dict(cart[place])
    item.pop(digits.pick(("attributes", "additionalCosts", "category", "weight")), None)
    return [*cart[:place], item, *cart[place + 1 :]]


_CART_EDITS = (_replace, _append, _count, _remove, _reverse, _twice, _strip)


def edit_cart(cart: list[Json], pools: Pools, digits: Decisions) -> list[Json]:
    """A cart that differs a little from ``cart``, or a new one; within the contract's limits."""
    edit = digits.pick(_CART_EDITS) if cart else _replace
    edited = edit(cart, pools, digits)
    most = pools.samples.environment.limits.quantity_sum
    if pools.big and sum(item["quantity"] for item in edited) > most:
        return [pools.item(digits)]
    return edited


_FIELDS: tuple[tuple[str, Callable[[Pools, Decisions], Any]], ...] = (
    ("couponCodes", Pools.coupons),
    ("identifiers", Pools.identifiers),
    ("attributes", Pools.attributes),
    ("profileId", Pools.profile),
    ("additionalCosts", Pools.costs),
    ("loyaltyCards", Pools.cards),
    ("referralCode", Pools.referral),
)


def partial_session(life: SessionTracker, pools: Pools, digits: Decisions) -> Json:
    """A few changed fields; half of the time the cart is one of them."""
    session: Json = {}
    if not digits.take(2):
        session["cartItems"] = edit_cart(life.cart, pools, digits)
    for _ in range(digits.take(3) if session else 1 + digits.take(2)):
        field, value = digits.pick(_FIELDS)
        session[field] = value(pools, digits)
    return session


def first_session(pools: Pools, digits: Decisions, profile: str) -> Json:
    """A session's first data: a cart, a profile, and some of the rest."""
    session: Json = {"profileId": profile, "cartItems": edit_cart([], pools, digits)}
    for _ in range(digits.take(5)):
        field, value = digits.pick(_FIELDS)
        session.setdefault(field, value(pools, digits))
    return session


_CLEARED: tuple[tuple[str, Any], ...] = (
    ("couponCodes", []),
    ("referralCode", ""),
    ("identifiers", []),
    ("loyaltyCards", []),
    ("cartItems", []),
    ("profileId", ""),
)


def cleared_session(life: SessionTracker, digits: Decisions) -> Json:
    """Discards one field that holds something (MERGE-02, MERGE-03), or one that does not."""
    filled = [pair for pair in _CLEARED if pair[0] in life.filled]
    field, nothing = digits.pick(filled or _CLEARED)
    return {field: nothing}
