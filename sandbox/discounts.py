"""Computes what the declared campaigns bring: discounts and loyalty points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..contract import Coupon, DiscountBase, Loyalty
from .counters import Counters
from .money import Money, Number, decimal_of, json_number
from .sessions import Effect, Session

_PROGRAM = 1


class Discounts(Counters, Money):
    """Decides each amount, one overridable method each. Amounts are exact, never rounded."""

    # --- discounts of a session ------------------------------------------------------------

    def discount_effects(self, coupon: Coupon, session: Session) -> tuple[Effect, ...]:
        """The discounts that ``coupon`` brings to ``session``, each above 0 (DISC-01)."""
        if coupon.item_discount is not None:
            return tuple(self.item_discounts(coupon, session))
        value = self.session_discount(coupon, session)
        if value <= 0:
            return ()
        props = {"name": self.discount_name(coupon), "value": json_number(value)}
        return (self.effect("setDiscount", coupon, props),)

    def discount_name(self, coupon: Coupon) -> str:
        """The ``name`` of a discount, the same in its rollback (DISC-03)."""
        return f"discount of {coupon.code}"

    def session_discount(self, coupon: Coupon, session: Session) -> Number:
        """The discount of the session: a rate of the base, or an amount up to the total."""
        totals = self.computed_totals(session.data)
        if coupon.discount is not None:
            return self.rated(coupon.discount, self.discount_base(coupon, totals))
        if coupon.amount is not None:
            return min(decimal_of(coupon.amount), decimal_of(totals["total"]))
        return 0

    def discount_base(self, coupon: Coupon, totals: Mapping[str, int | float]) -> Number:
        """The total that a rate applies to."""
        return decimal_of(totals["total" if coupon.base is DiscountBase.TOTAL else "cartItemTotal"])

    def rated(self, rate: float, base: Number) -> Number:
        """A rate of an amount (DISC-01)."""
        return decimal_of(rate) * base

    # --- discounts of units ----------------------------------------------------------------

    def item_discounts(self, coupon: Coupon, session: Session) -> Iterator[Effect]:
        """A discount for each unit, or for each item where nothing flattens (EFF-07)."""
        for position, item in enumerate(session.data.get("cartItems", ())):
            value = self.unit_discount(coupon, item)
            if value > 0:
                for place in self.places(position, item["quantity"]):
                    props = {"name": self.discount_name(coupon), "value": json_number(value)}
                    yield self.effect("setDiscountPerItem", coupon, {**props, **place})

    def unit_discount(self, coupon: Coupon, item: Mapping[str, Any]) -> Number:
        """The discount of one unit: a rate of its price (DISC-01)."""
        return self.rated(coupon.item_discount or 0, decimal_of(item.get("price", 0)))

    def places(self, position: int, quantity: int) -> Iterator[dict[str, int]]:
        """Where the discounts of an item apply: at each of its units, both counted from 0."""
        if not self.environment.flattens:
            yield {"position": position}
            return
        for unit in range(quantity):
            yield {"position": position, "subPosition": unit}

    def discount_sum(self, effects: tuple[Effect, ...]) -> Number:
        """What discounts add up to, for budgets (BUDG-03)."""
        return sum((decimal_of(effect["props"]["value"]) for effect in effects), 0)

    # --- points ----------------------------------------------------------------------------

    def point_effects(self, session: Session) -> Iterator[Effect]:
        """The points of a session that is closed, where it has a profile (LOY-01)."""
        profile = session.data.get("profileId")
        for index, loyalty in enumerate(self.environment.loyalty) if profile else ():
            points = self.points(loyalty, session)
            if points > 0:
                yield self.effect("addLoyaltyPoints", loyalty, {
                    "name": loyalty.name or "points",
                    "programId": _PROGRAM + index,
                    "subLedgerId": "",
                    "value": json_number(points),
                    "recipientIntegrationId": profile,
                    "transactionUUID": _transaction(session, index),
                })  # fmt: skip

    def points(self, loyalty: Loyalty, session: Session) -> Number:
        """The points that the total of ``session`` earns (LOY-01)."""
        total = self.computed_totals(session.data)["total"]
        return self.points_of(loyalty, decimal_of(total))

    def points_of(self, loyalty: Loyalty, amount: Number) -> Number:
        """The points that an amount of money earns."""
        return decimal_of(loyalty.points) * amount


def _transaction(session: Session, index: int) -> str:
    return f"00000000-0000-4000-{index:04x}-{session.internal_id:08x}{session.update_count:04x}"
