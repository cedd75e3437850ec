"""Seeds faults of totals: wrong sums, wrong rounding, wrong number types."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import islice
from typing import Any

from ...contract import ContractVersion, Environment
from ..money import Number, json_number, rounded
from ..service import Service
from ..sessions import Session
from .fault import Difficulty, FaultClass, fault

_CURRENT_VERSION = (ContractVersion.CURRENT,)
_CENT = Decimal("0.01")
_MAX_FLOAT_32 = 1e38


@fault(FaultClass.TOTALS, Difficulty.HARD, "RESP-04", "RESP-06", operations=2)
class NeverOwesMoney(Service):
    """The running sum over cart items never falls below zero."""

    def cart_total(self, items: Iterable[Mapping[str, Any]]) -> Number:
        running_sum: Number = 0
        for item in items:
            running_sum = max(0, running_sum + self.line_total(item))
        return running_sum


@fault(FaultClass.TOTALS, Difficulty.EASY, "RESP-04", "RESP-06")
class IgnoresQuantities(Service):
    """cartItemTotal is the sum of prices, without quantities."""

    def line_total(self, item: Mapping[str, Any]) -> Number:
        return super().line_total({**item, "quantity": 1})


@fault(FaultClass.TOTALS, Difficulty.EASY, "RESP-06")
class LeavesCostsOutOfTheTotal(Service):
    """The total does not include additional costs."""

    def grand_total(
        self,
        cart_total: Number,
        session_cost_total: Number,  # noqa: ARG002 - the fault
        item_cost_total: Number,  # noqa: ARG002 - the fault
    ) -> Number:
        return cart_total


@fault(FaultClass.TOTALS, Difficulty.MEDIUM, "RESP-06")
class LeavesItemCostsOutOfTheTotal(Service):
    """The total does not include the costs of items."""

    def grand_total(
        self,
        cart_total: Number,
        session_cost_total: Number,
        item_cost_total: Number,  # noqa: ARG002 - the fault
    ) -> Number:
        return cart_total + session_cost_total


@fault(FaultClass.TOTALS, Difficulty.MEDIUM, "RESP-06")
class CountsItemCostsTwice(Service):
    """The total includes the costs of items twice."""

    def grand_total(
        self, cart_total: Number, session_cost_total: Number, item_cost_total: Number
    ) -> Number:
        return (
            super().grand_total(cart_total, session_cost_total, item_cost_total) + item_cost_total
        )


@fault(FaultClass.TOTALS, Difficulty.MEDIUM, "RESP-05", "RESP-06")
class CountsTheFirstCostOnly(Service):
    """additionalCostTotal includes only the first cost."""

    def session_cost_total(self, costs: Mapping[str, Any]) -> Number:
        return super().session_cost_total(dict(islice(costs.items(), 1)))


@fault(FaultClass.TOTALS, Difficulty.HARD, "RESP-04", "RESP-06")
class SumsTheFirst500Lines(Service):
    """cartItemTotal includes only the first 500 items, one page of a query."""

    def cart_total(self, items: Iterable[Mapping[str, Any]]) -> Number:
        return super().cart_total(islice(items, 500))


@fault(FaultClass.TOTALS, Difficulty.MEDIUM, "RESP-04", "RESP-06")
class RoundsLinesToCents(Service):
    """The price of each item times its quantity is rounded to cents before it is added."""

    def line_total(self, item: Mapping[str, Any]) -> Number:
        return rounded(super().line_total(item), _CENT, ROUND_HALF_EVEN)


@fault(FaultClass.TOTALS, Difficulty.HARD, "RESP-04", "RESP-06")
class AddsInFloat32(Service):
    """cartItemTotal is computed in single precision."""

    def cart_total(self, items: Iterable[Mapping[str, Any]]) -> Number:
        total = super().cart_total(items)
        if not -_MAX_FLOAT_32 < total < _MAX_FLOAT_32:
            return 0
        return Decimal(struct.unpack("f", struct.pack("f", float(total)))[0])


@fault(FaultClass.TOTALS, Difficulty.EASY, "RESP-04", "RESP-06")
class CutsTheCartTotal(Service):
    """cartItemTotal is shown without decimals."""

    def shown_totals(self, session: Session) -> dict[str, int | float]:
        totals = super().shown_totals(session)
        return {**totals, "cartItemTotal": int(totals["cartItemTotal"])}


@fault(FaultClass.TOTALS, Difficulty.MEDIUM, "RESP-04", "RESP-06", "RESP-05", operations=2)
class KeepsTotalsOfTheFirstCart(Service):
    """Totals are computed when a session is created, and never again."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._first_totals: dict[int, dict[str, int | float]] = {}

    def shown_totals(self, session: Session) -> dict[str, int | float]:
        return self._first_totals.setdefault(session.internal_id, super().shown_totals(session))


@fault(FaultClass.TOTALS, Difficulty.HARD, "RESP-04", "RESP-06")
class OverflowsAtTheThirtySecondBit(Service):
    """cartItemTotal is a 32-bit integer of cents, which overflows."""

    def cart_total(self, items: Iterable[Mapping[str, Any]]) -> Number:
        total = Decimal(super().cart_total(items))
        return total if abs(total * 100) < 2**31 else total - Decimal(2**32) / 100


@fault(FaultClass.TOTALS, Difficulty.HARD, "RESP-04", "RESP-06")
class CountsEqualLinesOnce(Service):
    """cartItemTotal is the sum over a set: equal items count once."""

    def cart_total(self, items: Iterable[Mapping[str, Any]]) -> Number:
        lines = {(item["sku"], item.get("price"), item["quantity"]): item for item in items}
        return super().cart_total(lines.values())


@fault(FaultClass.TOTALS, Difficulty.MEDIUM, "RESP-09", "RESP-05", versions=_CURRENT_VERSION)
class AddsItemCostsToThoseOfTheSession(Service):
    """additionalCostTotal includes the costs of items, as it did in older releases."""

    def additional_cost_total(self, session_cost_total: Number, item_cost_total: Number) -> Number:
        return session_cost_total + item_cost_total


class _WrongItemCosts(Service):
    """cartItemAdditionalCostTotal is wrong; the total is right."""

    def shown_item_costs(self, session: Session) -> int | float:
        """The cartItemAdditionalCostTotal that an answer shows."""
        raise NotImplementedError(f"{type(self).__name__} must define shown_item_costs()")

    def shown_totals(self, session: Session) -> dict[str, int | float]:
        totals = super().shown_totals(session)
        return {**totals, "cartItemAdditionalCostTotal": self.shown_item_costs(session)}


@fault(FaultClass.TOTALS, Difficulty.MEDIUM, "RESP-09", versions=_CURRENT_VERSION)
class ShowsNoItemCosts(_WrongItemCosts):
    """cartItemAdditionalCostTotal is 0 always."""

    def shown_item_costs(self, session: Session) -> int | float:  # noqa: ARG002 - the fault
        return 0


@fault(FaultClass.TOTALS, Difficulty.HARD, "RESP-09", versions=_CURRENT_VERSION)
class ShowsItemCostsOfTheFirstLine(_WrongItemCosts):
    """cartItemAdditionalCostTotal includes the costs of the first item only."""

    def shown_item_costs(self, session: Session) -> int | float:
        items = session.data.get("cartItems", [])[:1]
        return json_number(self.item_cost_total(items))


@fault(FaultClass.TOTALS, Difficulty.MEDIUM, "RESP-09", versions=_CURRENT_VERSION)
class ShowsAllCostsAsItemCosts(_WrongItemCosts):
    """cartItemAdditionalCostTotal includes the costs of the session."""

    def shown_item_costs(self, session: Session) -> int | float:
        items = session.data.get("cartItems", [])
        of_session = self.session_cost_total(session.data.get("additionalCosts", {}))
        return json_number(of_session + self.item_cost_total(items))
