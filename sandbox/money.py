"""Computes the totals of a session in decimal arithmetic, without rounding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Context, Decimal, localcontext
from typing import Any

EXACT = Context(prec=200)
"""The arithmetic of money: enough digits that sums and products of prices are not rounded."""

Number = int | Decimal


def decimal_of(number: int | float) -> Number:
    """``number`` as it is written in the JSON text; an integer is returned as it is."""
    return Decimal(repr(number)) if isinstance(number, float) else number


def json_number(number: Number) -> int | float:
    """``number`` as an answer shows it: an integer where it is whole."""
    if isinstance(number, int):
        return number
    return int(number) if number == number.to_integral_value() else float(number)


_DIGITS = 1000
"""More than the greatest amount has: a price times a quantity has at most 617 before its point."""


def rounded(amount: Number, step: Decimal, rounding: str) -> Number:
    """``amount`` as a multiple of ``step``, a power of ten; ``rounding``: as `decimal` names it."""
    with localcontext(prec=_DIGITS):
        return Decimal(amount).quantize(step, rounding)


class Money:
    """Decides each total, one overridable method each. Amounts have no currency or unit."""

    def computed_totals(self, data: Mapping[str, Any]) -> dict[str, int | float]:
        """The totals of the session that holds ``data``, by wire name (RESP-04 to RESP-06)."""
        items = data.get("cartItems", [])
        costs = data.get("additionalCosts", {})
        with localcontext(EXACT):
            cart = self.cart_total(items)
            of_session = self.session_cost_total(costs)
            of_items = self.item_cost_total(items)
            return {
                "cartItemTotal": json_number(cart),
                "additionalCostTotal": json_number(
                    self.additional_cost_total(of_session, of_items)
                ),
                "cartItemAdditionalCostTotal": json_number(of_items),
                "total": json_number(self.grand_total(cart, of_session, of_items)),
            }

    def cart_total(self, items: Iterable[Mapping[str, Any]]) -> Number:
        """Adds up all cart items (RESP-04)."""
        return sum((self.line_total(item) for item in items), 0)

    def line_total(self, item: Mapping[str, Any]) -> Number:
        """Multiplies the price of a cart item by its quantity; without a price it is free."""
        quantity: int = item["quantity"]
        return decimal_of(item.get("price", 0)) * quantity

    def session_cost_total(self, costs: Mapping[str, Any]) -> Number:
        """Adds up the prices of ``costs``, the additional costs of a session or of an item."""
        return sum((decimal_of(cost["price"]) for cost in costs.values()), 0)

    def item_cost_total(self, items: Iterable[Mapping[str, Any]]) -> Number:
        """Adds up the additional costs of items, once an item whatever its quantity."""
        return sum((self.session_cost_total(item.get("additionalCosts", {})) for item in items), 0)

    def additional_cost_total(
        self,
        session_cost_total: Number,
        item_cost_total: Number,  # noqa: ARG002 - dialects need it
    ) -> Number:
        """Leaves the costs of items out of ``additionalCostTotal`` (RESP-05)."""
        return session_cost_total

    def grand_total(
        self, cart_total: Number, session_cost_total: Number, item_cost_total: Number
    ) -> Number:
        """Adds up ``total``: cart, costs of the session and costs of items (RESP-06)."""
        return cart_total + session_cost_total + item_cost_total
