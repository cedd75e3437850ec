"""Seeds faults of budgets: of profiles, of identifiers, and of whole campaigns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from ...contract import (
    Budget,
    BudgetCount,
    BudgetScope,
    ContractVersion,
    Coupon,
    Redeemable,
)
from ..money import Number, decimal_of
from ..promotions import Outcome
from ..service import Service
from ..sessions import Counter, Session, Use
from .fault import Difficulty, FaultClass, fault
from .redemptions import counted_apart, is_coupon, is_referral, keep

_CURRENT_VERSION = (ContractVersion.CURRENT,)
_OF_CAMPAIGN = (Budget(campaign="sale", limit=1),)
_OF_DISCOUNT = (Budget(campaign="sale", counts=BudgetCount.DISCOUNT, limit=7),)
_OF_PROFILE = (Budget(campaign="sale", per=BudgetScope.PROFILE, limit=1),)

# --- profiles ----------------------------------------------------------------------------------


@fault(FaultClass.BUDGETS, Difficulty.MEDIUM, "BUDG-01", operations=2)
class IgnoresTheLimitOfProfiles(Service):
    """How often each profile may redeem a coupon is not checked."""

    def is_exceeded(self, use: Use, counts: Mapping[Counter, Number]) -> bool:
        return use.counter[0] != "profile" and super().is_exceeded(use, counts)


@fault(FaultClass.BUDGETS, Difficulty.HARD, "BUDG-01", operations=2)
class CountsTheLimitOfProfilesBySession(Service):
    """How often each profile may redeem a coupon is counted for each session."""

    def profile_uses(self, coupon: Coupon, code: str, session: Session) -> Iterator[Use]:
        for use in super().profile_uses(coupon, code, session):
            yield replace(use, counter=(*use.counter, str(session.internal_id)))


@fault(FaultClass.BUDGETS, Difficulty.HARD, "BUDG-01", operations=2)
class LetsProfilesRedeemOnceMore(Service):
    """A profile may redeem a coupon once more than its limit."""

    def profile_uses(self, coupon: Coupon, code: str, session: Session) -> Iterator[Use]:
        for use in super().profile_uses(coupon, code, session):
            yield replace(use, limit=use.limit + 1)


@fault(FaultClass.BUDGETS, Difficulty.HARD, "BUDG-01", operations=3)
class ForgetsTheLimitOfProfilesOnUpdates(Service):
    """How often each profile may redeem is checked for sessions that are created closed only."""

    def evaluated_outcome(self, stored: Session | None, result: Session) -> Outcome:
        self._is_new = stored is None
        return super().evaluated_outcome(stored, result)

    def is_exceeded(self, use: Use, counts: Mapping[Counter, Number]) -> bool:
        checks = self._is_new or use.counter[0] != "profile"
        return checks and super().is_exceeded(use, counts)


@fault(FaultClass.BUDGETS, Difficulty.HARD, "COUP-01", "BUDG-01", operations=2)
class CountsTheLimitOfOneProfileForAll(Service):
    """How often each profile may redeem a coupon is counted for all profiles together."""

    def profile_uses(self, coupon: Coupon, code: str, session: Session) -> Iterator[Use]:
        for use in super().profile_uses(coupon, code, session):
            yield replace(use, counter=use.counter[:2])


@fault(FaultClass.BUDGETS, Difficulty.HARD, "BUDG-01", budgets=_OF_PROFILE, operations=2)
class IgnoresTheBudgetOfProfiles(Service):
    """The budget of each profile over all codes of a campaign is not checked."""

    def budget_holders(self, budget: Budget, session: Session) -> tuple[str, ...]:
        is_ignored = budget.per is BudgetScope.PROFILE
        return () if is_ignored else super().budget_holders(budget, session)


# --- identifiers -------------------------------------------------------------------------------


@fault(FaultClass.BUDGETS, Difficulty.HARD, "BUDG-02", operations=3)
class IgnoresTheBudgetOfIdentifiers(Service):
    """The budget of each identifier is not checked."""

    def budget_holders(self, budget: Budget, session: Session) -> tuple[str, ...]:
        is_ignored = budget.per is BudgetScope.IDENTIFIER
        return () if is_ignored else super().budget_holders(budget, session)


@fault(FaultClass.BUDGETS, Difficulty.HARD, "BUDG-02", operations=3)
class BindsIdentifiersToProfiles(Service):
    """The budget of an identifier starts anew with each profile that uses it."""

    def budget_holders(self, budget: Budget, session: Session) -> tuple[str, ...]:
        holders = super().budget_holders(budget, session)
        if budget.per is not BudgetScope.IDENTIFIER:
            return holders
        return tuple(f"{session.data.get('profileId', '')}/{holder}" for holder in holders)


@fault(FaultClass.BUDGETS, Difficulty.HARD, "BUDG-02", operations=3)
class LetsIdentifiersRedeemOnceMore(Service):
    """An identifier may redeem once more than its budget."""

    def budget_limit(self, budget: Budget) -> float:
        limit = super().budget_limit(budget)
        return limit + 1 if budget.per is BudgetScope.IDENTIFIER else limit


@fault(FaultClass.BUDGETS, Difficulty.HARD, "BUDG-02", operations=3)
class CountsIdentifiersByCode(Service):
    """The budget of an identifier is counted for each code of the campaign."""

    def uses(
        self, declared: Redeemable, code: str, session: Session, discount: Number
    ) -> tuple[Use, ...]:
        uses = super().uses(declared, code, session, discount)
        return counted_apart(uses, _is_budget, self.counted_code(code))


# --- campaigns ---------------------------------------------------------------------------------


@fault(FaultClass.BUDGETS, Difficulty.HARD, "BUDG-03", budgets=_OF_CAMPAIGN, operations=2)
class IgnoresTheBudgetOfACampaign(Service):
    """The budget of a campaign over all sessions is not checked."""

    def is_exceeded(self, use: Use, counts: Mapping[Counter, Number]) -> bool:
        return use.counter[0] != "budget" and super().is_exceeded(use, counts)


@fault(FaultClass.BUDGETS, Difficulty.HARD, "BUDG-03", budgets=_OF_CAMPAIGN, operations=2)
class CountsTheBudgetOfACampaignByProfile(Service):
    """The budget of a campaign is counted for each profile."""

    def budget_holders(self, budget: Budget, session: Session) -> tuple[str, ...]:
        holders = super().budget_holders(budget, session)
        return tuple(holder + session.data.get("profileId", "") for holder in holders)


@fault(FaultClass.BUDGETS, Difficulty.HARD, "BUDG-03", budgets=_OF_DISCOUNT, operations=2)
class CountsDiscountsAsRedemptions(Service):
    """A budget of money counts 1 for each redemption, whatever its discount."""

    def uses(
        self, declared: Redeemable, code: str, session: Session, discount: Number
    ) -> tuple[Use, ...]:
        return _with_budget(
            super().uses(declared, code, session, discount), lambda use: replace(use, amount=1)
        )


@fault(FaultClass.BUDGETS, Difficulty.HARD, "BUDG-03", budgets=_OF_DISCOUNT, operations=2)
class AllowsTheLastDiscountWhole(Service):
    """A budget of money allows a discount as long as anything is left of it."""

    def is_exceeded(self, use: Use, counts: Mapping[Counter, Number]) -> bool:
        if use.counter[0] != "budget":
            return super().is_exceeded(use, counts)
        return counts.get(use.counter, 0) >= decimal_of(use.limit)


# --- giving back -------------------------------------------------------------------------------


@fault(FaultClass.BUDGETS, Difficulty.HARD, "BUDG-04", "COUP-01", operations=3)
class CancelsWithoutGivingBudgetsBack(Service):
    """A cancel gives the codes back, and not what they used of budgets."""

    def count_outcome(self, result: Session, outcome: Outcome) -> None:
        if result.state == "cancelled":
            keep(result, outcome, _is_no_code)
        super().count_outcome(result, outcome)


@fault(
    FaultClass.BUDGETS, Difficulty.HARD, "BUDG-04", "COUP-01", "COUP-08",
    versions=_CURRENT_VERSION, operations=3,
)  # fmt: skip
class ReopensWithoutGivingBudgetsBack(Service):
    """A reopen gives the codes back, and not what they used of budgets."""

    def count_outcome(self, result: Session, outcome: Outcome) -> None:
        if result.state == "open":
            keep(result, outcome, _is_no_code)
        super().count_outcome(result, outcome)


@fault(FaultClass.BUDGETS, Difficulty.HARD, "BUDG-04", "COUP-01", operations=4)
class GivesOneBudgetBackOnly(Service):
    """A cancel gives the limit of the profile back, and not the budget of its identifier."""

    def count_outcome(self, result: Session, outcome: Outcome) -> None:
        if result.state == "cancelled":
            keep(result, outcome, _is_budget)
        super().count_outcome(result, outcome)


def _is_budget(use: Use) -> bool:
    return use.counter[0] == "budget"


def _is_no_code(use: Use) -> bool:
    return not is_coupon(use) and not is_referral(use)


def _with_budget(uses: tuple[Use, ...], change: Callable[[Use], Use]) -> tuple[Use, ...]:
    return tuple(change(use) if _is_budget(use) else use for use in uses)
