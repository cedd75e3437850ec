"""Limits that are off by one, or counted in the wrong unit."""

from __future__ import annotations

from ..service import Service
from .fault import Difficulty, FaultClass, fault


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "CART-02")
class AcceptsOneItemTooMany(Service):
    """The limit on cart items is compared with > where >= was meant: 1001 pass."""

    def most_items(self) -> int:
        return super().most_items() + 1
