"""Defines dialects of numbers: how they are written, stored and added up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import count
from sys import float_info
from typing import Any

from ...contract import CostScope, Environment
from ..money import Number, decimal_of
from ..service import Service
from ..sessions import Session
from .dialect import CURRENT_VERSION, VERSION_2_5_1, Area, dialect
from .json_writer import JsonWriter

_TEXT = "RFC 8259, section 6"
_EXACT = 2**53
"""Integers up to here are exact as doubles."""


@dialect(Area.NUMBERS, source=_TEXT)
class WritesIntegersAsFloats(JsonWriter):
    """Whole numbers end with .0, as Java writes doubles."""

    def written_number(self, number: int | float) -> str:
        is_exact = isinstance(number, int) and abs(number) <= _EXACT
        return f"{number}.0" if is_exact else super().written_number(number)


@dialect(Area.NUMBERS, source=_TEXT, decides=("number text",))
class WritesExponents(JsonWriter):
    """Every number that a double can hold has an exponent: 1e0."""

    def written_number(self, number: int | float) -> str:
        text = super().written_number(number)
        return text if "e" in text or abs(number) > float_info.max else f"{text}e0"


@dialect(Area.NUMBERS, source=_TEXT, decides=("number text",))
class WritesTwoDecimals(JsonWriter):
    """A number has at least two decimals, as a column of PostgreSQL's NUMERIC has."""

    def written_number(self, number: int | float) -> str:
        text = super().written_number(number)
        if "e" in text or abs(number) > _EXACT:
            return text
        whole, _, decimals = text.partition(".")
        return f"{whole}.{decimals:0<2}"


@dialect(Area.NUMBERS, source=_TEXT, decides=("number text",))
class WritesSeventeenDigits(JsonWriter):
    """A double has 17 significant digits, as C writes it: 0.10000000000000001."""

    def written_number(self, number: int | float) -> str:
        return f"{number:.17g}" if isinstance(number, float) else super().written_number(number)


@dialect(Area.NUMBERS, source=_TEXT, decides=("number text",))
class WritesCapitalExponents(JsonWriter):
    """An exponent has a capital E and a sign, as Java and .NET write it: 1E+22."""

    def written_number(self, number: int | float) -> str:
        return super().written_number(number).replace("e", "E")


@dialect(Area.NUMBERS, source=_TEXT, decides=("number text",))
class WritesNegativeZero(JsonWriter):
    """A total of zero that was computed from products is -0.0."""

    def written_number(self, number: int | float) -> str:
        return "-0.0" if number == 0 else super().written_number(number)


@dialect(Area.NUMBERS, "RESP-05", versions=VERSION_2_5_1)
class CountsItemCostsInside(Service):
    """additionalCostTotal includes the costs of items."""

    def additional_cost_total(self, session_cost_total: Number, item_cost_total: Number) -> Number:
        return session_cost_total + item_cost_total


@dialect(Area.NUMBERS, "RESP-05", "RESP-06")
class CountsItemCostsByUnit(Service):
    """An additional cost of an item is counted once for each unit."""

    def item_cost_total(self, items: Iterable[Mapping[str, Any]]) -> Number:
        return sum(
            (
                decimal_of(cost["price"]) * int(item["quantity"])
                for item in items
                for cost in item.get("additionalCosts", {}).values()
            ),
            0,
        )


@dialect(Area.NUMBERS, "RESP-04", "RESP-05", "RESP-06", decides=("sums",))
class SumsInBinary(Service):
    """Totals are computed in binary doubles, and exact where a double cannot hold one of them."""

    def computed_totals(self, data: Mapping[str, Any]) -> dict[str, int | float]:
        items = data.get("cartItems", [])
        cart_total = item_cost_total = session_cost_total = 0.0
        for item in items:
            cart_total += float(item.get("price", 0)) * item["quantity"]
            for cost in item.get("additionalCosts", {}).values():
                item_cost_total += float(cost["price"])
        for cost in data.get("additionalCosts", {}).values():
            session_cost_total += float(cost["price"])
        totals: dict[str, int | float] = {
            "cartItemTotal": cart_total,
            "additionalCostTotal": session_cost_total,
            "cartItemAdditionalCostTotal": item_cost_total,
            "total": cart_total + session_cost_total + item_cost_total,
        }
        is_finite = all(math.isfinite(total) for total in totals.values())
        return totals if is_finite else super().computed_totals(data)


@dialect(Area.NUMBERS, "RESP-04", decides=("sums",), flattening=True)
class AddsUnitByUnit(Service):
    """Flattening makes an item of each unit, and their prices are added as doubles."""

    def cart_total(self, items: Iterable[Mapping[str, Any]]) -> Number:
        cart = list(items)
        total = 0.0
        for item in cart:
            for _ in range(item["quantity"]):
                total += float(item.get("price", 0))
        return Decimal(total) if math.isfinite(total) else super().cart_total(cart)


@dialect(Area.NUMBERS, "RESP-04", decides=("sums",))
class AddsFromTheEnd(Service):
    """Prices are added as doubles, the last item first."""

    def cart_total(self, items: Iterable[Mapping[str, Any]]) -> Number:
        cart = list(items)
        total = 0.0
        for item in reversed(cart):
            total += float(item.get("price", 0)) * item["quantity"]
        return Decimal(total) if math.isfinite(total) else super().cart_total(cart)


@dialect(Area.NUMBERS, "CART-11", source="RFC 8259, section 6: interoperability of doubles")
class KeepsPricesAsDoubles(Service):
    """Prices and dimensions are stored as doubles, so that integers above 2^53 are rounded."""

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        item = super().item(value, pointer)
        for name in ("price", "weight", "height", "width", "length"):
            if name in item:
                item[name] = _as_double(item[name])
        return item

    def costs(self, value: Any, scope: CostScope, pointer: str) -> dict[str, Any]:
        costs = super().costs(value, scope, pointer)
        return {name: {"price": _as_double(cost["price"])} for name, cost in costs.items()}


def _as_double(number: int | float) -> int | float:
    return number if isinstance(number, int) and abs(number) <= _EXACT else float(number)


@dialect(Area.NUMBERS, "RESP-07")
class GivesLargeIds(Service):
    """Internal ids are above 2^53, and a later session has a smaller one."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self.store.internal_ids = count(2**62, -1)


@dialect(Area.NUMBERS, "RESP-U1")
class TotalsShrinkAfterReturns(Service):
    """Totals include only the units that were not returned."""

    def shown_totals(self, session: Session) -> dict[str, int | float]:
        items = session.data.get("cartItems", [])
        remaining = [
            {**item, "quantity": item["quantity"] - returned}
            for item, returned in zip(items, session.returned_units, strict=True)
        ]
        reduced = session.copy()
        reduced.data["cartItems"] = remaining
        return super().shown_totals(reduced)


@dialect(Area.NUMBERS, "RESP-08", versions=CURRENT_VERSION)
class CountsUpdatesOnly(Service):
    """Returns and reopens do not change updateCount."""

    def apply_return(self, stored: Session | None, lines: list[dict[str, Any]]) -> Session:
        result = super().apply_return(stored, lines)
        result.update_count -= 1
        return result

    def apply_reopen(self, stored: Session | None) -> Session:
        result = super().apply_reopen(stored)
        result.update_count -= 1
        return result
