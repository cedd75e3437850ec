"""Defines dialects of effects: which an answer holds, in which order, and what they show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zlib import crc32

from ...contract import Coupon, Loyalty, Redeemable
from ..promotions import Outcome
from ..service import Service
from ..sessions import Effect, Session
from .dialect import VERSION_2_5_1, Area, dialect

OTHER_CAMPAIGN = {"campaignId": 900_001, "rulesetId": 3, "ruleIndex": 1, "ruleName": ""}
"""The members of effects of a campaign that nobody declares."""
_REASONS = ("reasons of rejections",)
_ORDER = "the order of effects has no meaning"


@dialect(Area.EFFECTS, source="Effect: effectType has no enumeration; props may be null")
class HasEffectsOfOtherCampaigns(Service):
    """Every answer has effects of campaigns without coupons, one of them of an unknown type."""

    def effects(self, session: Session) -> list[dict[str, Any]]:
        notice = {"notificationType": "Info", "title": "Hello", "body": "Free shipping from 50"}
        return [
            {**OTHER_CAMPAIGN, "effectType": "showNotification", "props": notice},
            *super().effects(session),
            {**OTHER_CAMPAIGN, "effectType": "somethingNew", "props": None},
        ]


@dialect(Area.EFFECTS, source=_ORDER)
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


# --- members -------------------------------------------------------------------------------


@dialect(Area.EFFECTS, "EFF-01", source="optional members of Effect")
class AddsEffectMembers(Service):
    """Effects have all optional members: what triggered them, groups, revisions and conditions."""

    def effect(self, kind: str, declared: Redeemable | Loyalty, props: dict[str, Any]) -> Effect:
        effect = {**super().effect(kind, declared, props), **_OPTIONAL}
        if isinstance(declared, Coupon):
            effect["triggeredByCoupon"] = crc32(declared.code.encode())
        return effect

    def unknown_effect(self, kind: str, code: str) -> Effect:
        return {**super().unknown_effect(kind, code), **_OPTIONAL}


_OPTIONAL = {
    "evaluationGroupID": 3,
    "evaluationGroupMode": "stackable",
    "campaignRevisionId": 1,
    "campaignRevisionVersionId": 6,
    "conditionIndex": 0,
    "details": "",
    "triggeredForCatalogItem": None,
}


@dialect(Area.EFFECTS, "EFF-01", source="recorded effects have no name of their rule")
class NamesNoRules(Service):
    """The name of each rule is empty."""

    def effect(self, kind: str, declared: Redeemable | Loyalty, props: dict[str, Any]) -> Effect:
        return {**super().effect(kind, declared, props), "ruleName": ""}


@dialect(Area.EFFECTS, "EFF-02", source="optional members of the effects' properties")
class AddsProps(Service):
    """Properties of effects have optional members, and one that no version defines."""

    def effect(self, kind: str, declared: Redeemable | Loyalty, props: dict[str, Any]) -> Effect:
        more: dict[str, Any] = {"note": None}
        if kind == "setDiscount":
            more |= {"scope": "sessionTotal", "desiredValue": props["value"]}
        elif kind == "setDiscountPerItem":
            total = {"totalDiscount": props["value"], "desiredTotalDiscount": props["value"]}
            more |= {"scope": "price", "desiredValue": props["value"], **total}
        elif kind == "addLoyaltyPoints":
            more |= {"desiredValue": props["value"], "expiryDate": "2099-12-31T00:00:00Z"}
        return super().effect(kind, declared, {**more, **props})


@dialect(Area.EFFECTS, "EFF-02", source="optional members of RejectCouponEffectProps")
class DetailsRejections(Service):
    """A rejection has the indexes of its condition and effect, and details."""

    def reject_props(self, code: str, reason: str) -> dict[str, Any]:
        more = {"conditionIndex": 0, "effectIndex": 2, "details": f"see {reason}"}
        return {**more, **super().reject_props(code, reason)}


@dialect(Area.EFFECTS, "EFF-05", "REF-05", note="the documented campaign of an unknown code is -1")
class RejectsUnknownCodesByCampaign0(Service):
    """A code that no campaign has is rejected by the campaign 0."""

    def unknown_effect(self, kind: str, code: str) -> Effect:
        nowhere = {"campaignId": 0, "rulesetId": 0, "ruleIndex": 0}
        return {**super().unknown_effect(kind, code), **nowhere}


@dialect(Area.EFFECTS, "EFF-U1", decides=_REASONS)
class GivesConditionsAsReasons(Service):
    """A code that is used up is rejected by a condition of its rule."""

    def reject_effect(self, declared: Redeemable, code: str, reason: str) -> Effect:
        reason = f"{self.kind(declared)}RejectedByCondition"
        return super().reject_effect(declared, code, reason)


@dialect(Area.EFFECTS, "EFF-U1", decides=_REASONS)
class GivesEffectsAsReasons(Service):
    """A code that is used up is rejected because its effects could not be applied."""

    def reject_effect(self, declared: Redeemable, code: str, reason: str) -> Effect:
        reason = "EffectCouldNotBeApplied"
        return super().reject_effect(declared, code, reason)


# --- which effects -------------------------------------------------------------------------


@dialect(Area.EFFECTS, "COUP-01", source="a campaign may have several rules")
class GivesDiscountsByAnotherRule(Service):
    """A code is accepted by one rule of its campaign, and its discounts come from another."""

    def accepted_effects(
        self, declared: Redeemable, code: str, discounts: tuple[Effect, ...]
    ) -> tuple[Effect, ...]:
        others = tuple({**one, "ruleIndex": 1, "ruleName": "discount"} for one in discounts)
        return super().accepted_effects(declared, code, others)


@dialect(Area.EFFECTS, source=_ORDER)
class DiscountsComeFirst(Service):
    """The discounts of a code come before its acceptance."""

    def accepted_effects(
        self, declared: Redeemable, code: str, discounts: tuple[Effect, ...]
    ) -> tuple[Effect, ...]:
        effects = super().accepted_effects(declared, code, discounts)
        return tuple(sorted(effects, key=lambda one: one["effectType"].startswith("accept")))


@dialect(Area.EFFECTS, "EFF-03", source="a code may be of several campaigns")
class OtherCampaignsRejectToo(Service):
    """A coupon that its campaign accepts is rejected by another campaign in the same answer."""

    def accepted_effects(
        self, declared: Redeemable, code: str, discounts: tuple[Effect, ...]
    ) -> tuple[Effect, ...]:
        effects = super().accepted_effects(declared, code, discounts)
        if not isinstance(declared, Coupon):
            return effects
        props = self.reject_props(code, "CouponRejectedByCondition")
        return ({**OTHER_CAMPAIGN, "effectType": "rejectCoupon", "props": props}, *effects)


@dialect(Area.EFFECTS, source="couponCreated of a close; created coupons stay")
class CreatesCoupons(Service):
    """A close that redeems a code creates a coupon, which no cancel takes back."""

    def evaluated_outcome(self, stored: Session | None, result: Session) -> Outcome:
        outcome = super().evaluated_outcome(stored, result)
        if not outcome.redeemed:
            return outcome
        props = {"value": f"NEXT-{result.internal_id}", "profileId": ""}
        created = {**OTHER_CAMPAIGN, "effectType": "couponCreated", "props": props}
        effects = (*outcome.effects, created)
        return replace(outcome, effects=effects, valid=effects)

    def state_content(self, session: Session, body: Any) -> dict[str, Any]:
        content = super().state_content(session, body)
        created = [one for one in session.effects if one["effectType"] == "couponCreated"]
        coupons = [
            {
                "id": 5_000_000 + session.internal_id,
                "created": self.shown_coupon_time(),
                "campaignId": one["campaignId"],
                "value": one["props"]["value"],
                "usageLimit": 1,
                "usageCounter": 0,
            }
            for one in created
        ]
        return {**content, "createdCoupons": coupons}
