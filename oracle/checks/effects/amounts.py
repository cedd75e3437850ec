"""Decides whether the value of an effect is the amount that it should be.

A target may compute with exact decimals or with doubles, and may round to cents, in whichever way;
no text says which.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal

from ..sums import Sum, exact

_CENT = Decimal("0.01")
_ONE = Decimal(1)
_MOST_IN_DOUBLES = 1e6
_HALF_A_CENT, _HALF = 0.0051, 0.51
"""What rounding to the nearest may change, and a little more."""
_ROUNDED = 0.5e-9
_NOISE = Decimal("1e-9")
"""Of the amount: the rounding of a product of doubles."""


def is_surely_rate(value: float, rate: float, bases: Iterable[Sum], *, whole: bool = False) -> bool:
    """Whether doubles alone show that ``value`` is a rate of one of ``bases`` as `Amounts.hold` has
    it, which saves the decimals nearly always.

    Each bound is at most half of what `Amounts` allows. Doubles err by far less than the other half
    where the terms of a base do not nearly cancel out.
    """
    for base in bases:
        if base.in_doubles is None or abs(value) > _MOST_IN_DOUBLES:
            continue
        total, scale = base.in_doubles
        reading = rate * total
        if abs(reading) > _MOST_IN_DOUBLES or rate * scale * 1e-4 > abs(reading):
            continue
        distance = abs(value - reading)
        if distance <= 0.5e-9 * abs(reading):
            return True
        if distance < _HALF_A_CENT and abs(value * 100 - round(value * 100)) <= _ROUNDED * 100:
            return True
        if whole and distance < _HALF and abs(value - round(value)) <= _ROUNDED:
            return True
    return False


class Amounts:
    """The amounts that a value may be.

    Args:
        readings: the exact amounts, one of which is right.
        tolerance: how far doubles may be off from these.
    """

    def __init__(self, readings: Iterable[Decimal], tolerance: Decimal = Decimal(0)) -> None:
        self.readings = tuple(dict.fromkeys(readings))
        self._tolerance = tolerance

    @classmethod
    def of_rate(cls, rate: float, bases: Iterable[Sum], *, parts: int = 1) -> Amounts:
        """A rate of one of ``bases``, or of each of its ``parts`` equal parts."""
        known = tuple(bases)
        factor = exact(rate)
        tolerance = max((base.tolerance for base in known), default=Decimal(0))
        return cls((factor * base.value / parts for base in known), factor * tolerance)

    def hold(self, value: float, *, whole: bool = False, terms: int = 1) -> bool:
        """Whether ``value`` is one of the amounts, exactly or rounded to cents.

        Args:
            value: what an effect shows, or the sum of what several show.
            whole: whether it may be rounded to a whole number too.
            terms: how many effects the value is the sum of: each may be rounded by itself.
        """
        found = exact(value)
        return any(
            abs(found - reading) <= self._noise(reading)
            or (_is_rounded(found, _CENT) and abs(found - reading) < terms * _CENT)
            or (whole and _is_rounded(found, _ONE) and abs(found - reading) < terms * _ONE)
            for reading in self.readings
        )

    @property
    def may_be_nothing(self) -> bool:
        """Whether an amount is less than a cent: rounded it is 0, and 0 needs no effect."""
        return self.hold(0.0)

    @property
    def texts(self) -> tuple[str, ...]:
        """The exact amounts as claims hold them."""
        return tuple(str(reading) for reading in self.readings)

    def _noise(self, reading: Decimal) -> Decimal:
        return self._tolerance + _NOISE * abs(reading)


def _is_rounded(value: Decimal, unit: Decimal) -> bool:
    """Whether a value is a multiple of ``unit``, as far as a double shows it."""
    if abs(value) > 10**15:
        return True
    nearest = value.quantize(unit, rounding=ROUND_HALF_EVEN)
    return abs(value - nearest) <= _NOISE * max(_ONE, abs(value))
