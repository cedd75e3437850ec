"""Decides which discounts and points a return of items takes back."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import localcontext

from .discounts import Discounts
from .money import EXACT, Number, decimal_of, json_number
from .sessions import Effect, Session

Unit = tuple[int, int]
"""A unit of a cart: the position of its item, and its number in the item, both from 0."""


class ReturnedDiscounts(Discounts):
    """Rolls back the discounts of returned units and their points (DISC-04, LOY-01).

    The last units of an item are returned first. Codes and the discounts of the whole session stay
    redeemed (COUP-U1).
    """

    def settle_return(self, stored: Session, result: Session) -> None:
        """Gives the session after a return its effects."""
        with localcontext(EXACT):
            units = frozenset(self.returned_now(stored, result))
            taken: list[Effect] = []
            valid: list[Effect] = []
            for effect in stored.valid_effects:
                rollback, rest = self.split(effect, units, stored)
                taken.extend(self.rollbacks((rollback,) if rollback is not None else ()))
                valid.extend((rest,) if rest is not None else ())
            result.effects = tuple(taken)
            result.valid_effects = tuple(valid)

    def returned_now(self, stored: Session, result: Session) -> Iterator[Unit]:
        """The units that are returned in ``result`` but not in ``stored``."""
        for position, returned in enumerate(result.returned_units):
            quantity: int = result.data["cartItems"][position]["quantity"]
            before = stored.returned_units[position]
            for unit in self.numbered_units(quantity, before, returned):
                yield position, unit

    def numbered_units(self, quantity: int, before: int, returned: int) -> Iterator[int]:
        """The numbers of the units of an item that a return takes: the last that remain."""
        # Without flattening an item goes back whole, and may have far too many units to list.
        if self.environment.flattens:
            yield from range(quantity - returned, quantity - before)
        elif returned > before:
            yield 0

    def split(
        self, effect: Effect, units: frozenset[Unit], stored: Session
    ) -> tuple[Effect | None, Effect | None]:
        """The part of a valid effect that a return of ``units`` takes back, and what is left."""
        kind, props = effect["effectType"], effect["props"]
        if kind == "setDiscountPerItem":
            unit = (props["position"], props.get("subPosition", 0))
            return (effect, None) if unit in units else (None, effect)
        if kind == "addLoyaltyPoints":
            return self.split_points(effect, self.returned_points(effect, units, stored))
        return None, effect

    def returned_points(self, effect: Effect, units: frozenset[Unit], stored: Session) -> Number:
        """The points that the price of ``units`` earned, at most those that are left."""
        index = effect["props"]["programId"] - 1
        price = sum((self.returned_price(position, stored) for position, _ in units), 0)
        earned = self.points_of(self.environment.loyalty[index], price)
        return min(earned, decimal_of(effect["props"]["value"]))

    def returned_price(self, position: int, stored: Session) -> Number:
        """The price of a returned unit; without flattening, of its whole item."""
        item = stored.data["cartItems"][position]
        return (
            decimal_of(item.get("price", 0)) if self.environment.flattens else self.line_total(item)
        )

    def split_points(self, effect: Effect, points: Number) -> tuple[Effect | None, Effect | None]:
        """Points in two parts of one transaction: those taken back, and those left."""
        if points <= 0:
            return None, effect
        left = decimal_of(effect["props"]["value"]) - points
        rest = self.with_value(effect, left) if left > 0 else None
        return self.with_value(effect, points), rest

    def with_value(self, effect: Effect, value: Number) -> Effect:
        """The same effect with another ``value``."""
        return {**effect, "props": {**effect["props"], "value": json_number(value)}}
