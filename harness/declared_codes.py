"""The declared coupon and referral codes that the check before a run tries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..contract import MARK, Environment, Redeemable
from ..oracle.effects import EffectKind, read_effects
from ..oracle.model.codes import folded

_MOST_CODES = 12
_UNUSABLE = frozenset(
    (
        "CouponNotFound",
        "CouponPartOfNotRunningCampaign",
        "CouponExpired",
        "CouponStartDateInFuture",
        "ReferralNotFound",
        "ReferralPartOfNotRunningCampaign",
        "ReferralExpired",
        "ReferralStartDateInFuture",
    )
)
"""The documented reasons by which a code does not exist, or not at present. A code that is used up
is not among them: what a run leaves redeemed counts for the next one. Nor is one that a condition
rejects: that may be the bug, and COUP-01 names it."""


class CodeKind(StrEnum):
    """What a code is, as messages call it."""

    COUPON = "coupon"
    REFERRAL = "referral"


_FIELDS = {CodeKind.COUPON: "couponCodes", CodeKind.REFERRAL: "referralCode"}
_DECISIONS = {
    CodeKind.COUPON: (EffectKind.ACCEPT_COUPON, EffectKind.REJECT_COUPON),
    CodeKind.REFERRAL: (EffectKind.ACCEPT_REFERRAL, EffectKind.REJECT_REFERRAL),
}


@dataclass(frozen=True, slots=True)
class DeclaredCode:
    """One code that the environment declares."""

    kind: CodeKind
    code: str
    """As the target knows it."""
    where: str
    """Its key in the configuration file."""

    def body(self) -> dict[str, Any]:
        """The body of a dry update with the code, in a session that can redeem it.

        A budget may count by profile or identifier, and need one (BUDG-U1).
        """
        value: Any = [self.code] if self.kind is CodeKind.COUPON else self.code
        item = {"name": "item", "sku": "item", "quantity": 1, "price": 100}
        session = {
            "profileId": f"profile-{MARK}",
            "identifiers": [f"identifier-{MARK}"],
            "cartItems": [item],
            _FIELDS[self.kind]: value,
        }
        return {"customerSession": session, "responseContent": ["customerSession"]}

    def rejection(self, answer: object) -> str:
        """The reason for which the code cannot be used as it is declared; empty: none is shown.

        Args:
            answer: the decoded body of the response to an update with `body`.
        """
        accepted, rejected = _DECISIONS[self.kind]
        effects = [
            one
            for one in read_effects(answer).of(accepted, rejected)
            if folded(one.code) == folded(self.code)
        ]
        if any(one.kind is accepted for one in effects):
            return ""
        return next((one.reason for one in effects if one.reason in _UNUSABLE), "")


def codes_of(environment: Environment) -> tuple[DeclaredCode, ...]:
    """The first codes that ``environment`` declares; of a pattern the first and the last one."""
    return tuple(_codes(environment))[:_MOST_CODES]


def _codes(environment: Environment) -> Iterator[DeclaredCode]:
    lists: tuple[tuple[CodeKind, str, tuple[Redeemable, ...]], ...] = (
        (CodeKind.COUPON, "coupons", environment.coupons),
        (CodeKind.REFERRAL, "referrals", environment.referrals),
    )
    for kind, key, declared in lists:
        for index, one in enumerate(declared):
            where = f"environment.{key}[{index}]"
            if one.first is None or one.last is None:
                yield DeclaredCode(kind, one.code, f"{where}.code")
            else:
                yield DeclaredCode(kind, one.numbered(one.first), f"{where}.from")
                yield DeclaredCode(kind, one.numbered(one.last), f"{where}.to")
    for code in environment.coupon_limits:
        yield DeclaredCode(CodeKind.COUPON, code, f"environment.coupon_limits.{code}")
