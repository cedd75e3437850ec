"""Defines dialects of amounts: discounts, and how they are rounded and capped."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any

from ...contract import (
    EXAMPLE_ENVIRONMENT,
    Budget,
    BudgetCount,
    Coupon,
    Loyalty,
)
from ..money import Number, decimal_of, json_number, rounded
from ..promotions import Outcome
from ..service import Service
from ..sessions import Effect, Session
from ..values import MAX_NUMBER
from .dialect import Area, dialect
from .effects import OTHER_CAMPAIGN

_ROUNDING = ("rounding of discounts",)
_BEYOND = ("amounts above the total",)
_PARTIAL = ("values of discounts",)
_CENT = Decimal("0.01")
_MAX_BASE = 1e300
"""A larger total may not fit a double."""
_GIFTS: Mapping[str, Any] = {
    "coupons": (
        *EXAMPLE_ENVIRONMENT.coupons,
        Coupon(code="GIFT-{n}", first=1, last=99_999_999, amount=7, campaign="gift"),
    ),
    "budgets": (
        *EXAMPLE_ENVIRONMENT.budgets,
        Budget(campaign="gift", counts=BudgetCount.DISCOUNT, limit=30),
    ),
}
"""A coupon whose campaign may give 30 away: four times 7, and 2."""


def _in_cents(amount: Number, rounding: str) -> Number:
    return rounded(amount, _CENT, rounding)


@dialect(Area.DISCOUNTS, "DISC-01", decides=_ROUNDING)
class RoundsDiscounts(Service):
    """Discounts are rounded to cents, half a cent up."""

    def rated(self, rate: float, base: Number) -> Number:
        return _in_cents(super().rated(rate, base), ROUND_HALF_UP)


@dialect(Area.DISCOUNTS, "DISC-01", decides=_ROUNDING)
class RoundsDiscountsToEven(Service):
    """Discounts are rounded to cents, half a cent to the even one."""

    def rated(self, rate: float, base: Number) -> Number:
        return _in_cents(super().rated(rate, base), ROUND_HALF_EVEN)


@dialect(Area.DISCOUNTS, "DISC-01", source="binary doubles", decides=_ROUNDING)
class ComputesDiscountsInDoubles(Service):
    """Discounts are products of doubles, and exact where a double cannot hold them."""

    def rated(self, rate: float, base: Number) -> Number:
        product = rate * float(base) if -MAX_NUMBER <= base <= MAX_NUMBER else math.inf
        return decimal_of(product) if math.isfinite(product) else super().rated(rate, base)


@dialect(Area.DISCOUNTS, "LOY-01", source="amounts are exact or rounded to cents")
class RoundsPoints(Service):
    """Points are rounded to hundredths."""

    def points_of(self, loyalty: Loyalty, amount: Number) -> Number:
        return _in_cents(super().points_of(loyalty, amount), ROUND_HALF_UP)


@dialect(Area.DISCOUNTS, "DISC-01", source="an amount above the total is silent", decides=_BEYOND)
class GivesAmountsAboveTheTotal(Service):
    """A discount of an amount is given in full, whatever the total."""

    def session_discount(self, coupon: Coupon, session: Session) -> Number:
        value = super().session_discount(coupon, session)
        return value if coupon.amount is None else decimal_of(coupon.amount)


@dialect(Area.DISCOUNTS, "DISC-01", source="an amount above the total is silent", decides=_BEYOND)
class GivesNoAmountAboveTheTotal(Service):
    """A discount of an amount that is above the total is not given; the coupon is accepted."""

    def session_discount(self, coupon: Coupon, session: Session) -> Number:
        value = super().session_discount(coupon, session)
        return 0 if coupon.amount is not None and value < coupon.amount else value


@dialect(
    Area.DISCOUNTS,
    "DISC-01",
    source="the discount of a total of 0 or less is silent",
    decides=_PARTIAL,
)
class ShowsDiscountsOfZero(Service):
    """A rate of a total of 0 or less is a discount as well, of 0 or less."""

    def discount_effects(self, coupon: Coupon, session: Session) -> tuple[Effect, ...]:
        effects = super().discount_effects(coupon, session)
        if effects or coupon.discount is None:
            return effects
        value = json_number(self.session_discount(coupon, session))
        props = {"name": self.discount_name(coupon), "value": value}
        return (self.effect("setDiscount", coupon, props),)


@dialect(Area.DISCOUNTS, "DISC-01", source="a campaign may give other discounts", decides=_PARTIAL)
class AddsDiscountsBeside(Service):
    """The campaign of a coupon with a discount of the session gives another cent."""

    def discount_effects(self, coupon: Coupon, session: Session) -> tuple[Effect, ...]:
        effects = super().discount_effects(coupon, session)
        if not effects or coupon.item_discount is not None:
            return effects
        props = {"name": "for luck", "value": 0.01}
        return (self.effect("setDiscount", coupon, props), *effects)


@dialect(Area.DISCOUNTS, "DISC-02", source="SetDiscountEffectProps; campaigns nobody declares")
class HasDiscountsOfOtherCampaigns(Service):
    """A session with an accepted coupon gets another tenth of its total from another campaign."""

    def evaluated_outcome(self, stored: Session | None, result: Session) -> Outcome:
        outcome = super().evaluated_outcome(stored, result)
        if not any(effect["effectType"] == "acceptCoupon" for effect in outcome.effects):
            return outcome
        total = self.computed_totals(result.data)["total"]
        props = {"name": "tenth", "value": min(max(total, 0), _MAX_BASE) * 0.1}
        discount = {**OTHER_CAMPAIGN, "effectType": "setDiscount", "props": props}
        effects = (*outcome.effects, discount)
        return replace(outcome, effects=effects, valid=effects)


@dialect(Area.DISCOUNTS, "BUDG-03", source="the alternative to a partial discount", **_GIFTS)
class ReachesBudgets(Service):
    """A campaign may give little away, and rejects a coupon whose discount would be more."""


@dialect(
    Area.DISCOUNTS,
    "BUDG-03",
    source="desiredValue of SetDiscountEffectProps",
    decides=_PARTIAL,
    **_GIFTS,
)
class GivesPartialDiscounts(Service):
    """Where a campaign has less left to give than a coupon brings, it gives what it has left."""

    def discount_effects(self, coupon: Coupon, session: Session) -> tuple[Effect, ...]:
        effects = super().discount_effects(coupon, session)
        room = self._room(coupon, session)
        if not effects or coupon.amount is None or room is None or room <= 0:
            return effects
        (discount,) = effects
        wanted = discount["props"]["value"]
        if decimal_of(wanted) <= room:
            return effects
        props = {**discount["props"], "value": json_number(room), "desiredValue": wanted}
        return ({**discount, "props": props},)

    def _room(self, coupon: Coupon, session: Session) -> Number | None:
        """What budgets have left for the discounts of ``session``; None: nothing limits them."""
        uses = [
            use
            for index, budget in enumerate(self.environment.budgets)
            if budget.campaign == coupon.campaign and budget.counts is BudgetCount.DISCOUNT
            for use in self.budget_uses(index, budget, session, 0)
        ]
        counts = self.store.counts
        left = [decimal_of(use.limit) - counts.get(use.counter, 0) for use in uses]
        return min(left, default=None)
