"""Seeds faults that no single session shows: in ids, in coupon limits, in periodic jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...contract import Environment, Redeemable
from ..calls import Call, Reply
from ..money import Number
from ..promotions import Outcome
from ..service import Service
from ..sessions import Counter, Session, Use
from .concurrency import wait_for_query
from .fault import Difficulty, FaultClass, fault
from .redemptions import counted_apart, is_coupon, of_coupons

_LIMITS_TO_REACH = {"SPRING": 5}


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
    FaultClass.LEDGER, Difficulty.MEDIUM, "COUP-02", coupon_limits=_LIMITS_TO_REACH, operations=16
)
class CountsCouponsByProfile(Service):
    """A coupon's limit applies to each profile instead of all sessions."""

    def uses(
        self, declared: Redeemable, code: str, session: Session, discount: Number
    ) -> tuple[Use, ...]:
        uses = super().uses(declared, code, session, discount)
        return counted_apart(uses, is_coupon, session.data.get("profileId", ""))


@fault(FaultClass.LEDGER, Difficulty.HARD, "COUP-02", coupon_limits=_LIMITS_TO_REACH, operations=16)
class ChecksCouponsWhenEntered(Service):
    """A coupon's limit is checked when a session gets the code, not when it is closed."""

    def evaluated_outcome(self, stored: Session | None, result: Session) -> Outcome:
        self._entered = frozenset(self.coupon_codes(stored) if stored else ())
        return super().evaluated_outcome(stored, result)

    def code_use(self, declared: Redeemable, code: str) -> Use:
        use = super().code_use(declared, code)
        return replace(use, limit=0) if code in self._entered else use


@fault(FaultClass.LEDGER, Difficulty.HARD, "COUP-02", coupon_limits=_LIMITS_TO_REACH, operations=16)
class GivesBackTwice(Service):
    """Cancelling a closed session gives each of its coupons back twice."""

    def rollback_outcome(self, result: Session) -> Outcome:
        if result.state == "cancelled":
            self.release(of_coupons(result.redeemed))
        return super().rollback_outcome(result)


@fault(FaultClass.LEDGER, Difficulty.HARD, "COUP-02", coupon_limits=_LIMITS_TO_REACH, operations=6)
class CountsParallelClosingsOnce(Service):
    """Sessions that are closed at the same moment all count a coupon from the same number."""

    async def update(self, call: Call, session_id: str) -> Reply:
        if self.parse_session(self.parse_body(call)).get("state") == "closed" and not call.dry:
            counted = self._coupon_counts()
            await wait_for_query()
            others = self.store.counts.items() - self._coupon_counts().items()
            self.store.counts = {**dict(others), **counted}
        return await super().update(call, session_id)

    def _coupon_counts(self) -> dict[Counter, Number]:
        return {key: count for key, count in self.store.counts.items() if key[0] == "Coupon"}
