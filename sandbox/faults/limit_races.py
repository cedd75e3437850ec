"""Seeds races for limits: another request runs between a look at a counter and its count."""

from __future__ import annotations

from collections.abc import Mapping

from ..calls import Call, Reply
from ..money import Number
from ..service import Service
from ..sessions import Counter, Use
from .concurrency import wait_for_query
from .fault import Difficulty, FaultClass, fault


class _ChecksEarly(Service):
    """Looks at the counters of some kinds before it waits for its query, and counts after."""

    _seen: Mapping[Counter, Number] = {}

    def checks_early(self, use: Use) -> bool:  # noqa: ARG002 - faults need it
        """Whether the counter of ``use`` is looked at too early."""
        return False

    async def update(self, call: Call, session_id: str) -> Reply:
        if b'"closed"' not in call.body or call.dry:
            self._seen = self.store.counts
            return await super().update(call, session_id)
        seen = dict(self.store.counts)
        await wait_for_query()
        # Nothing is awaited between here and the check.
        self._seen = seen
        return await super().update(call, session_id)

    def is_exceeded(self, use: Use, counts: Mapping[Counter, Number]) -> bool:
        if not self.checks_early(use):
            return super().is_exceeded(use, counts)
        of_this_session = counts.get(use.counter, 0) - self.store.counts.get(use.counter, 0)
        early = self._seen.get(use.counter, 0) + of_this_session
        return super().is_exceeded(use, {use.counter: early})


@fault(FaultClass.CONCURRENCY, Difficulty.HARD, "COUP-02", "COUP-03", operations=3)
class RacesForTheLastCoupon(_ChecksEarly):
    """Parallel closings all find one redemption of a coupon left, and all redeem it."""

    def checks_early(self, use: Use) -> bool:
        return use.counter[0] == "Coupon" or super().checks_early(use)


@fault(FaultClass.CONCURRENCY, Difficulty.HARD, "REF-01", "REF-02", operations=2)
class RacesForTheLastReferral(_ChecksEarly):
    """Parallel closings all find one redemption of a referral left, and all redeem it."""

    def checks_early(self, use: Use) -> bool:
        return use.counter[0] == "Referral" or super().checks_early(use)


@fault(FaultClass.CONCURRENCY, Difficulty.HARD, "BUDG-01", operations=2)
class RacesForTheLimitOfAProfile(_ChecksEarly):
    """Parallel closings of a profile all find its limit not reached, and all redeem."""

    def checks_early(self, use: Use) -> bool:
        return use.counter[0] == "profile" or super().checks_early(use)


@fault(FaultClass.CONCURRENCY, Difficulty.HARD, "BUDG-02", operations=3)
class RacesForTheBudgetOfAnIdentifier(_ChecksEarly):
    """Parallel closings with one identifier all find its budget not used up, and all redeem."""

    def checks_early(self, use: Use) -> bool:
        return use.counter[0] == "budget" or super().checks_early(use)


@fault(
    FaultClass.CONCURRENCY, Difficulty.HARD, "COUP-02", "COUP-06", "COUP-03", "COUP-04", "COUP-01",
    "REF-01", operations=4,
)  # fmt: skip
class CancelsOverClosings(Service):
    """A cancel writes the counters back as it read them, without what was closed meanwhile."""

    async def update(self, call: Call, session_id: str) -> Reply:
        if b'"cancelled"' in call.body and not call.dry:
            read = dict(self.store.counts)
            await wait_for_query()
            self.store.counts = read
        return await super().update(call, session_id)


@fault(
    FaultClass.CONCURRENCY, Difficulty.HARD, "COUP-11", "COUP-02", "COUP-06", "PAR-01", "REF-01",
    operations=5,
)  # fmt: skip
class CancelsTwice(Service):
    """Two parallel cancels both find the session closed, and both give its codes back."""

    async def update(self, call: Call, session_id: str) -> Reply:
        stored = self.load(session_id)
        if stored is not None and stored.redeemed and b'"cancelled"' in call.body and not call.dry:
            await wait_for_query()
            if self.load(session_id) is not stored:
                self.save(session_id, stored)
        return await super().update(call, session_id)


@fault(
    FaultClass.CONCURRENCY, Difficulty.HARD, "PAR-01", "COUP-02", "COUP-11", "COUP-06", operations=3
)  # fmt: skip
class ReturnsOverCancels(Service):
    """A return saves the session as it read it: a cancel meanwhile is lost, but has given back."""

    async def return_items(self, call: Call, session_id: str) -> Reply:
        stored = self.load(session_id)
        await wait_for_query()
        if stored is not None and self.load(session_id) is not stored and not call.dry:
            self.save(session_id, stored)
        return await super().return_items(call, session_id)
