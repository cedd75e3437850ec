"""Defines dialects of effects: which an answer holds, and what they tell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..calls import Refusal
from ..promotions import Outcome
from ..service import Service
from ..sessions import Session
from ..values import describe
from .dialect import VERSION_2_5_1, Area, dialect

_MAX_BASE = 1e300
"""A larger total may not fit a double."""
_CAMPAIGN = {"campaignId": 7, "rulesetId": 3, "ruleIndex": 1, "ruleName": ""}


class RefusingUsedUpCoupons(Service):
    """A close with a code that is used up is answered 409, and the session stays as it was."""

    def check_outcome(self, stored: Session | None, result: Session, outcome: Outcome) -> None:
        super().check_outcome(stored, result, outcome)
        for effect in outcome.effects if self.is_closing(stored, result) else ():
            if effect["effectType"].startswith("reject") and effect["campaignId"] != -1:
                code, reason = effect["props"]["value"], effect["props"]["rejectionReason"]
                pointer = "/customerSession/couponCodes"
                raise Refusal(409, f"the code {describe(code)} is used up: {reason}", pointer)


@dialect(
    Area.EFFECTS,
    "COUP-03",
    source="409 of updateCustomerSessionV2",
    decides=("coupon limits",),
    coupon_limits={"ONCE": 2},
)
class RefusesUsedUpCoupons(RefusingUsedUpCoupons):
    """A close with a coupon that is used up is answered 409."""


@dialect(Area.EFFECTS, source="SetDiscountEffectProps; recorded discounts are not rounded")
class GivesDiscounts(Service):
    """An accepted coupon brings a discount of a tenth of the total, unrounded."""

    def evaluated_outcome(self, stored: Session | None, result: Session) -> Outcome:
        outcome = super().evaluated_outcome(stored, result)
        if not any(effect["effectType"] == "acceptCoupon" for effect in outcome.effects):
            return outcome
        total = self.computed_totals(result.data)["total"]
        discount = {
            **_CAMPAIGN,
            "effectType": "setDiscount",
            "props": {"name": "tenth", "value": min(max(total, 0), _MAX_BASE) * 0.1},
        }
        effects = (*outcome.effects, discount)
        return replace(outcome, effects=effects, valid=effects)


@dialect(Area.EFFECTS, source="Effect: effectType has no enumeration; props may be null")
class HasEffectsOfOtherCampaigns(Service):
    """Every answer has effects of campaigns without coupons, one of them of an unknown type."""

    def effects(self, session: Session) -> list[dict[str, Any]]:
        notice = {"notificationType": "Info", "title": "Hello", "body": "Free shipping from 50"}
        return [
            {**_CAMPAIGN, "effectType": "showNotification", "props": notice},
            *super().effects(session),
            {**_CAMPAIGN, "effectType": "somethingNew", "props": None},
        ]


@dialect(Area.EFFECTS, source="the order of effects has no meaning")
class ReversesEffects(Service):
    """The effect of the last coupon comes first."""

    def effects(self, session: Session) -> list[dict[str, Any]]:
        return super().effects(session)[::-1]


@dialect(
    Area.EFFECTS,
    source="members that 2.5.1 does not define in IntegrationCustomerSessionResponse",
    versions=VERSION_2_5_1,
)
class ReadsHaveEffects(Service):
    """A read shows the effects beside the session."""

    def read_content(self, session: Session) -> dict[str, Any]:
        return {**super().read_content(session), "effects": self.valid_effects(session)}
