"""Seeds faults of discounts: of which amount they are, and who gets them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from msgspec import structs

from ...contract import EXAMPLE_ENVIRONMENT, Coupon, DiscountBase
from ..money import Number, decimal_of, rounded
from ..promotions import Outcome
from ..service import Service
from ..sessions import Effect, Session
from .fault import Difficulty, FaultClass, fault

_LARGE_CART = 100
_UNIT = Decimal(1)
_TENTH = Decimal("0.1")
_NUMBERED = tuple(
    structs.replace(coupon, campaign_id=number)
    for number, coupon in enumerate(EXAMPLE_ENVIRONMENT.coupons, 21)
)
"""Without a declared campaignId nobody knows whose a discount without a code is."""
_OF_THE_ITEMS = (
    Coupon(code="WELCOME", discount=0.1, base=DiscountBase.CART_ITEMS, campaign="welcome"),
    *EXAMPLE_ENVIRONMENT.coupons[1:],
)
_DISCOUNTS = ("setDiscount", "setDiscountPerItem")


# --- amounts -----------------------------------------------------------------------------------


@fault(FaultClass.DISCOUNTS, Difficulty.MEDIUM, "DISC-01")
class DiscountsTheItemsOnly(Service):
    """A rate of the total leaves out the additional costs."""

    def discount_base(self, coupon: Coupon, totals: Mapping[str, int | float]) -> Number:
        return super().discount_base(coupon, {**totals, "total": totals["cartItemTotal"]})


@fault(
    FaultClass.DISCOUNTS, Difficulty.MEDIUM, "DISC-01",
    coupons=_OF_THE_ITEMS,
)  # fmt: skip
class DiscountsTheCostsToo(Service):
    """A rate of the cart items counts the additional costs."""

    def discount_base(self, coupon: Coupon, totals: Mapping[str, int | float]) -> Number:
        return super().discount_base(coupon, {**totals, "cartItemTotal": totals["total"]})


@fault(FaultClass.DISCOUNTS, Difficulty.MEDIUM, "DISC-01")
class RoundsDiscountsToWholeUnits(Service):
    """A discount is rounded to whole units of the currency."""

    def rated(self, rate: float, base: Number) -> Number:
        return rounded(super().rated(rate, base), _UNIT, ROUND_HALF_UP)


@fault(FaultClass.DISCOUNTS, Difficulty.HARD, "DISC-01")
class CutsDiscountsToTenths(Service):
    """A discount is cut after its first decimal."""

    def rated(self, rate: float, base: Number) -> Number:
        return rounded(super().rated(rate, base), _TENTH, ROUND_DOWN)


@fault(FaultClass.DISCOUNTS, Difficulty.HARD, "DISC-01", operations=2)
class DiscountsTheCartBefore(Service):
    """The discount of a session is that of the cart before the update."""

    def evaluated_outcome(self, stored: Session | None, result: Session) -> Outcome:
        self._stored = stored
        return super().evaluated_outcome(stored, result)

    def session_discount(self, coupon: Coupon, session: Session) -> Number:
        return super().session_discount(coupon, self._stored or session)


@fault(FaultClass.DISCOUNTS, Difficulty.HARD, "DISC-01", "EFF-09", operations=2)
class AddsDiscountsUp(Service):
    """Each update of an open session adds its discount to that of the update before."""

    def evaluated_outcome(self, stored: Session | None, result: Session) -> Outcome:
        self._before = {
            effect["props"]["name"]: decimal_of(effect["props"]["value"])
            for effect in (stored.valid_effects if stored is not None else ())
            if effect["effectType"] == "setDiscount"
        }
        return super().evaluated_outcome(stored, result)

    def session_discount(self, coupon: Coupon, session: Session) -> Number:
        before = self._before.get(self.discount_name(coupon), 0)
        return super().session_discount(coupon, session) + before


@fault(FaultClass.DISCOUNTS, Difficulty.EASY, "DISC-01")
class GivesNegativeDiscounts(Service):
    """The value of a discount is negative, as what it adds to the total."""

    def discount_effects(self, coupon: Coupon, session: Session) -> tuple[Effect, ...]:
        effects = super().discount_effects(coupon, session)
        return tuple(self.with_value(e, -decimal_of(e["props"]["value"])) for e in effects)


@fault(FaultClass.DISCOUNTS, Difficulty.MEDIUM, "DISC-01")
class TakesAmountsForPercents(Service):
    """A coupon of an amount gives that many percent of the total."""

    def session_discount(self, coupon: Coupon, session: Session) -> Number:
        if coupon.amount is None:
            return super().session_discount(coupon, session)
        totals = self.computed_totals(session.data)
        return self.rated(coupon.amount / 100, self.discount_base(coupon, totals))


@fault(FaultClass.DISCOUNTS, Difficulty.MEDIUM, "DISC-01", flattening=True)
class DiscountsUnitsByTheWholeItem(Service):
    """The discount of one unit is a rate of the price of all units of its item."""

    def unit_discount(self, coupon: Coupon, item: Mapping[str, Any]) -> Number:
        quantity: int = item["quantity"]
        return super().unit_discount(coupon, item) * quantity


@fault(FaultClass.DISCOUNTS, Difficulty.MEDIUM, "DISC-01")
class DiscountsWithTheFirstPrice(Service):
    """Every unit of the cart is discounted by the price of the first item."""

    def discount_effects(self, coupon: Coupon, session: Session) -> tuple[Effect, ...]:
        effects = super().discount_effects(coupon, session)
        if coupon.item_discount is None:
            return effects
        return tuple(self.with_value(e, decimal_of(effects[0]["props"]["value"])) for e in effects)


@fault(FaultClass.DISCOUNTS, Difficulty.MEDIUM, "DISC-01", "COUP-01")
class AcceptsWithoutADiscount(Service):
    """A coupon beside another one is accepted, and its discount is left out."""

    def evaluated_outcome(self, stored: Session | None, result: Session) -> Outcome:
        outcome = super().evaluated_outcome(stored, result)
        campaigns = [e["campaignId"] for e in outcome.effects if e["effectType"] == "acceptCoupon"]
        effects = tuple(
            effect
            for effect in outcome.effects
            if effect["effectType"] not in _DISCOUNTS or effect["campaignId"] == campaigns[0]
        )
        return replace(outcome, effects=effects, valid=effects)


# --- causes ------------------------------------------------------------------------------------


@fault(FaultClass.DISCOUNTS, Difficulty.HARD, "DISC-02", coupons=_NUMBERED, operations=2)
class KeepsDiscountsOfRemovedCodes(Service):
    """An open session keeps the discount of a coupon that it no longer holds."""

    def evaluated_outcome(self, stored: Session | None, result: Session) -> Outcome:
        outcome = super().evaluated_outcome(stored, result)
        current = {effect["campaignId"] for effect in outcome.effects}
        kept = tuple(
            effect
            for effect in (stored.valid_effects if stored is not None else ())
            if effect["effectType"] == "setDiscount" and effect["campaignId"] not in current
        )
        effects = (*outcome.effects, *kept)
        return replace(outcome, effects=effects, valid=effects)


@fault(FaultClass.DISCOUNTS, Difficulty.MEDIUM, "DISC-02", coupons=_NUMBERED)
class DiscountsLargeCartsAnyway(Service):
    """A session of more than 100 without codes gets the discount of the first coupon."""

    def evaluated_outcome(self, stored: Session | None, result: Session) -> Outcome:
        outcome = super().evaluated_outcome(stored, result)
        total = self.computed_totals(result.data)["total"]
        if result.data.get("couponCodes") or total <= _LARGE_CART:
            return outcome
        discounts = self.discount_effects(self.environment.coupons[0], result)
        effects = (*outcome.effects, *discounts)
        return replace(outcome, effects=effects, valid=effects)


@fault(FaultClass.DISCOUNTS, Difficulty.HARD, "DISC-02", coupons=_NUMBERED, operations=2)
class SharesDiscountsByProfile(Service):
    """A discount of a profile's closed session is also given to its sessions without codes."""

    def evaluated_outcome(self, stored: Session | None, result: Session) -> Outcome:
        outcome = super().evaluated_outcome(stored, result)
        profile = result.data.get("profileId")
        if not profile or result.data.get("couponCodes"):
            return outcome
        shared = tuple(
            effect
            for other in self.store.sessions.values()
            if other.state == "closed" and other.data.get("profileId") == profile
            for effect in other.valid_effects
            if effect["effectType"] == "setDiscount"
        )
        effects = (*outcome.effects, *shared)
        return replace(outcome, effects=effects, valid=effects)
