"""Seeds faults that no single session shows: in ids, in coupon limits, in periodic jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...contract import Environment
from ..calls import Call, Reply
from ..service import Service
from ..sessions import Session
from .concurrency import wait_for_query
from .fault import Difficulty, FaultClass, fault

_LIMITS_TO_REACH = {"WELCOME": 5}


@fault(FaultClass.LEDGER, Difficulty.MEDIUM, "RESP-07", operations=201)
class ReusesIds(Service):
    """Internal ids restart at 1 after 200 sessions."""

    def create_session(self, session_id: str, data: Mapping[str, Any]) -> Session:
        session = super().create_session(session_id, data)
        session.internal_id = (session.internal_id - 1) % 200 + 1
        return session


class _PeriodicJob(Service):
    """A job that changes all but the newest 25 sessions; every 30th new session starts it."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._created_count = 0

    def save(self, session_id: str, session: Session) -> None:
        is_new = self.storage_key(session_id) not in self.store.sessions
        super().save(session_id, session)
        if not is_new:
            return
        self._created_count += 1
        if self._created_count % 30 == 0:
            for old_session in list(self.store.sessions.values())[:-25]:
                self.change(old_session)

    def change(self, session: Session) -> None:
        """What the job does to one session."""
        raise NotImplementedError(f"{type(self).__name__} must define change()")


@fault(FaultClass.LEDGER, Difficulty.HARD, "RESP-03", operations=9)
class CancelsStaleSessions(_PeriodicJob):
    """A periodic job cancels old sessions that are still open."""

    def change(self, session: Session) -> None:
        if session.state == "open":
            session.state = "cancelled"


@fault(FaultClass.LEDGER, Difficulty.HARD, "RESP-03", operations=9)
class TouchesOldSessions(_PeriodicJob):
    """A periodic job saves old sessions again, which changes the time of their last update."""

    def change(self, session: Session) -> None:
        session.updated = self.store.clock.now()


@fault(
    FaultClass.LEDGER, Difficulty.MEDIUM, "LIMIT-01", coupon_limits=_LIMITS_TO_REACH, operations=16
)
class CountsCouponsByProfile(Service):
    """A coupon's limit applies to each profile instead of all sessions."""

    def check_coupon_limits(self, stored: Session | None, result: Session) -> None:
        if not self.is_closing(stored, result):
            return
        profile = result.data.get("profileId", "")
        for code in self.redeemable_coupons(result):
            redemptions = sum(
                other.data.get("profileId", "") == profile and code in other.redeemed_coupons
                for other in self.store.sessions.values()
            )
            if redemptions >= self.environment.coupon_limits[code]:
                raise self.limit_refusal(code)


@fault(
    FaultClass.LEDGER, Difficulty.HARD, "LIMIT-01", coupon_limits=_LIMITS_TO_REACH, operations=16
)
class ChecksCouponsWhenEntered(Service):
    """A coupon's limit is checked when a session gets the code, not when it is closed."""

    def check_coupon_limits(self, stored: Session | None, result: Session) -> None:
        stored_codes = stored.data.get("couponCodes", ()) if stored else ()
        for code in self.redeemable_coupons(result):
            used = self.store.redemptions.get(code, 0)
            if code not in stored_codes and used >= self.environment.coupon_limits[code]:
                raise self.limit_refusal(code)


@fault(
    FaultClass.LEDGER, Difficulty.HARD, "LIMIT-01", coupon_limits=_LIMITS_TO_REACH, operations=16
)
class GivesBackTwice(Service):
    """Cancelling a closed session releases each of its coupons twice."""

    def release_coupons(self, session: Session) -> None:
        for code in session.redeemed_coupons:
            self.store.redemptions[code] -= session.state == "cancelled"
        super().release_coupons(session)


@fault(FaultClass.LEDGER, Difficulty.HARD, "LIMIT-01", coupon_limits=_LIMITS_TO_REACH, operations=6)
class CountsParallelClosingsOnce(Service):
    """Sessions that are closed at the same moment all count a coupon from the same number."""

    async def update(self, call: Call, session_id: str) -> Reply:
        if self.parse_session(self.parse_body(call)).get("state") == "closed" and not call.dry:
            counted = dict(self.store.redemptions)
            await wait_for_query()
            self.store.redemptions = counted
        return await super().update(call, session_id)
