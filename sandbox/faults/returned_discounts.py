"""Seeds faults of discounts that are rolled back: by cancel, reopen and return."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from ...contract import Environment
from ..promotions import Outcome
from ..returned_discounts import Unit
from ..service import Service
from ..sessions import Effect, Session
from .fault import Difficulty, FaultClass, fault
from .redemptions import without


@fault(FaultClass.DISCOUNTS, Difficulty.MEDIUM, "DISC-03", operations=2)
class KeepsDiscountsOfCancelledSessions(Service):
    """A cancel or reopen rolls no discount back."""

    def rollback_outcome(self, result: Session) -> Outcome:
        return without(super().rollback_outcome(result), "rollbackDiscount")


@fault(FaultClass.DISCOUNTS, Difficulty.HARD, "DISC-03", operations=2)
class RollsWholeUnitsBack(Service):
    """A cancel or reopen rolls discounts back in whole units of the currency."""

    def rollback_outcome(self, result: Session) -> Outcome:
        outcome = super().rollback_outcome(result)
        return replace(outcome, effects=tuple(self._cut(e) for e in outcome.effects))

    def _cut(self, effect: Effect) -> Effect:
        if effect["effectType"] != "rollbackDiscount":
            return effect
        props = effect["props"]
        return {**effect, "props": {**props, "value": int(props["value"])}}


@fault(FaultClass.DISCOUNTS, Difficulty.HARD, "DISC-03", operations=2)
class RollsTheFirstDiscountBackOnly(Service):
    """Of several discounts of a session, a cancel or reopen rolls the first back only."""

    def rollback_outcome(self, result: Session) -> Outcome:
        outcome = super().rollback_outcome(result)
        discounts = [e for e in outcome.effects if e["effectType"] == "rollbackDiscount"]
        effects = tuple(e for e in outcome.effects if e not in discounts[1:])
        return replace(outcome, effects=effects)


@fault(FaultClass.DISCOUNTS, Difficulty.HARD, "DISC-03", operations=2)
class RollsDiscountsBackUnderOtherNames(Service):
    """The discount that is rolled back has another name than the one that was given."""

    def discount_back(self, props: dict[str, Any]) -> dict[str, Any]:
        return {**super().discount_back(props), "name": f"rollback of {props['name']}"}


@fault(FaultClass.DISCOUNTS, Difficulty.HARD, "DISC-03", operations=3, flattening=True)
class RollsReturnedDiscountsBackAgain(Service):
    """A cancel after a return also rolls back the discounts of the returned units."""

    def settle_return(self, stored: Session, result: Session) -> None:
        super().settle_return(stored, result)
        result.valid_effects = stored.valid_effects


@fault(FaultClass.DISCOUNTS, Difficulty.HARD, "DISC-03", operations=3)
class ForgetsDiscountsOfReturnedSessions(Service):
    """Cancelling a partially returned session rolls no discount of a unit back."""

    def settle_return(self, stored: Session, result: Session) -> None:
        super().settle_return(stored, result)
        result.valid_effects = tuple(
            e for e in result.valid_effects if e["effectType"] != "setDiscountPerItem"
        )


@fault(FaultClass.DISCOUNTS, Difficulty.HARD, "DISC-04", operations=2, flattening=True)
class RollsDiscountsOfKeptUnitsBack(Service):
    """Returning one unit rolls back the discounts of all units of its item."""

    def numbered_units(self, quantity: int, before: int, returned: int) -> Iterator[int]:
        return iter(range(quantity) if returned > before else ())


@fault(FaultClass.DISCOUNTS, Difficulty.HARD, "DISC-04", operations=2)
class RollsDiscountsOfTheWholeCartBack(Service):
    """Returning an item rolls back the discounts of all items."""

    def split(
        self, effect: Effect, units: frozenset[Unit], stored: Session
    ) -> tuple[Effect | None, Effect | None]:
        if effect["effectType"] == "setDiscountPerItem":
            return effect, None
        return super().split(effect, units, stored)


@fault(FaultClass.DISCOUNTS, Difficulty.HARD, "DISC-04", operations=3)
class RollsEarlierReturnsBackAgain(Service):
    """A return also rolls back the discounts of units that were returned before."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._taken: dict[int, tuple[Effect, ...]] = {}

    def settle_return(self, stored: Session, result: Session) -> None:
        super().settle_return(stored, result)
        result.effects = (*self._taken.get(result.internal_id, ()), *result.effects)

    def save(self, session_id: str, session: Session) -> None:
        super().save(session_id, session)
        if session.state != "partially_returned":
            self._taken.pop(session.internal_id, None)
            return
        discounts = _discounts(session.effects)
        # An update of a session that was partly returned shows none, and takes none back.
        if discounts:
            self._taken[session.internal_id] = discounts


@fault(FaultClass.DISCOUNTS, Difficulty.HARD, "DISC-04", operations=2)
class RollsDiscountsBackTwiceOnReturns(Service):
    """The answer to a return rolls the discount of each unit back twice."""

    def settle_return(self, stored: Session, result: Session) -> None:
        super().settle_return(stored, result)
        discounts = _discounts(result.effects)
        result.effects = (*result.effects, *discounts)


@fault(FaultClass.DISCOUNTS, Difficulty.HARD, "DISC-04", operations=2)
class RollsTheDiscountOfTheNextItemBack(Service):
    """A return rolls back the discount of the item behind the returned one, if there is one."""

    def returned_now(self, stored: Session, result: Session) -> Iterator[Unit]:
        count = len(result.data["cartItems"])
        for position, unit in super().returned_now(stored, result):
            yield (position + 1) % count, unit


def _discounts(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    return tuple(effect for effect in effects if effect["effectType"] == "rollbackDiscount")
