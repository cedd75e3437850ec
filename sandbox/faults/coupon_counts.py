"""Seeds faults of the counters of coupons: what redeems, what gives back, and what is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...contract import ContractVersion, Environment
from ..calls import Call, Refusal, Reply
from ..promotions import Outcome
from ..service import Service
from ..sessions import Session, Use
from .fault import Difficulty, FaultClass, fault
from .redemptions import is_any, is_coupon, keep, of_coupons

_CURRENT_VERSION = (ContractVersion.CURRENT,)

# --- giving back -------------------------------------------------------------------------------


@fault(FaultClass.COUPONS, Difficulty.HARD, "COUP-04", "COUP-06", "COUP-01", "REF-02", operations=3)
class CancelsWithoutGivingBack(Service):
    """A cancel rolls the codes back in its answer, and goes on counting their redemptions."""

    def count_outcome(self, result: Session, outcome: Outcome) -> None:
        if result.state == "cancelled":
            keep(result, outcome, is_any)
        super().count_outcome(result, outcome)


@fault(
    FaultClass.COUPONS, Difficulty.HARD, "COUP-08", "COUP-06", "COUP-01", "REF-02",
    versions=_CURRENT_VERSION, operations=3,
)  # fmt: skip
class ReopensWithoutGivingBack(Service):
    """A reopen rolls the codes back in its answer, and goes on counting their redemptions."""

    def count_outcome(self, result: Session, outcome: Outcome) -> None:
        if result.state == "open":
            keep(result, outcome, is_any)
        super().count_outcome(result, outcome)


@fault(
    FaultClass.COUPONS, Difficulty.HARD, "COUP-04", "COUP-06", "COUP-01", operations=4,
)  # fmt: skip
class KeepsWhatIsPartlyReturned(Service):
    """Cancelling a partially returned session goes on counting its coupons."""

    def count_outcome(self, result: Session, outcome: Outcome) -> None:
        if result.state == "cancelled" and any(result.returned_units):
            keep(result, outcome, is_coupon)
        super().count_outcome(result, outcome)


@fault(FaultClass.COUPONS, Difficulty.HARD, "COUP-05", "COUP-02", "COUP-06", operations=3)
class GivesBackWhatIsOpen(Service):
    """Cancelling an open session gives its coupons back, though it never redeemed them."""

    def settle_promotions(self, stored: Session | None, result: Session) -> None:
        super().settle_promotions(stored, result)
        if stored is not None and stored.state == "open" and result.state == "cancelled":
            for code in self.coupon_codes(result):
                coupon = self.declared_coupon(code)
                if coupon is not None:
                    self.release((self.code_use(coupon, code),))


@fault(FaultClass.COUPONS, Difficulty.HARD, "COUP-02", "COUP-06", operations=3)
class GivesBackOnDryCancels(Service):
    """A dry cancel gives the coupons of a closed session back."""

    def preview_promotions(self, stored: Session | None, result: Session) -> None:
        super().preview_promotions(stored, result)
        if stored is not None and self.gives_back(stored, result):
            self.release(of_coupons(stored.redeemed))


@fault(
    FaultClass.COUPONS, Difficulty.HARD, "COUP-02", "COUP-06", "COUP-08", "COUP-01",
    versions=_CURRENT_VERSION, operations=4,
)  # fmt: skip
class RedeemsNothingAfterAReopen(Service):
    """A session that was reopened once redeems nothing when it is closed again."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._reopened: set[int] = set()

    def rollback_outcome(self, result: Session) -> Outcome:
        if result.state == "open":
            self._reopened.add(result.internal_id)
        return super().rollback_outcome(result)

    def redeems(self, stored: Session | None, result: Session) -> bool:
        return result.internal_id not in self._reopened and super().redeems(stored, result)


# --- redeeming ---------------------------------------------------------------------------------


@fault(FaultClass.COUPONS, Difficulty.HARD, "COUP-07", "COUP-01", "COUP-06", operations=3)
class RedeemsOnDryCloses(Service):
    """A dry close redeems the coupons."""

    def preview_promotions(self, stored: Session | None, result: Session) -> None:
        outcome = self.outcome(stored, result)
        super().preview_promotions(stored, result)
        self.hold(of_coupons(outcome.redeemed))


@fault(FaultClass.COUPONS, Difficulty.HARD, "COUP-07", "COUP-01", "COUP-06", operations=2)
class RedeemsOnOpenUpdates(Service):
    """Every update of an open session redeems its coupons, and nothing gives them back."""

    def settle_promotions(self, stored: Session | None, result: Session) -> None:
        if result.state == "open" and (stored is None or stored.state == "open"):
            closed = result.copy()
            closed.state = "closed"
            self.hold(of_coupons(self.outcome(stored, closed).redeemed))
        super().settle_promotions(stored, result)


@fault(FaultClass.COUPONS, Difficulty.HARD, "COUP-07", "COUP-01", "COUP-06", operations=3)
class RedeemsOnRefusedCloses(Service):
    """A close that is refused for its cart or costs has redeemed the stored coupons before."""

    async def update(self, call: Call, session_id: str) -> Reply:
        stored = self.load(session_id)
        try:
            return await super().update(call, session_id)
        except Refusal:
            closes = b'"closed"' in call.body and not call.dry
            if closes and stored is not None and stored.state == "open":
                closed = stored.copy()
                closed.state = "closed"
                self.hold(of_coupons(self.outcome(stored, closed).redeemed))
            raise


@fault(FaultClass.COUPONS, Difficulty.HARD, "COUP-07", "COUP-06", "COUP-01", operations=3)
class RedeemsAgainThoughClosed(Service):
    """A closed session can be closed again, and redeems its coupons again."""

    def reachable_states(self, state: str) -> tuple[str, ...]:
        reachable = super().reachable_states(state)
        return (*reachable, "closed") if state == "closed" else reachable

    def settle_promotions(self, stored: Session | None, result: Session) -> None:
        super().settle_promotions(stored, result)
        if stored is not None and stored.state == result.state == "closed":
            self.hold(of_coupons(result.redeemed))


@fault(FaultClass.COUPONS, Difficulty.HARD, "COUP-07", "EFF-03", "COUP-06", operations=2)
class CountsDoubledCodesTwice(Service):
    """A coupon that is sent twice is redeemed twice."""

    def distinct_codes(self, codes: Iterable[str]) -> Iterator[str]:
        return iter(codes)


@fault(
    FaultClass.COUPONS, Difficulty.HARD, "COUP-07", "COUP-06", "COUP-01", "COUP-04", operations=3
)
class RedeemsOnReturns(Service):
    """A return of items redeems the coupons of its session once more."""

    def settle_return(self, stored: Session, result: Session) -> None:
        super().settle_return(stored, result)
        self.hold(of_coupons(stored.redeemed))


# --- shown counters ----------------------------------------------------------------------------


@fault(FaultClass.COUPONS, Difficulty.MEDIUM, "COUP-06", operations=2)
class ShowsOneRedemptionMore(Service):
    """The usageCounter of a coupon that was redeemed is one too high."""

    def shown_usage(self, use: Use) -> int:
        usage = super().shown_usage(use)
        return usage + 1 if usage else 0


@fault(FaultClass.COUPONS, Difficulty.MEDIUM, "COUP-06", operations=2)
class ShowsUnusedCoupons(Service):
    """The usageCounter of a coupon is always 0."""

    def shown_usage(self, use: Use) -> int:
        return min(super().shown_usage(use), 0)


@fault(FaultClass.COUPONS, Difficulty.HARD, "COUP-06", "COUP-04", operations=4)
class ShowsTheHighestUsage(Service):
    """The usageCounter of a coupon never goes down."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._highest: dict[str, int] = {}

    def shown_usage(self, use: Use) -> int:
        code = use.counter[1]
        self._highest[code] = max(self._highest.get(code, 0), super().shown_usage(use))
        return self._highest[code]


@fault(FaultClass.COUPONS, Difficulty.HARD, "COUP-06", operations=2)
class CountsAnswersAsUses(Service):
    """The usageCounter of a coupon goes up with each answer that shows it."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._shown: dict[str, int] = {}

    def shown_usage(self, use: Use) -> int:
        code = use.counter[1]
        self._shown[code] = self._shown.get(code, -1) + 1
        return super().shown_usage(use) + self._shown[code]
