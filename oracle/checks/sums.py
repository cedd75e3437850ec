"""Decides whether a total of a response is the sum that it should be, in exact decimals.

**Tolerance.** Prices travel as decimal text, but targets may keep them as binary doubles, where
0.1 + 0.2 is not 0.3. Each of the n roundings of such a sum errs by at most half a unit in the last
place of the running sum, so a total may be off by ``(n + 8) * 2**-52 * sum(abs(terms))``, in
whatever order the terms are added. A target may add unit by unit, as flattening makes an item of
each unit, so n counts units and costs, not lines. Whatever is off by more, such as a sum rounded to
cents, is a deviation.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from functools import cached_property
from typing import Self, TypeAlias

Number: TypeAlias = int | float

_EXACT = Context(prec=400)
_EPSILON = 2.0**-52
_EXACT_EPSILON = Decimal(2) ** -52
_MOST_UNITS = 10_000
"""Units of a line that a target may add one by one: as many as a flattening target takes."""


@dataclass(frozen=True)
class Sum:
    """A sum that a total may be: prices, each with the units that have it."""

    added: tuple[tuple[Number, int], ...] = ()
    subtracted: tuple[tuple[Number, int], ...] = ()

    @classmethod
    def of(cls, terms: Iterable[tuple[Number, int]]) -> Self:
        """The sum of prices, each with the units that have it."""
        return cls(tuple(terms))

    def plus(self, other: Sum) -> Sum:
        """The sum of both; this one where the other has no terms, since it knows its value."""
        if not other.added and not other.subtracted:
            return self
        if not self.added and not self.subtracted:
            return other
        return Sum(self.added + other.added, self.subtracted + other.subtracted)

    def minus(self, other: Sum) -> Sum:
        """This sum without the other, which may be computed by adding and subtracting."""
        return Sum(self.added + other.subtracted, self.subtracted + other.added)

    @property
    def is_zero(self) -> bool:
        """Whether the sum is exactly 0."""
        if self.subtracted or any(price < 0 for price, _ in self.added):
            return self.value == 0
        return not any(price and units for price, units in self.added)

    @cached_property
    def value(self) -> Decimal:
        """The exact sum."""
        with localcontext(_EXACT):
            return _total(self.added) - _total(self.subtracted)

    @cached_property
    def tolerance(self) -> Decimal:
        """How far a sum of doubles may be off."""
        with localcontext(_EXACT):
            scale = sum(
                (abs(exact(price) * units) for price, units in self.added + self.subtracted),
                Decimal(0),
            )
            return self._roundings * _EXACT_EPSILON * scale

    @cached_property
    def in_doubles(self) -> tuple[float, float] | None:
        """The sum as doubles have it, off by 3.5 epsilons of its scale at most, and the scale: the
        sum of what the terms are without their signs. None where doubles do not reach."""
        try:
            added = [price * units for price, units in self.added]
            subtracted = [price * units for price, units in self.subtracted]
            value = math.fsum(added) - math.fsum(subtracted)
            scale = math.fsum(map(abs, added)) + math.fsum(map(abs, subtracted))
        except OverflowError:
            return None
        return (value, scale) if math.isfinite(value) and math.isfinite(scale) else None

    @property
    def is_positive(self) -> bool:
        """Whether the sum is above 0."""
        if self.in_doubles is not None:
            value, scale = self.in_doubles
            if not scale or abs(value) > 4 * _EPSILON * scale:
                return value > 0
        return self.value > 0

    def is_near(self, found: Number) -> bool:
        """Whether ``found`` is this sum but for the rounding of doubles."""
        estimate = self._estimate(found)
        if estimate is not None:
            return estimate
        with localcontext(_EXACT):
            return abs(exact(found) - self.value) <= self.tolerance

    @cached_property
    def _roundings(self) -> int:
        """The epsilons of the scale that a target may be off by; at least 8."""
        return 8 + sum(min(units, _MOST_UNITS) for _, units in self.added + self.subtracted)

    def _estimate(self, found: Number) -> bool | None:
        """What doubles alone show of `is_near`, which saves the decimals nearly always.

        A term computed in doubles errs by at most 3 halves of an epsilon, and each of the at most 4
        roundings after it by one half, all of the scale: 3.5 epsilons in all. So a difference of 4
        epsilons here is one of 7.5 at most, and one that is 4 beyond the limit is beyond it. None
        where the decimals have to decide.
        """
        if self.in_doubles is None:
            return None
        value, scale = self.in_doubles
        try:
            distance = abs(found - value)
        except OverflowError:  # beyond doubles
            return None
        if not math.isfinite(distance):
            return None
        if distance <= 4 * _EPSILON * scale:
            return True
        # One more for the roundings of this comparison itself.
        return False if distance > (self._roundings + 5) * _EPSILON * scale else None


def exact(number: Number) -> Decimal:
    """The decimal of the JSON text: both sides write the shortest form of a double."""
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(number)


def _total(terms: Iterable[tuple[Number, int]]) -> Decimal:
    return sum((exact(price) * units for price, units in terms), Decimal(0))
