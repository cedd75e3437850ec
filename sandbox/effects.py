"""Builds the effects of the declared campaigns as answers show them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Any

from ..contract import Coupon, Environment, Loyalty, Redeemable
from .lifecycle import Lifecycle
from .sessions import Effect, Session

_FIRST_CAMPAIGN_ID = 11
_RULESETS = 1000
"""The distance from the number of a campaign to that of its ruleset."""
_NO_CAMPAIGN = {"campaignId": -1, "rulesetId": -1, "ruleIndex": -1, "ruleName": ""}


def _campaign_of(declared: Redeemable | Loyalty) -> str:
    """The name of a campaign; without a declared one each declaration is a campaign of its own."""
    if isinstance(declared, Loyalty):
        return f"points {declared.name}"
    kind = "coupon" if isinstance(declared, Coupon) else "referral"
    return declared.campaign or f"{kind} {declared.code}"


def _campaign_ids(environment: Environment) -> dict[str, int]:
    """The number of each campaign: the declared one, or a free one."""
    coupons = environment.declared_coupons
    ids = {_campaign_of(c): c.campaign_id for c in coupons if c.campaign_id is not None}
    taken = frozenset(ids.values())
    free = (number for number in count(_FIRST_CAMPAIGN_ID) if number not in taken)
    others: tuple[Redeemable | Loyalty, ...] = (*environment.referrals, *environment.loyalty)
    for declared in (*coupons, *others):
        if _campaign_of(declared) not in ids:
            ids[_campaign_of(declared)] = next(free)
    return ids


class Effects(Lifecycle):
    """The effects by their wire names, one overridable method for each decision (EFF-01, EFF-02).

    The effect of a code shows the code as the session holds it.
    """

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._campaign_ids = _campaign_ids(environment)

    def effect(self, kind: str, declared: Redeemable | Loyalty, props: dict[str, Any]) -> Effect:
        """An effect of the campaign that ``declared`` belongs to (EFF-01)."""
        campaign = self.campaign_id(declared)
        return {
            "campaignId": campaign,
            "rulesetId": campaign + _RULESETS,
            "ruleIndex": 0,
            "ruleName": _campaign_of(declared),
            "effectType": kind,
            "props": props,
        }

    def campaign_id(self, declared: Redeemable | Loyalty) -> int:
        """The ``campaignId`` of a declared campaign."""
        return self._campaign_ids[_campaign_of(declared)]

    def accept_effect(self, declared: Redeemable, code: str) -> Effect:
        """Accepts a code: ``acceptCoupon`` or ``acceptReferral``."""
        return self.effect(f"accept{self.kind(declared)}", declared, {"value": code})

    def reject_effect(self, declared: Redeemable, code: str, reason: str) -> Effect:
        """Rejects a known code: ``rejectCoupon`` or ``rejectReferral`` (COUP-03, REF-02)."""
        props = self.reject_props(code, reason)
        return self.effect(f"reject{self.kind(declared)}", declared, props)

    def unknown_effect(self, kind: str, code: str) -> Effect:
        """Rejects a code that no campaign has; ``kind``: Coupon, Referral (EFF-05, REF-05)."""
        props = self.reject_props(code, f"{kind}NotFound")
        return {**_NO_CAMPAIGN, "effectType": f"reject{kind}", "props": props}

    def reject_props(self, code: str, reason: str) -> dict[str, Any]:
        """The properties of a rejection (EFF-02)."""
        return {"value": code, "rejectionReason": reason}

    def kind(self, declared: Redeemable) -> str:
        """What effects call a code: Coupon or Referral."""
        return "Coupon" if isinstance(declared, Coupon) else "Referral"

    # --- rolling back ----------------------------------------------------------------------

    def rollbacks(self, effects: Iterable[Effect]) -> tuple[Effect, ...]:
        """What takes ``effects`` back; those that nothing takes back are left out."""
        rolled_back = (self.rollback(effect) for effect in effects)
        return tuple(effect for effect in rolled_back if effect is not None)

    def rollback(self, effect: Effect) -> Effect | None:
        """What takes ``effect`` back; None: nothing does (COUP-04, REF-03, DISC-03, LOY-01)."""
        kind, props = effect["effectType"], effect["props"]
        if kind in ("acceptCoupon", "acceptReferral"):
            return self.taken_back(effect, kind.replace("accept", "rollback"), props)
        if kind in ("setDiscount", "setDiscountPerItem"):
            return self.taken_back(effect, "rollbackDiscount", self.discount_back(props))
        if kind == "addLoyaltyPoints":
            left = {name: value for name, value in props.items() if name != "name"}
            return self.taken_back(effect, "rollbackAddedLoyaltyPoints", left)
        return None

    def taken_back(self, effect: Effect, kind: str, props: dict[str, Any]) -> Effect:
        """An effect of the rule that ``effect`` came from."""
        return {**effect, "effectType": kind, "props": props}

    def discount_back(self, props: dict[str, Any]) -> dict[str, Any]:
        """The properties of ``rollbackDiscount`` for those of a discount (DISC-03, DISC-04)."""
        back = {"name": props["name"], "value": props["value"]}
        if "position" in props:
            back["cartItemPosition"] = props["position"]
        if "subPosition" in props:
            back["cartItemSubPosition"] = props["subPosition"]
        return back

    # --- answers ---------------------------------------------------------------------------

    def effects(self, session: Session) -> list[Effect]:
        """The effects of the request that made ``session`` what it is."""
        return list(session.effects)

    def valid_effects(self, session: Session) -> list[Effect]:
        """The effects that are still valid, for reads (EFF-08)."""
        return list(session.valid_effects)
