"""Sums that are wrong."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import islice
from typing import Any

from ...contract import Environment
from ..money import Number
from ..service import Service
from ..sessions import Session
from .fault import Difficulty, FaultClass, fault


@fault(FaultClass.TOTALS, Difficulty.HARD, "RESP-04", "RESP-06", operations=2)
class NeverOwesMoney(Service):
    """The running total is kept from falling below zero, item by item."""

    def cart_total(self, items: Iterable[Mapping[str, Any]]) -> Number:
        running: Number = 0
        for item in items:
            running = max(0, running + self.line_total(item))
        return running


@fault(FaultClass.TOTALS, Difficulty.EASY, "RESP-04", "RESP-06")
class IgnoresQuantities(Service):
    """The cart's total is the sum of prices."""

    def line_total(self, item: Mapping[str, Any]) -> Number:
        return super().line_total({**item, "quantity": 1})


@fault(FaultClass.TOTALS, Difficulty.EASY, "RESP-06")
class LeavesCostsOutOfTheTotal(Service):
    """The total is the cart's total."""

    def grand_total(
        self,
        cart_total: Number,
        session_cost_total: Number,  # noqa: ARG002 - the fault
        item_cost_total: Number,  # noqa: ARG002 - the fault
    ) -> Number:
        return cart_total


@fault(FaultClass.TOTALS, Difficulty.MEDIUM, "RESP-06")
class LeavesItemCostsOutOfTheTotal(Service):
    """The total leaves the costs of items out."""

    def grand_total(
        self,
        cart_total: Number,
        session_cost_total: Number,
        item_cost_total: Number,  # noqa: ARG002 - the fault
    ) -> Number:
        return cart_total + session_cost_total


@fault(FaultClass.TOTALS, Difficulty.MEDIUM, "RESP-06")
class CountsItemCostsTwice(Service):
    """The total counts the costs of items twice."""

    def grand_total(
        self, cart_total: Number, session_cost_total: Number, item_cost_total: Number
    ) -> Number:
        return (
            super().grand_total(cart_total, session_cost_total, item_cost_total) + item_cost_total
        )


@fault(FaultClass.TOTALS, Difficulty.MEDIUM, "RESP-05", "RESP-06")
class CountsTheFirstCostOnly(Service):
    """additionalCostTotal counts one cost of the session."""

    def session_cost_total(self, costs: Mapping[str, Any]) -> Number:
        return super().session_cost_total(dict(islice(costs.items(), 1)))


@fault(FaultClass.TOTALS, Difficulty.HARD, "RESP-04", "RESP-06")
class SumsTheFirst500Lines(Service):
    """The cart's total counts the first page of 500 lines."""

    def cart_total(self, items: Iterable[Mapping[str, Any]]) -> Number:
        return super().cart_total(islice(items, 500))


@fault(FaultClass.TOTALS, Difficulty.MEDIUM, "RESP-04", "RESP-06")
class RoundsLinesToCents(Service):
    """Each line is rounded to cents before it is added."""

    def line_total(self, item: Mapping[str, Any]) -> Number:
        return round(Decimal(super().line_total(item)), 2)


@fault(FaultClass.TOTALS, Difficulty.HARD, "RESP-04", "RESP-06")
class AddsInFloat32(Service):
    """The cart's total is added up in single precision."""

    def cart_total(self, items: Iterable[Mapping[str, Any]]) -> Number:
        exact = float(super().cart_total(items))
        return Decimal(struct.unpack("f", struct.pack("f", exact))[0]) if exact < 1e38 else 0


@fault(FaultClass.TOTALS, Difficulty.EASY, "RESP-04", "RESP-06")
class CutsTheCartTotal(Service):
    """cartItemTotal is a whole number."""

    def shown_totals(self, session: Session) -> dict[str, int | float]:
        totals = super().shown_totals(session)
        return {**totals, "cartItemTotal": int(totals["cartItemTotal"])}


@fault(FaultClass.TOTALS, Difficulty.MEDIUM, "RESP-04", "RESP-06", "RESP-05", operations=2)
class KeepsTotalsOfTheFirstCart(Service):
    """Totals are computed when a session is created, and kept."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._kept: dict[int, dict[str, int | float]] = {}

    def shown_totals(self, session: Session) -> dict[str, int | float]:
        return self._kept.setdefault(session.internal_id, super().shown_totals(session))


@fault(FaultClass.TOTALS, Difficulty.HARD, "RESP-04", "RESP-06")
class OverflowsAtTheThirtySecondBit(Service):
    """Totals are kept in cents as 32-bit integers and wrap around."""

    def cart_total(self, items: Iterable[Mapping[str, Any]]) -> Number:
        exact = Decimal(super().cart_total(items))
        return exact if abs(exact * 100) < 2**31 else exact - Decimal(2**32) / 100


@fault(FaultClass.TOTALS, Difficulty.HARD, "RESP-04", "RESP-06")
class CountsEqualLinesOnce(Service):
    """The cart's total is the sum over a set: equal lines count once."""

    def cart_total(self, items: Iterable[Mapping[str, Any]]) -> Number:
        lines = {(item["sku"], item.get("price"), item["quantity"]): item for item in items}
        return super().cart_total(lines.values())
