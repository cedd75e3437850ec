"""Counts redemptions, and decides which limits allow one more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..contract import Budget, BudgetCount, BudgetScope, CodeCase, Coupon, Redeemable
from .effects import Effects
from .money import Number, decimal_of
from .sessions import Counter, Session, Use

_REASONS = {
    BudgetScope.CAMPAIGN: "CampaignLimitReached",
    BudgetScope.PROFILE: "ProfileLimitReached",
    BudgetScope.IDENTIFIER: "CampaignLimitReached",
}


class Counters(Effects):
    """The limits of codes and budgets, one overridable decision each.

    A use is what one redemption adds to one counter. The counters are those of closed sessions.
    """

    # --- codes -----------------------------------------------------------------------------

    def folds_codes(self) -> bool:
        """Whether the case of codes does not matter (COUP-10)."""
        return self.environment.code_case in (CodeCase.UPPER, CodeCase.LOWER)

    def counted_code(self, code: str) -> str:
        """The code under which redemptions of ``code`` are counted."""
        return code.lower() if self.folds_codes() else code

    def distinct_codes(self, codes: Iterable[str]) -> Iterator[str]:
        """Each of ``codes`` once, as it was sent first (COUP-07)."""
        seen: set[str] = set()
        for code in codes:
            if self.counted_code(code) not in seen:
                seen.add(self.counted_code(code))
                yield code

    def coupon_codes(self, session: Session) -> tuple[str, ...]:
        """The coupon codes that ``session`` holds, each once."""
        return tuple(self.distinct_codes(session.data.get("couponCodes", ())))

    def declared_coupon(self, code: str) -> Redeemable | None:
        """The coupon that has ``code``; None: none has (EFF-05)."""
        return self.environment.coupon(code)

    def declared_referral(self, code: str) -> Redeemable | None:
        """The referral that has ``code``; None: none has (REF-05)."""
        return self.environment.referral(code)

    # --- uses ------------------------------------------------------------------------------

    def uses(
        self, declared: Redeemable, code: str, session: Session, discount: Number
    ) -> tuple[Use, ...]:
        """What a redemption of ``code`` by ``session`` uses up.

        Args:
            declared: the coupon or referral.
            code: the code as the session holds it.
            session: the session that is closed.
            discount: the discount that the code brings.
        """
        uses = [self.code_use(declared, code)]
        if isinstance(declared, Coupon):
            uses.extend(self.profile_uses(declared, code, session))
        for index, budget in enumerate(self.environment.budgets):
            if budget.campaign == declared.campaign:
                uses.extend(self.budget_uses(index, budget, session, discount))
        return tuple(uses)

    def code_use(self, declared: Redeemable, code: str) -> Use:
        """The use of a code over all sessions (COUP-02, REF-01)."""
        kind = self.kind(declared)
        counter = (kind, self.counted_code(code))
        return Use(counter=counter, limit=declared.limit, reason=f"{kind}LimitReached")

    def profile_uses(self, coupon: Coupon, code: str, session: Session) -> Iterator[Use]:
        """The use of a coupon by its profile (BUDG-01); without a profile none (BUDG-U1)."""
        profile = session.data.get("profileId")
        if profile and coupon.per_profile:
            counter = ("profile", self.counted_code(code), profile)
            yield Use(counter=counter, limit=coupon.per_profile, reason="ProfileLimitReached")

    def budget_uses(
        self, index: int, budget: Budget, session: Session, discount: Number
    ) -> Iterator[Use]:
        """The uses of the declared budget ``index`` (BUDG-02, BUDG-03)."""
        of_discount = budget.counts is BudgetCount.DISCOUNT
        for holder in self.budget_holders(budget, session):
            yield Use(
                counter=("budget", str(index), holder),
                amount=discount if of_discount else 1,
                limit=self.budget_limit(budget),
                reason="EffectCouldNotBeApplied" if of_discount else _REASONS[budget.per],
            )

    def budget_limit(self, budget: Budget) -> float:
        """The most that each holder may use of a budget."""
        return budget.limit

    def budget_holders(self, budget: Budget, session: Session) -> tuple[str, ...]:
        """Whose uses of a budget ``session`` adds to: the campaign's, the profile's or those of
        each identifier (BUDG-U2); without a profile or identifier nobody's (BUDG-U1)."""
        if budget.per is BudgetScope.CAMPAIGN:
            return ("",)
        if budget.per is BudgetScope.PROFILE:
            profile = session.data.get("profileId")
            return (profile,) if profile else ()
        return tuple(dict.fromkeys(session.data.get("identifiers", ())))

    # --- limits ----------------------------------------------------------------------------

    def rejection(
        self,
        declared: Redeemable,  # noqa: ARG002 - faults need it
        uses: Iterable[Use],
        counts: Mapping[Counter, Number],
    ) -> str | None:
        """Why a code cannot be redeemed; None: it can."""
        return next((use.reason for use in uses if self.is_exceeded(use, counts)), None)

    def is_exceeded(self, use: Use, counts: Mapping[Counter, Number]) -> bool:
        """Whether ``use`` would exceed its limit; limit 0 is none (COUP-02, BUDG-01 to -03)."""
        # Compared as written: the double 0.3 is less than three discounts of 0.1 add up to.
        used = counts.get(use.counter, 0) + use.amount
        return bool(use.limit) and used > decimal_of(use.limit)

    # --- counting --------------------------------------------------------------------------

    def hold(self, uses: Iterable[Use]) -> None:
        """Counts the redemptions of a session that is closed."""
        for use in uses:
            self.store.counts[use.counter] = self.store.counts.get(use.counter, 0) + use.amount

    def release(self, uses: Iterable[Use]) -> None:
        """Gives the redemptions of a session back (COUP-04, COUP-08, BUDG-04)."""
        for use in uses:
            self.store.counts[use.counter] = self.store.counts.get(use.counter, 0) - use.amount
