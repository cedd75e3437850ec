"""Seeds faults of referral codes: limits, redemptions, and what gives them back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...contract import ContractVersion, Redeemable
from ..money import Number
from ..promotions import Outcome
from ..service import Service
from ..sessions import Counter, Effect, Session, Use
from .fault import Difficulty, FaultClass, fault
from .redemptions import counted_apart, doubled, is_referral, keep, one_more, without

_CURRENT_VERSION = (ContractVersion.CURRENT,)


@fault(FaultClass.REFERRALS, Difficulty.MEDIUM, "REF-01", "REF-02", operations=2)
class RedeemsReferralsWithoutEnd(Service):
    """The limit of a referral is not checked."""

    def is_exceeded(self, use: Use, counts: Mapping[Counter, Number]) -> bool:
        return not is_referral(use) and super().is_exceeded(use, counts)


@fault(FaultClass.REFERRALS, Difficulty.HARD, "REF-01", "REF-02", operations=2)
class CountsReferralsByProfile(Service):
    """The limit of a referral applies to each profile instead of all sessions."""

    def uses(
        self, declared: Redeemable, code: str, session: Session, discount: Number
    ) -> tuple[Use, ...]:
        uses = super().uses(declared, code, session, discount)
        return counted_apart(uses, is_referral, session.data.get("profileId", ""))


@fault(FaultClass.REFERRALS, Difficulty.HARD, "REF-01", "REF-02", operations=2)
class AcceptsOneReferralTooMany(Service):
    """A referral is redeemed once more than its limit."""

    def code_use(self, declared: Redeemable, code: str) -> Use:
        use = super().code_use(declared, code)
        return one_more(use) if is_referral(use) else use


@fault(FaultClass.REFERRALS, Difficulty.MEDIUM, "REF-02", operations=2)
class IgnoresUsedUpReferrals(Service):
    """A close with a referral that is used up has no effect for it."""

    def rejected_effects(
        self, declared: Redeemable, code: str, reason: str, discounts: tuple[Effect, ...]
    ) -> tuple[Effect, ...]:
        if self.kind(declared) == "Referral":
            return ()
        return super().rejected_effects(declared, code, reason, discounts)


@fault(FaultClass.REFERRALS, Difficulty.MEDIUM, "REF-02", "REF-05")
class EvaluatesReferralsOfOpenSessionsOnly(Service):
    """Closing a session has no effect for its referral."""

    def referral_codes(self, session: Session) -> tuple[str, ...]:
        return super().referral_codes(session) if session.state == "open" else ()


@fault(FaultClass.REFERRALS, Difficulty.HARD, "REF-03", "REF-02", operations=3)
class CancelsWithoutGivingReferralsBack(Service):
    """A cancel rolls the referral back in its answer, and goes on counting it."""

    def count_outcome(self, result: Session, outcome: Outcome) -> None:
        if result.state == "cancelled":
            keep(result, outcome, is_referral)
        super().count_outcome(result, outcome)


@fault(FaultClass.REFERRALS, Difficulty.MEDIUM, "REF-03", operations=2)
class CancelsWithoutRollingReferralsBack(Service):
    """A cancel gives the referral back, and its answer does not mention it."""

    def rollback_outcome(self, result: Session) -> Outcome:
        outcome = super().rollback_outcome(result)
        return without(outcome, "rollbackReferral") if result.state == "cancelled" else outcome


@fault(FaultClass.REFERRALS, Difficulty.MEDIUM, "REF-03", "REF-04", operations=2)
class RollsReferralsBackAsCoupons(Service):
    """A referral is rolled back by an effect of coupons."""

    def taken_back(self, effect: Effect, kind: str, props: dict[str, Any]) -> Effect:
        kind = "rollbackCoupon" if kind == "rollbackReferral" else kind
        return super().taken_back(effect, kind, props)


@fault(
    FaultClass.REFERRALS, Difficulty.MEDIUM, "REF-04", versions=_CURRENT_VERSION, operations=2
)  # fmt: skip
class ReopensWithoutRollingReferralsBack(Service):
    """A reopen gives the referral back, and its answer does not mention it."""

    def rollback_outcome(self, result: Session) -> Outcome:
        outcome = super().rollback_outcome(result)
        return without(outcome, "rollbackReferral") if result.state == "open" else outcome


@fault(
    FaultClass.REFERRALS, Difficulty.HARD, "REF-04", "REF-03", operations=2
)  # fmt: skip
class RollsReferralsBackTwice(Service):
    """The answer to a cancel or reopen rolls the referral back twice."""

    def rollbacks(self, effects: Iterable[Effect]) -> tuple[Effect, ...]:
        return doubled(super().rollbacks(effects), "rollbackReferral")


@fault(FaultClass.REFERRALS, Difficulty.EASY, "REF-05")
class AcceptsUnknownReferrals(Service):
    """A referral code that no campaign has is accepted."""

    def unknown_effect(self, kind: str, code: str) -> Effect:
        effect = super().unknown_effect(kind, code)
        if kind == "Coupon":
            return effect
        return {**effect, "effectType": "acceptReferral", "props": {"value": code}}


@fault(FaultClass.REFERRALS, Difficulty.MEDIUM, "EFF-04", "REF-05", "EFF-05")
class TakesCouponsForReferrals(Service):
    """A coupon is accepted as a referral, and a referral as a coupon."""

    def declared_referral(self, code: str) -> Redeemable | None:
        return super().declared_referral(code) or super().declared_coupon(code)

    def declared_coupon(self, code: str) -> Redeemable | None:
        return super().declared_coupon(code) or super().declared_referral(code)
