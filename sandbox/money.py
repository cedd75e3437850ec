"""The sums of a session, computed exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Context, Decimal, localcontext
from typing import Any

_EXACT = Context(prec=200)

Number = int | Decimal


def exact(number: int | float) -> Number:
    """The decimal number that stands in the JSON text."""
    return Decimal(repr(number)) if isinstance(number, float) else number


def as_json(number: Number) -> int | float:
    """``number`` as an answer writes it."""
    if isinstance(number, int):
        return number
    return int(number) if number == number.to_integral_value() else float(number)


class Money:
    """One overridable method a sum."""

    def sums(self, data: Mapping[str, Any]) -> dict[str, int | float]:
        """The totals of a session by wire name."""
        items = data.get("cartItems", [])
        costs = data.get("additionalCosts", {})
        with localcontext(_EXACT):
            goods = self.goods(items)
            own = self.session_costs(costs)
            of_items = self.item_costs(items)
            return {
                "cartItemTotal": as_json(goods),
                "additionalCostTotal": as_json(self.additional_costs(own, of_items)),
                "cartItemAdditionalCostTotal": as_json(of_items),
                "total": as_json(self.grand_total(goods, own, of_items)),
            }

    def goods(self, items: Iterable[Mapping[str, Any]]) -> Number:
        return sum((self.line(item) for item in items), 0)

    def line(self, item: Mapping[str, Any]) -> Number:
        """The price of one line."""
        quantity: int = item["quantity"]
        return exact(item.get("price", 0)) * quantity

    def session_costs(self, costs: Mapping[str, Any]) -> Number:
        return sum((exact(cost["price"]) for cost in costs.values()), 0)

    def item_costs(self, items: Iterable[Mapping[str, Any]]) -> Number:
        return sum((self.session_costs(item.get("additionalCosts", {})) for item in items), 0)

    def additional_costs(self, own: Number, of_items: Number) -> Number:  # noqa: ARG002
        """``additionalCostTotal``: costs of items stay outside."""
        return own

    def grand_total(self, goods: Number, own: Number, of_items: Number) -> Number:
        return goods + own + of_items
