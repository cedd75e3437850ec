"""Seeds faults of loyalty points: their sum, and what is rolled back of it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from ...contract import Loyalty
from ..money import Number, decimal_of
from ..service import Service
from ..sessions import Effect, Session
from .fault import Difficulty, FaultClass, fault

_ROLLBACK = "rollbackAddedLoyaltyPoints"


@fault(FaultClass.POINTS, Difficulty.MEDIUM, "LOY-01")
class GivesPointsForTheItemsOnly(Service):
    """The points of a session leave out its additional costs."""

    def points(self, loyalty: Loyalty, session: Session) -> Number:
        total = self.computed_totals(session.data)["cartItemTotal"]
        return self.points_of(loyalty, decimal_of(total))


@fault(FaultClass.POINTS, Difficulty.HARD, "LOY-01")
class GivesPointsWithoutTheDecimals(Service):
    """The points of a session are those of its total without the decimals."""

    def points(self, loyalty: Loyalty, session: Session) -> Number:
        total = self.computed_totals(session.data)["total"]
        return self.points_of(loyalty, int(total))


@fault(FaultClass.POINTS, Difficulty.MEDIUM, "LOY-01", operations=2)
class KeepsPointsOfCancelledSessions(Service):
    """Nothing rolls points back."""

    def rollback(self, effect: Effect) -> Effect | None:
        return None if effect["effectType"] == "addLoyaltyPoints" else super().rollback(effect)


@fault(FaultClass.POINTS, Difficulty.MEDIUM, "LOY-01", operations=2)
class RollsPointsBackTwice(Service):
    """The points of a session are rolled back twice."""

    def rollbacks(self, effects: Iterable[Effect]) -> tuple[Effect, ...]:
        rollbacks = super().rollbacks(effects)
        return (*rollbacks, *(e for e in rollbacks if e["effectType"] == _ROLLBACK))


@fault(FaultClass.POINTS, Difficulty.HARD, "LOY-01", operations=2)
class RollsPointsOfTheTotalBack(Service):
    """One point is rolled back for each unit of currency, whatever the campaign gave for it."""

    def rollback(self, effect: Effect) -> Effect | None:
        rollback = super().rollback(effect)
        if rollback is None or rollback["effectType"] != _ROLLBACK:
            return rollback
        loyalty = self.environment.loyalty[rollback["props"]["programId"] - 1]
        points = Decimal(decimal_of(rollback["props"]["value"]))
        return self.with_value(rollback, points / decimal_of(loyalty.points))


@fault(FaultClass.POINTS, Difficulty.HARD, "LOY-01", operations=3)
class RollsReturnedPointsBackAgain(Service):
    """A cancel after a return rolls back all points, those of the returned units too."""

    def split_points(self, effect: Effect, points: Number) -> tuple[Effect | None, Effect | None]:
        taken, _ = super().split_points(effect, points)
        return taken, effect


@fault(FaultClass.POINTS, Difficulty.HARD, "LOY-01", operations=2)
class RollsMoreBackThanWasGiven(Service):
    """A cancel, a reopen or a return rolls back ten times the points."""

    def rollback(self, effect: Effect) -> Effect | None:
        rollback = super().rollback(effect)
        if rollback is None or rollback["effectType"] != _ROLLBACK:
            return rollback
        return self.with_value(rollback, decimal_of(rollback["props"]["value"]) * 10)
