"""Seeds faults of the effects that answers show: their form, and whose they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from ...contract import ContractVersion, Environment, Loyalty, Redeemable
from ..promotions import Evaluation, Outcome
from ..service import Service
from ..sessions import Effect, Session
from .fault import Difficulty, FaultClass, fault

_CURRENT_VERSION = (ContractVersion.CURRENT,)
_ELIGIBLE = [{"campaignId": 11, "eligible": True}]


@fault(FaultClass.EFFECTS, Difficulty.EASY, "EFF-01")
class LeavesOutTheRuleName(Service):
    """An effect of a campaign does not name its rule."""

    def effect(self, kind: str, declared: Redeemable | Loyalty, props: dict[str, Any]) -> Effect:
        effect = super().effect(kind, declared, props)
        del effect["ruleName"]
        return effect


@fault(FaultClass.EFFECTS, Difficulty.EASY, "EFF-01")
class WritesCampaignIdsAsTexts(Service):
    """The campaignId of an effect is a text of digits."""

    def effect(self, kind: str, declared: Redeemable | Loyalty, props: dict[str, Any]) -> Effect:
        effect = super().effect(kind, declared, props)
        return {**effect, "campaignId": str(effect["campaignId"])}


@fault(FaultClass.EFFECTS, Difficulty.MEDIUM, "EFF-01", "RESP-01")
class WritesOneEffectWithoutItsList(Service):
    """A single effect is written as an object, without a list around it."""

    def state_content(self, session: Session, body: Any) -> dict[str, Any]:
        content = super().state_content(session, body)
        if len(content["effects"]) == 1:
            content["effects"] = content["effects"][0]
        return content


@fault(FaultClass.EFFECTS, Difficulty.EASY, "EFF-01", versions=_CURRENT_VERSION, operations=2)
class ReadsWithoutEffects(Service):
    """A read shows the session and no list of effects."""

    def read_content(self, session: Session) -> dict[str, Any]:
        content = super().read_content(session)
        del content["effects"]
        return content


@fault(
    FaultClass.EFFECTS, Difficulty.EASY, "EFF-01", "COUP-08", "RESP-01", versions=_CURRENT_VERSION,
    operations=2,
)  # fmt: skip
class ReopensWithoutEffects(Service):
    """The answer to a reopen is an empty object."""

    def reopen_content(self, session: Session) -> dict[str, Any]:
        content = super().reopen_content(session)
        del content["effects"]
        return content


@fault(FaultClass.EFFECTS, Difficulty.EASY, "EFF-02")
class RejectsWithoutAReason(Service):
    """An effect that rejects a code has no rejectionReason."""

    def reject_props(self, code: str, reason: str) -> dict[str, Any]:
        props = super().reject_props(code, reason)
        del props["rejectionReason"]
        return props


@fault(FaultClass.EFFECTS, Difficulty.MEDIUM, "EFF-02")
class NamesNoDiscount(Service):
    """An effect that gives a discount has no name."""

    def effect(self, kind: str, declared: Redeemable | Loyalty, props: dict[str, Any]) -> Effect:
        if kind == "setDiscount":
            props = {"value": props["value"]}
        return super().effect(kind, declared, props)

    def discount_back(self, props: dict[str, Any]) -> dict[str, Any]:
        return super().discount_back({"name": "", **props})


@fault(FaultClass.EFFECTS, Difficulty.MEDIUM, "EFF-02")
class ForgetsThePositionOfADiscount(Service):
    """The discount of a cart item does not name its position."""

    def effects(self, session: Session) -> list[Effect]:
        return [_without_place(effect) for effect in super().effects(session)]

    def valid_effects(self, session: Session) -> list[Effect]:
        return [_without_place(effect) for effect in super().valid_effects(session)]


def _without_place(effect: Effect) -> Effect:
    if effect["effectType"] != "setDiscountPerItem":
        return effect
    places = ("position", "subPosition")
    props = {name: value for name, value in effect["props"].items() if name not in places}
    return {**effect, "props": props}


@fault(FaultClass.EFFECTS, Difficulty.MEDIUM, "EFF-02", operations=2)
class RollsBackWithoutTheCode(Service):
    """An effect that rolls a coupon back does not name it."""

    def taken_back(self, effect: Effect, kind: str, props: dict[str, Any]) -> Effect:
        return super().taken_back(effect, kind, {} if kind == "rollbackCoupon" else props)


@fault(FaultClass.EFFECTS, Difficulty.MEDIUM, "EFF-03")
class RejectsWhatItAccepts(Service):
    """A coupon beside another code is rejected by a second rule, and accepted all the same."""

    def accepted_effects(
        self, declared: Redeemable, code: str, discounts: tuple[Effect, ...]
    ) -> tuple[Effect, ...]:
        effects = super().accepted_effects(declared, code, discounts)
        if not self._is_second:
            return effects
        return (*effects, self.reject_effect(declared, code, "CouponRejectedByCondition"))

    def evaluate(
        self, evaluation: Evaluation, kind: str, declared: Redeemable | None, code: str
    ) -> None:
        self._is_second = bool(evaluation.effects) and kind == "Coupon"
        super().evaluate(evaluation, kind, declared, code)


@fault(FaultClass.EFFECTS, Difficulty.HARD, "EFF-04", "DISC-02", operations=2)
class KeepsTheEffectsOfTheLastRequest(Service):
    """A session without codes is answered with the effects of the session before it."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._last: tuple[Effect, ...] = ()

    def evaluated_outcome(self, stored: Session | None, result: Session) -> Outcome:
        outcome = super().evaluated_outcome(stored, result)
        if result.data.get("couponCodes") or result.data.get("referralCode"):
            self._last = outcome.effects
            return outcome
        return replace(outcome, effects=self._last)


@fault(FaultClass.EFFECTS, Difficulty.MEDIUM, "EFF-04", operations=2)
class KeepsCodesThatWereRemoved(Service):
    """Codes that an open session held before, and no longer holds, are still accepted."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._codes: dict[int, dict[str, None]] = {}

    def coupon_codes(self, session: Session) -> tuple[str, ...]:
        held = self._codes.setdefault(session.internal_id, {})
        held.update(dict.fromkeys(super().coupon_codes(session)))
        return tuple(held)


@fault(FaultClass.EFFECTS, Difficulty.MEDIUM, "EFF-04")
class CutsCodesInEffects(Service):
    """Effects show the first four characters of an accepted code."""

    def accept_effect(self, declared: Redeemable, code: str) -> Effect:
        return super().accept_effect(declared, code[:4])


@fault(FaultClass.EFFECTS, Difficulty.EASY, "EFF-05")
class AcceptsUnknownCoupons(Service):
    """A coupon that no campaign has is accepted."""

    def unknown_effect(self, kind: str, code: str) -> Effect:
        effect = super().unknown_effect(kind, code)
        if kind == "Referral":
            return effect
        return {**effect, "effectType": "acceptCoupon", "props": {"value": code}}


@fault(FaultClass.EFFECTS, Difficulty.MEDIUM, "EFF-05")
class IgnoresUnknownCoupons(Service):
    """A coupon that no campaign has is kept, and no effect mentions it."""

    def evaluate(
        self, evaluation: Evaluation, kind: str, declared: Redeemable | None, code: str
    ) -> None:
        if declared is not None or kind == "Referral":
            super().evaluate(evaluation, kind, declared, code)


@fault(FaultClass.EFFECTS, Difficulty.MEDIUM, "EFF-07", "DISC-01")
class CountsPositionsFromOne(Service):
    """The discount of a cart item names its position counted from 1."""

    def places(self, position: int, quantity: int) -> Iterator[dict[str, int]]:
        return super().places(position + 1, quantity)


@fault(FaultClass.EFFECTS, Difficulty.MEDIUM, "EFF-07", "DISC-01", flattening=True)
class DiscountsAUnitTooMany(Service):
    """An item gets one discount more than it has units."""

    def places(self, position: int, quantity: int) -> Iterator[dict[str, int]]:
        return super().places(position, quantity + 1)


@fault(FaultClass.EFFECTS, Difficulty.MEDIUM, "EFF-08", versions=_CURRENT_VERSION, operations=3)
class ReadsShowCancelledEffects(Service):
    """A read of a cancelled session shows the effects that the cancellation rolled back."""

    def show_outcome(self, result: Session, outcome: Outcome) -> None:
        valid = result.valid_effects
        super().show_outcome(result, outcome)
        if result.state == "cancelled":
            result.valid_effects = valid


@fault(FaultClass.EFFECTS, Difficulty.MEDIUM, "EFF-08", versions=_CURRENT_VERSION, operations=3)
class ReadsShowTheEffectsOfTheLastClosing(Service):
    """A read of a reopened session shows the effects that the reopen rolled back."""

    def rollback_outcome(self, result: Session) -> Outcome:
        outcome = super().rollback_outcome(result)
        return replace(outcome, valid=result.valid_effects) if result.state == "open" else outcome


@fault(FaultClass.EFFECTS, Difficulty.MEDIUM, "EFF-09", operations=2)
class AddsEffectsToEarlierOnes(Service):
    """The effects of an open session are added to those of its last update."""

    def evaluated_outcome(self, stored: Session | None, result: Session) -> Outcome:
        outcome = super().evaluated_outcome(stored, result)
        if stored is None or result.state != "open":
            return outcome
        effects = (*stored.valid_effects, *outcome.effects)
        return replace(outcome, effects=effects, valid=effects)


@fault(FaultClass.EFFECTS, Difficulty.MEDIUM, "EFF-09", operations=2)
class TakesASecondUpdateForASecondUse(Service):
    """An open session that is updated again has its coupons rejected as used up."""

    def evaluated_outcome(self, stored: Session | None, result: Session) -> Outcome:
        outcome = super().evaluated_outcome(stored, result)
        if stored is None or result.state != "open":
            return outcome
        effects = tuple(self._rejected(outcome.effects, set(stored.data.get("couponCodes", ()))))
        return replace(outcome, effects=effects, valid=effects)

    def _rejected(self, effects: Iterable[Effect], codes: set[str]) -> Iterator[Effect]:
        for effect in effects:
            code = effect["props"].get("value")
            if effect["effectType"] == "acceptCoupon" and code in codes:
                props = self.reject_props(code, "CouponLimitReached")
                yield {**effect, "effectType": "rejectCoupon", "props": props}
            elif not effect["effectType"].startswith("setDiscount"):
                yield effect


@fault(FaultClass.EFFECTS, Difficulty.MEDIUM, "DRY-05", versions=_CURRENT_VERSION)
class ShowsTheEligibilityAlways(Service):
    """Every answer to an update shows campaignEligibility, asked for or not, dry or not."""

    def state_content(self, session: Session, body: Any) -> dict[str, Any]:
        return {**super().state_content(session, body), "campaignEligibility": _ELIGIBLE}


@fault(FaultClass.EFFECTS, Difficulty.MEDIUM, "DRY-05", versions=_CURRENT_VERSION)
class ShowsTheEligibilityWithTheCoupons(Service):
    """An answer that was asked for the coupons shows campaignEligibility too."""

    def state_content(self, session: Session, body: Any) -> dict[str, Any]:
        content = super().state_content(session, body)
        return {**content, "campaignEligibility": _ELIGIBLE} if "coupons" in content else content
