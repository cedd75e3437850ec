"""Holds what faults of redemptions share: which uses they change, and which they keep."""

from __future__ import annotations

from collections.abc import Iterable

from ..promotions import Outcome
from ..service import Service
from ..sessions import Session, Use


def is_coupon(use: Use) -> bool:
    """Whether a use is that of a coupon over all sessions (COUP-02)."""
    return use.counter[0] == "Coupon"


def is_referral(use: Use) -> bool:
    """Whether a use is that of a referral over all sessions (REF-01)."""
    return use.counter[0] == "Referral"


def of_coupons(uses: Iterable[Use]) -> tuple[Use, ...]:
    """Those of ``uses`` that count coupons, without referrals, profiles and budgets."""
    return tuple(use for use in uses if is_coupon(use))


class Keeps(Service):
    """Goes on counting some of what a session redeemed, though its answer rolls it back."""

    def keeps(self, result: Session) -> bool:
        """Whether a session that is no longer closed goes on counting."""
        raise NotImplementedError(f"{type(self).__name__} must define keeps()")

    def kept(self, use: Use) -> bool:  # noqa: ARG002 - faults need it
        """Whether such a session goes on counting ``use``: by default each."""
        return True

    def count_outcome(self, result: Session, outcome: Outcome) -> None:
        if result.redeemed and not outcome.redeemed and self.keeps(result):
            result.redeemed = tuple(use for use in result.redeemed if not self.kept(use))
        super().count_outcome(result, outcome)
