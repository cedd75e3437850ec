"""Defines dialects of what comes back with a cancel, a reopen and a return."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

from ...contract import BudgetCount, Environment
from ..calls import Call, Reply
from ..promotions import Outcome
from ..returned_discounts import Unit
from ..service import Service
from ..sessions import Effect, Session, Use
from .dialect import CURRENT_VERSION, Area, dialect
from .returns import RETURNED_CODES, GivingBack

_ORDER = "the order of effects has no meaning"
_ROLLBACKS = ("order of rollbacks",)
_CODES_BACK = ("rollbackCoupon", "rollbackReferral")


# --- cancels and reopens -------------------------------------------------------------------


@dialect(Area.ROLLBACKS, source=_ORDER, decides=_ROLLBACKS)
class ReversesRollbacks(Service):
    """What came last is rolled back first."""

    def rollback_outcome(self, result: Session) -> Outcome:
        outcome = super().rollback_outcome(result)
        return replace(outcome, effects=outcome.effects[::-1])


@dialect(Area.ROLLBACKS, source=_ORDER, decides=_ROLLBACKS)
class GroupsRollbacks(Service):
    """Rollbacks come by kind: points, codes, discounts."""

    def rollback_outcome(self, result: Session) -> Outcome:
        outcome = super().rollback_outcome(result)
        effects = sorted(outcome.effects, key=lambda effect: effect["effectType"])
        return replace(outcome, effects=tuple(effects))


@dialect(
    Area.ROLLBACKS, "LOY-01", source="transactionUUID of RollbackAddedLoyaltyPointsEffectProps"
)
class NumbersDeductions(Service):
    """Points are rolled back by transactions with IDs of their own."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._deductions = count(1)

    def taken_back(self, effect: Effect, kind: str, props: dict[str, Any]) -> Effect:
        if "transactionUUID" in props:
            number = next(self._deductions)
            props = {**props, "transactionUUID": f"{number:08x}-0000-4000-8000-000000000001"}
        return super().taken_back(effect, kind, props)


def _rejections(service: Service, session: Session) -> tuple[Effect, ...]:
    """The valid rejections of codes that ``session`` still holds: a cancel may change its codes."""
    held = {*service.coupon_codes(session), *service.referral_codes(session)}
    return tuple(
        one
        for one in session.valid_effects
        if one["effectType"].startswith("reject") and _is_of(one, held)
    )


def _is_of(effect: Effect, codes: set[str]) -> bool:
    return effect["props"]["value"].lower() in {code.lower() for code in codes}


@dialect(
    Area.ROLLBACKS,
    "EFF-08",
    source="a rejection is nothing that a cancel rolls back",
    versions=CURRENT_VERSION,
)
class ReadsKeepRejections(Service):
    """A read after a cancel or a reopen still lists the rejected codes."""

    def rollback_outcome(self, result: Session) -> Outcome:
        outcome = super().rollback_outcome(result)
        return replace(outcome, valid=(*outcome.valid, *_rejections(self, result)))

    def abandoned_outcome(self, result: Session) -> Outcome:
        outcome = super().abandoned_outcome(result)
        return replace(outcome, valid=(*outcome.valid, *_rejections(self, result)))


@dialect(Area.ROLLBACKS, "COUP-04", "COUP-05", source="effects are the latest whole set")
class CancelsListRejections(Service):
    """The answer to a cancel or a reopen lists the rejected codes beside the rollbacks."""

    def rollback_outcome(self, result: Session) -> Outcome:
        outcome = super().rollback_outcome(result)
        return replace(outcome, effects=(*outcome.effects, *_rejections(self, result)))

    def abandoned_outcome(self, result: Session) -> Outcome:
        outcome = super().abandoned_outcome(result)
        return replace(outcome, effects=(*outcome.effects, *_rejections(self, result)))


# --- returns -------------------------------------------------------------------------------


class _ReturningCodes(GivingBack):
    """A return gives the codes of its session back; what they brought is left for the rest."""

    def given_back(self, result: Session) -> tuple[Effect, ...]:
        return tuple(one for one in result.valid_effects if one["effectType"].startswith("accept"))

    def is_kept(self, use: Use) -> bool:
        kind, *key = use.counter
        return kind == "budget" and self.environment.budgets[int(key[0])].counts is (
            BudgetCount.DISCOUNT
        )


@dialect(Area.ROLLBACKS, "COUP-U1", decides=RETURNED_CODES)
class GivesCodesBackWithAnyReturn(_ReturningCodes):
    """The first return of a session gives its codes back."""


@dialect(Area.ROLLBACKS, "COUP-U1", "RET-U1", decides=RETURNED_CODES)
class GivesCodesBackWithTheLastUnit(_ReturningCodes):
    """The return of the last unit of a session gives its codes back."""

    def given_back(self, result: Session) -> tuple[Effect, ...]:
        items = zip(result.data.get("cartItems", ()), result.returned_units, strict=True)
        everything = all(item["quantity"] == returned for item, returned in items)
        return super().given_back(result) if everything else ()


@dialect(Area.ROLLBACKS, "COUP-U1", "COUP-04", decides=RETURNED_CODES)
class CancelsNameReturnedCodesAgain(_ReturningCodes):
    """A return gives codes back, and the cancel names them again; their counters go down once."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._returned: dict[int, tuple[Effect, ...]] = {}

    async def return_items(self, call: Call, session_id: str) -> Reply:
        before = self.load(session_id)
        reply = await super().return_items(call, session_id)
        after = self.load(session_id)
        if before is not None and after is not None and before.redeemed != after.redeemed:
            self._returned[after.internal_id] = tuple(
                one for one in after.effects if one["effectType"] in _CODES_BACK
            )
        return reply

    def rollback_outcome(self, result: Session) -> Outcome:
        outcome = super().rollback_outcome(result)
        again = self._returned.get(result.internal_id, ())
        return replace(outcome, effects=(*outcome.effects, *again))

    def count_outcome(self, result: Session, outcome: Outcome) -> None:
        super().count_outcome(result, outcome)
        self._returned.pop(result.internal_id, None)


@dialect(
    Area.ROLLBACKS,
    "DISC-04",
    source="which units of an item come back is silent",
    flattening=True,
)
class ReturnsTheFirstUnits(Service):
    """The discounts of the first units of an item are rolled back first."""

    def numbered_units(self, quantity: int, before: int, returned: int) -> Iterator[int]:  # noqa: ARG002 - the decision has it
        yield from range(before, returned)


@dialect(Area.ROLLBACKS, "LOY-01", source="points after a return are silent")
class ReturnsKeepPoints(Service):
    """A return takes no points back; a cancel takes all of them."""

    def split(
        self, effect: Effect, units: frozenset[Unit], stored: Session
    ) -> tuple[Effect | None, Effect | None]:
        if effect["effectType"] == "addLoyaltyPoints":
            return None, effect
        return super().split(effect, units, stored)
