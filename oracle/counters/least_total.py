"""The total of a session at least, as far as its rejected discounts need it."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import SessionModel, is_empty, is_number


def least_total(session: SessionModel) -> float:
    """The sum of the items of ``session``, less a cent for rounding; 0 where it may be less."""
    items = session.items
    costs = session.fields.get("additionalCosts")
    if session.lost or not isinstance(items, Iterable) or not _only_add(costs):
        return 0
    total = 0.0
    for item in items:
        price, quantity = item.get("price"), item.get("quantity")
        if not (
            is_number(price) and is_number(quantity) and _only_add(item.get("additionalCosts"))
        ):
            return 0
        if price < 0 or quantity < 1:
            return 0
        total += min(price, _ENORMOUS) * min(quantity, _ENORMOUS)
    return max(0.0, total - _CENT)


_CENT = 0.01
_ENORMOUS = 1e15
"""More than any amount, and in reach of doubles."""


def _only_add(costs: object) -> bool:
    """Whether no cost makes the total smaller."""
    if is_empty(costs):
        return True
    return isinstance(costs, dict) and all(
        isinstance(cost, dict) and is_number(price := cost.get("price")) and price >= 0
        for cost in costs.values()
    )
