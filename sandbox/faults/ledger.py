"""Mistakes that no single session shows: ids, limits of coupons, jobs that touch old sessions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...contract import Environment
from ..calls import Refusal
from ..service import Service
from ..sessions import Session
from .fault import Difficulty, FaultClass, fault

_COUPON_LIMITS = {"WELCOME": 5}


@fault(FaultClass.LEDGER, Difficulty.MEDIUM, "RESP-07", operations=201)
class ReusesIds(Service):
    """The internal id starts anew after two hundred sessions."""

    def create_session(self, session_id: str, data: Mapping[str, Any]) -> Session:
        session = super().create_session(session_id, data)
        session.internal_id = (session.internal_id - 1) % 200 + 1
        return session


class _PeriodicJob(Service):
    """Something that runs after every thirtieth new session, over those that were made long ago."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._made = 0

    def save(self, session_id: str, session: Session) -> None:
        new = self.storage_key(session_id) not in self.store.sessions
        super().save(session_id, session)
        if not new:
            return
        self._made += 1
        if self._made % 30 == 0:
            for old in list(self.store.sessions.values())[:-25]:
                self.touch(old)

    def touch(self, old: Session) -> None:
        raise NotImplementedError  # each fault below has its own


@fault(FaultClass.LEDGER, Difficulty.HARD, "RESP-03", operations=9)
class CancelsStaleSessions(_PeriodicJob):
    """Open sessions that nobody came back to are cancelled by a job."""

    def touch(self, old: Session) -> None:
        if old.state == "open":
            old.state = "cancelled"


@fault(FaultClass.LEDGER, Difficulty.HARD, "RESP-03", operations=9)
class TouchesOldSessions(_PeriodicJob):
    """A job saves old sessions anew, which changes when they were updated."""

    def touch(self, old: Session) -> None:
        old.updated = self.store.clock.now()


@fault(
    FaultClass.LEDGER, Difficulty.MEDIUM, "LIMIT-01", coupon_limits=_COUPON_LIMITS, operations=16
)
class CountsCouponsByProfile(Service):
    """A coupon's limit holds for each profile, not for all of them."""

    def check_coupon_limits(self, stored: Session | None, result: Session) -> None:
        if not self.is_closing(stored, result):
            return
        profile = result.data.get("profileId", "")
        for code in self.redeemable_coupons(result):
            held = sum(
                other.data.get("profileId", "") == profile and code in other.redeemed_coupons
                for other in self.store.sessions.values()
            )
            if held >= self.environment.coupon_limits[code]:
                raise Refusal(409, "a coupon has reached its limit", "/customerSession/couponCodes")


@fault(FaultClass.LEDGER, Difficulty.HARD, "LIMIT-01", coupon_limits=_COUPON_LIMITS, operations=16)
class ChecksCouponsWhenEntered(Service):
    """A coupon's limit is checked when its code is put into a session, not when that closes."""

    def check_coupon_limits(self, stored: Session | None, result: Session) -> None:
        known = stored.data.get("couponCodes", ()) if stored else ()
        for code in self.redeemable_coupons(result):
            used = self.store.redemptions.get(code, 0)
            if code not in known and used >= self.environment.coupon_limits[code]:
                raise Refusal(409, "a coupon has reached its limit", "/customerSession/couponCodes")


@fault(FaultClass.LEDGER, Difficulty.HARD, "LIMIT-01", coupon_limits=_COUPON_LIMITS, operations=16)
class GivesBackTwice(Service):
    """Cancelling a closed session gives its coupons back twice."""

    def release_coupons(self, session: Session) -> None:
        for code in session.redeemed_coupons:
            self.store.redemptions[code] -= session.state == "cancelled"
        super().release_coupons(session)
