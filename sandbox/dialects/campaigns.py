"""Defines dialects of campaigns: what they count, for whom, and when it comes back."""

from __future__ import annotations

from collections import ChainMap
from dataclasses import replace
from typing import Any

from ...contract import Budget, BudgetScope, Coupon, Environment, Redeemable
from ..calls import Refusal
from ..promotions import Evaluation, Outcome
from ..service import Service
from ..sessions import Session
from ..values import describe
from .dialect import Area, dialect

COUPON_LIMITS = ("coupon limits",)


class RefusingUsedUpCoupons(Service):
    """A close with a code that is used up is answered 409, and the session stays as it was."""

    def evaluate(
        self, evaluation: Evaluation, kind: str, declared: Redeemable | None, code: str
    ) -> None:
        uses = len(evaluation.uses)
        super().evaluate(evaluation, kind, declared, code)
        is_rejected = declared is not None and len(evaluation.uses) == uses
        if is_rejected and evaluation.session.state == "closed":
            raise Refusal(409, f"the code {describe(code)} is used up", "/customerSession")


@dialect(
    Area.CAMPAIGNS,
    "COUP-03",
    source="409 of updateCustomerSessionV2",
    decides=COUPON_LIMITS,
    coupon_limits={"ONCE": 2},
)
class RefusesUsedUpCoupons(RefusingUsedUpCoupons):
    """A close with a code that is used up is answered 409."""


# --- open sessions -------------------------------------------------------------------------


@dialect(Area.CAMPAIGNS, "COUP-03", source="whether open sessions look at limits is silent")
class OpenSessionsIgnoreLimits(Service):
    """An open session accepts a code that is used up; its close rejects it."""

    def evaluate(
        self, evaluation: Evaluation, kind: str, declared: Redeemable | None, code: str
    ) -> None:
        if evaluation.session.state == "open":
            evaluation.counts = ChainMap({})
        super().evaluate(evaluation, kind, declared, code)


@dialect(Area.CAMPAIGNS, "LOY-01", source="whether open sessions list points is silent")
class OpenSessionsListPoints(Service):
    """An open session lists the points that its close would add."""

    def evaluated_outcome(self, stored: Session | None, result: Session) -> Outcome:
        outcome = super().evaluated_outcome(stored, result)
        if result.state != "open":
            return outcome
        effects = (*outcome.effects, *self.point_effects(result))
        return replace(outcome, effects=effects, valid=effects)


@dialect(Area.CAMPAIGNS, "STATE-U2", "STATE-13", source="closed to closed is no move")
class ClosesTwiceWithoutEffects(Service):
    """Closing a closed session is accepted, and its answer has no effects."""

    def reachable_states(self, state: str) -> tuple[str, ...]:
        reachable = super().reachable_states(state)
        return (*reachable, "closed") if state == "closed" else reachable

    def unchanged_outcome(self, result: Session) -> Outcome:
        return replace(super().unchanged_outcome(result), effects=())


# --- who is counted ------------------------------------------------------------------------


@dialect(Area.CAMPAIGNS, "BUDG-U1", decides=COUPON_LIMITS)
class RejectsWithoutHolders(Service):
    """A code with a limit for profiles or identifiers is rejected where the session has none."""

    def evaluate(
        self, evaluation: Evaluation, kind: str, declared: Redeemable | None, code: str
    ) -> None:
        if declared is None or not self._lacks_holder(declared, evaluation.session):
            super().evaluate(evaluation, kind, declared, code)
            return
        reason = f"{kind}RejectedByCondition"
        evaluation.effects.extend(self.rejected_effects(declared, code, reason, ()))

    def _lacks_holder(self, declared: Redeemable, session: Session) -> bool:
        budgets = [b for b in self.environment.budgets if b.campaign == declared.campaign]
        if (
            isinstance(declared, Coupon)
            and declared.per_profile
            and not session.data.get("profileId")
        ):
            return True
        return not all(self.budget_holders(budget, session) for budget in budgets)


@dialect(Area.CAMPAIGNS, "BUDG-U2")
class CountsTheFirstIdentifierOnly(Service):
    """Of several identifiers of a session only the first one counts for budgets."""

    def budget_holders(self, budget: Budget, session: Session) -> tuple[str, ...]:
        holders = super().budget_holders(budget, session)
        return holders[:1] if budget.per is BudgetScope.IDENTIFIER else holders


# --- coupons in answers --------------------------------------------------------------------


@dialect(Area.CAMPAIGNS, "COUP-06", source="the counter in the closing answer itself is silent")
class ShowsUsageBeforeTheClose(Service):
    """The answer to a close shows the coupons as they were before it."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._before: dict[int, list[dict[str, Any]]] = {}

    def count_outcome(self, result: Session, outcome: Outcome) -> None:
        if outcome.redeemed and not result.redeemed:
            self._before[result.internal_id] = self.coupon_entities(result)
        super().count_outcome(result, outcome)

    def state_content(self, session: Session, body: Any) -> dict[str, Any]:
        content = super().state_content(session, body)
        before = self._before.pop(session.internal_id, None)
        return (
            content
            if before is None or "coupons" not in content
            else {**content, "coupons": before}
        )


@dialect(Area.CAMPAIGNS, "COUP-06", source="optional members of Coupon")
class AddsCouponMembers(Service):
    """A coupon in an answer has its optional members, some of them null."""

    def coupon_entity(self, coupon: Redeemable, code: str) -> dict[str, Any]:
        more: dict[str, Any] = {
            "attributes": {},
            "batchId": "b-1",
            "expiryDate": None,
            "recipientIntegrationId": "",
        }
        return {**super().coupon_entity(coupon, code), **more}
