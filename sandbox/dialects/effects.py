"""Defines dialects of effects: which an answer holds, and what they tell."""

from __future__ import annotations

from typing import Any

from ...contract import Environment
from ..service import Service
from ..sessions import Session
from .dialect import VERSION_2_5_1, Area, dialect

_MAX_BASE = 1e300
"""A larger total may not fit a double."""
_LIMIT_EFFECTS = "the reason CouponLimitReached of rejectCoupon"
_CAMPAIGN = {"campaignId": 7, "rulesetId": 3, "ruleIndex": 1, "ruleName": ""}


@dialect(
    Area.EFFECTS,
    "LIMIT-01",
    "IDENT-U4",
    source=_LIMIT_EFFECTS,
    decides=("coupon limits",),
    coupon_limits={"WELCOME": 2},
)
class RejectsUsedUpCoupons(Service):
    """A coupon that is used up is kept, and an effect rejects it: the session closes with 200."""

    def check_coupon_limits(self, stored: Session | None, result: Session) -> None:
        """Refuses nothing: the effects of the answer report the limit."""

    def redeemable_coupons(self, session: Session) -> tuple[str, ...]:
        return tuple(
            code
            for code in super().redeemable_coupons(session)
            if self.store.redemptions.get(code, 0) < self.environment.coupon_limits[code]
        )

    def effects(self, session: Session) -> list[dict[str, Any]]:
        return [
            {**effect, "effectType": "rejectCoupon", "props": _limit_props(effect["props"])}
            if effect["effectType"] == "acceptCoupon" and self._is_used_up(session, effect)
            else effect
            for effect in super().effects(session)
        ]

    def _is_used_up(self, session: Session, effect: dict[str, Any]) -> bool:
        code = effect["props"]["value"]
        limit = self.environment.coupon_limits.get(code, 0)
        is_redeemed = code in session.redeemed_coupons
        return not is_redeemed and self.store.redemptions.get(code, 0) >= limit


def _limit_props(props: dict[str, Any]) -> dict[str, Any]:
    return {"value": props["value"], "rejectionReason": "CouponLimitReached"}


@dialect(Area.EFFECTS, source="RejectCouponEffectProps and the enumeration of its reasons")
class GivesReasons(Service):
    """A rejected coupon has a reason and details, and its campaign is -1."""

    def effects(self, session: Session) -> list[dict[str, Any]]:
        reason = {"rejectionReason": "CouponNotFound", "conditionIndex": 0, "details": ""}
        return [
            {**effect, "campaignId": -1, "props": {**reason, **effect["props"]}}
            if effect["effectType"] == "rejectCoupon"
            else effect
            for effect in super().effects(session)
        ]


@dialect(Area.EFFECTS, source="SetDiscountEffectProps; recorded discounts are not rounded")
class GivesDiscounts(Service):
    """An accepted coupon brings a discount of a tenth of the total, unrounded."""

    def effects(self, session: Session) -> list[dict[str, Any]]:
        effects = super().effects(session)
        total = self.computed_totals(session.data)["total"]
        discount = {
            **_CAMPAIGN,
            "effectType": "setDiscount",
            "props": {"name": "tenth", "value": min(max(total, 0), _MAX_BASE) * 0.1},
        }
        accepted = [effect for effect in effects if effect["effectType"] == "acceptCoupon"]
        return [*effects, *([discount] * len(accepted[:1]))]


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


@dialect(Area.EFFECTS, source="rollbackCoupon of cancelling and reopening")
class RollsBackCoupons(Service):
    """The answer to a cancel and a reopen has an effect for each coupon that is given back."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._given_back: dict[int, tuple[str, ...]] = {}

    def release_coupons(self, session: Session) -> None:
        self._given_back[session.internal_id] = session.redeemed_coupons
        super().release_coupons(session)

    def effects(self, session: Session) -> list[dict[str, Any]]:
        codes = self._given_back.pop(session.internal_id, ())
        if not codes:
            return super().effects(session)
        return [
            {**_CAMPAIGN, "effectType": "rollbackCoupon", "props": {"value": code}}
            for code in codes
        ]


@dialect(
    Area.EFFECTS,
    source="members that 2.5.1 does not define in IntegrationCustomerSessionResponse",
    versions=VERSION_2_5_1,
)
class ReadsHaveEffects(Service):
    """A read shows the effects beside the session."""

    def read_content(self, session: Session) -> dict[str, Any]:
        return {**super().read_content(session), "effects": self.effects(session)}
