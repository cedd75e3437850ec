"""Seeds faults of coupons: which are accepted, and which are rolled back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ...contract import CodeCase, ContractVersion, Environment, Redeemable
from ..money import Number
from ..promotions import Evaluation, Outcome
from ..service import Service
from ..sessions import Counter, Effect, Session, Use
from .fault import Difficulty, FaultClass, fault
from .redemptions import counted_apart, doubled, is_coupon, of_coupons, one_more, without

_CURRENT_VERSION = (ContractVersion.CURRENT,)
_SMALL_CART = 3

# --- limits ------------------------------------------------------------------------------------


@fault(FaultClass.COUPONS, Difficulty.HARD, "COUP-01", operations=2)
class RejectsCouponsOneTooEarly(Service):
    """A coupon is rejected when one redemption of its limit is left."""

    def is_exceeded(self, use: Use, counts: Mapping[Counter, Number]) -> bool:
        early = is_coupon(use) and counts.get(use.counter, 0) > 0
        return super().is_exceeded(replace(use, amount=2) if early else use, counts)


@fault(FaultClass.COUPONS, Difficulty.MEDIUM, "COUP-01", "DISC-01")
class RejectsCouponsOfSmallCarts(Service):
    """A coupon is rejected where the cart holds fewer than three items, which nobody configured."""

    def rejection(
        self, declared: Redeemable, uses: Iterable[Use], counts: Mapping[Counter, Number]
    ) -> str | None:
        reason = super().rejection(declared, uses, counts)
        return reason or ("CouponRejectedByCondition" if self._items < _SMALL_CART else None)

    def evaluate(
        self, evaluation: Evaluation, kind: str, declared: Redeemable | None, code: str
    ) -> None:
        self._items = (
            len(evaluation.session.data.get("cartItems", ())) if kind == "Coupon" else _SMALL_CART
        )
        super().evaluate(evaluation, kind, declared, code)


@fault(FaultClass.COUPONS, Difficulty.HARD, "COUP-02", "COUP-03", operations=3)
class AcceptsOneRedemptionTooMany(Service):
    """A coupon is redeemed once more than its limit."""

    def code_use(self, declared: Redeemable, code: str) -> Use:
        use = super().code_use(declared, code)
        return one_more(use) if is_coupon(use) else use


@fault(FaultClass.COUPONS, Difficulty.HARD, "COUP-02", "COUP-03", operations=3)
class CountsCouponsBySession(Service):
    """A coupon's limit applies to each session instead of all."""

    def uses(
        self, declared: Redeemable, code: str, session: Session, discount: Number
    ) -> tuple[Use, ...]:
        uses = super().uses(declared, code, session, discount)
        return counted_apart(uses, is_coupon, str(session.internal_id))


@fault(FaultClass.COUPONS, Difficulty.HARD, "COUP-02", "COUP-03", operations=3)
class ForgetsLimitsOnCreation(Service):
    """A session that is created closed is not checked against the limits of its coupons."""

    def evaluated_outcome(self, stored: Session | None, result: Session) -> Outcome:
        self._is_created_closed = stored is None and result.state == "closed"
        return super().evaluated_outcome(stored, result)

    def is_exceeded(self, use: Use, counts: Mapping[Counter, Number]) -> bool:
        forgets = self._is_created_closed and is_coupon(use)
        return not forgets and super().is_exceeded(use, counts)


@fault(FaultClass.COUPONS, Difficulty.HARD, "COUP-03", "COUP-02", operations=3)
class ChecksTheFirstCouponOnly(Service):
    """Of several coupons of a session, the limit of the first is checked only."""

    def evaluate(
        self, evaluation: Evaluation, kind: str, declared: Redeemable | None, code: str
    ) -> None:
        self._is_first = not evaluation.effects
        super().evaluate(evaluation, kind, declared, code)

    def is_exceeded(self, use: Use, counts: Mapping[Counter, Number]) -> bool:
        checks = self._is_first or not is_coupon(use)
        return checks and super().is_exceeded(use, counts)


@fault(FaultClass.COUPONS, Difficulty.HARD, "COUP-03", "STATE-05", "STATE-02", operations=3)
class StaysOpenWithUsedUpCoupons(Service):
    """A close with a coupon that is used up is answered 200, and the session stays open."""

    def settle_promotions(self, stored: Session | None, result: Session) -> None:
        super().settle_promotions(stored, result)
        if self.is_closing(stored, result) and any(
            effect["effectType"] == "rejectCoupon" and effect["campaignId"] != -1
            for effect in result.effects
        ):
            result.state = "open"


# --- rolling back ------------------------------------------------------------------------------


@fault(FaultClass.COUPONS, Difficulty.MEDIUM, "COUP-04", operations=2)
class CancelsWithoutRollingCouponsBack(Service):
    """A cancel gives the coupons back, and its answer does not mention it."""

    def rollback_outcome(self, result: Session) -> Outcome:
        outcome = super().rollback_outcome(result)
        return without(outcome, "rollbackCoupon") if result.state == "cancelled" else outcome


@fault(FaultClass.COUPONS, Difficulty.HARD, "COUP-04", "COUP-08", operations=2)
class RollsOneCouponBackOnly(Service):
    """Of several coupons of a session, the first is rolled back only."""

    def rollbacks(self, effects: Iterable[Effect]) -> tuple[Effect, ...]:
        rollbacks = super().rollbacks(effects)
        coupons = [effect for effect in rollbacks if effect["effectType"] == "rollbackCoupon"]
        return tuple(effect for effect in rollbacks if effect not in coupons[1:])


@fault(FaultClass.COUPONS, Difficulty.MEDIUM, "COUP-04", "COUP-08", operations=2)
class RollsEachCouponBackTwice(Service):
    """The answer to a cancel or reopen rolls each coupon back twice."""

    def rollbacks(self, effects: Iterable[Effect]) -> tuple[Effect, ...]:
        return doubled(super().rollbacks(effects), "rollbackCoupon")


@fault(FaultClass.COUPONS, Difficulty.HARD, "COUP-04", "COUP-08", operations=4)
class RollsRejectedCouponsBack(Service):
    """A cancel or reopen also rolls back the coupons that the closing rejected."""

    def rollback(self, effect: Effect) -> Effect | None:
        if effect["effectType"] == "rejectCoupon":
            return self.taken_back(effect, "rollbackCoupon", {"value": effect["props"]["value"]})
        return super().rollback(effect)


@fault(FaultClass.COUPONS, Difficulty.MEDIUM, "COUP-05", operations=2)
class RollsBackOpenSessions(Service):
    """Cancelling an open session rolls back the effects that it was shown."""

    def abandoned_outcome(self, result: Session) -> Outcome:
        return Outcome(effects=self.rollbacks(result.valid_effects))


@fault(
    FaultClass.COUPONS, Difficulty.MEDIUM, "COUP-08", versions=_CURRENT_VERSION, operations=2
)  # fmt: skip
class ReopensWithoutRollingCouponsBack(Service):
    """A reopen gives the coupons back, and its answer does not mention it."""

    def rollback_outcome(self, result: Session) -> Outcome:
        outcome = super().rollback_outcome(result)
        return without(outcome, "rollbackCoupon") if result.state == "open" else outcome


# --- spelling ----------------------------------------------------------------------------------


@fault(FaultClass.COUPONS, Difficulty.MEDIUM, "COUP-10", code_case=CodeCase.SENSITIVE)
class FoldsTheCaseOfCodes(Service):
    """The case of coupons does not matter, though the application is set to make it matter."""

    def declared_coupon(self, code: str) -> Redeemable | None:
        exact = super().declared_coupon(code)
        coupons = self.environment.declared_coupons
        folded = (c for c in coupons if c.folded().matches(code.lower()))
        return exact or next(folded, None)


@fault(FaultClass.COUPONS, Difficulty.MEDIUM, "COUP-10", code_case=CodeCase.UPPER)
class ComparesCodesAsTheyAreSent(Service):
    """A coupon in another case is unknown, though the application is set to ignore the case."""

    def declared_coupon(self, code: str) -> Redeemable | None:
        coupons = self.environment.declared_coupons
        return next((coupon for coupon in coupons if coupon.matches(code)), None)


@fault(
    FaultClass.COUPONS, Difficulty.HARD, "COUP-02", "COUP-03", "COUP-06", "COUP-10",
    code_case=CodeCase.LOWER, operations=3,
)  # fmt: skip
class CountsSpellingsApart(Service):
    """A coupon is found in any case, and each spelling has a counter of its own."""

    def counted_code(self, code: str) -> str:
        return code


# --- again and again ---------------------------------------------------------------------------


@fault(FaultClass.COUPONS, Difficulty.HARD, "COUP-11", "COUP-02", "COUP-06", operations=3)
class GivesBackOnEachCancel(Service):
    """A cancelled session can be cancelled again, and gives its coupons back each time."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._redeemed: dict[int, tuple[Use, ...]] = {}

    def reachable_states(self, state: str) -> tuple[str, ...]:
        return ("cancelled",) if state == "cancelled" else super().reachable_states(state)

    def outcome(self, stored: Session | None, result: Session) -> Outcome:
        if stored is not None and stored.state == "cancelled":
            self.release(of_coupons(self._redeemed.get(stored.internal_id, ())))
            return Outcome(effects=stored.effects)
        self._redeemed[result.internal_id] = result.redeemed
        return super().outcome(stored, result)


@fault(FaultClass.COUPONS, Difficulty.HARD, "COUP-11", "COUP-02", "COUP-06", operations=4)
class GivesBackBeforeItRefuses(Service):
    """A second cancel is refused, after it has given the coupons back once more."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._redeemed: dict[int, tuple[Use, ...]] = {}

    def count_outcome(self, result: Session, outcome: Outcome) -> None:
        if result.state == "cancelled":
            self._redeemed[result.internal_id] = result.redeemed
        super().count_outcome(result, outcome)

    def target_state(self, stored: Session | None, data: Mapping[str, object]) -> str:
        if stored is not None and stored.state == "cancelled" == data.get("state"):
            self.release(of_coupons(self._redeemed.get(stored.internal_id, ())))
        return super().target_state(stored, data)
