"""Decides what the declared campaigns do at each request: effects and redemptions."""

from __future__ import annotations

from collections import ChainMap
from dataclasses import dataclass, field
from decimal import localcontext
from typing import Any

from ..contract import Coupon, Redeemable
from .money import EXACT, Number
from .returned_discounts import ReturnedDiscounts
from .sessions import Counter, Effect, Session, Use

_RETURNABLE = ("closed", "partially_returned")
_FIRST_SHOWN = "2022-01-01T00:00:00.000000Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the campaigns make of one request."""

    effects: tuple[Effect, ...] = ()
    """The effects that its answer shows."""
    valid: tuple[Effect, ...] = ()
    """The effects that are valid after it."""
    redeemed: tuple[Use, ...] = ()
    """What the session counts after it."""


@dataclass(slots=True, kw_only=True)
class Evaluation:
    """The effects of a session so far, while its codes are looked at one after the other."""

    session: Session
    counts: ChainMap[Counter, Number]
    """The counters, with what this evaluation accepted."""
    effects: list[Effect] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    """What the accepted codes use up."""


class Promotions(ReturnedDiscounts):
    """The promotion engine. Between its look at the counters and its count nothing is awaited.

    ``stored`` is the session as the store holds it, None where it does not exist; ``result`` is
    the session as a request makes it.
    """

    # --- updates and reopens ---------------------------------------------------------------

    def settle_promotions(self, stored: Session | None, result: Session) -> None:
        """Gives ``result`` its effects, and counts what it redeems or gives back.

        A session that is closed redeems its codes; cancelling or reopening it gives them back.
        """
        with localcontext(EXACT):
            outcome = self.outcome(stored, result)
            self.check_outcome(stored, result, outcome)
            self.show_outcome(result, outcome)
            self.count_outcome(result, outcome)

    def preview_promotions(self, stored: Session | None, result: Session) -> None:
        """Gives ``result`` the effects that the real request would have (COUP-07)."""
        with localcontext(EXACT):
            outcome = self.outcome(stored, result)
            self.check_outcome(stored, result, outcome)
            self.show_outcome(result, outcome)

    def outcome(self, stored: Session | None, result: Session) -> Outcome:
        """What the campaigns make of an update or a reopen; nothing is counted yet."""
        if stored is not None and self.gives_back(stored, result):
            return self.rollback_outcome(result)
        if stored is not None and stored.state != "open":
            return self.unchanged_outcome(result)
        if result.state == "cancelled":
            return self.abandoned_outcome(result)
        return self.evaluated_outcome(stored, result)

    def check_outcome(self, stored: Session | None, result: Session, outcome: Outcome) -> None:
        """Refuses nothing: codes that are used up are rejected by effects (COUP-03)."""

    def show_outcome(self, result: Session, outcome: Outcome) -> None:
        """Gives ``result`` its effects."""
        result.effects = outcome.effects
        result.valid_effects = outcome.valid

    def count_outcome(self, result: Session, outcome: Outcome) -> None:
        """Counts the difference to what ``result`` counted before."""
        if outcome.redeemed != result.redeemed:
            self.release(result.redeemed)
            self.hold(outcome.redeemed)
            result.redeemed = outcome.redeemed

    def gives_back(self, stored: Session, result: Session) -> bool:
        """Whether a request undoes the closing of a session (COUP-04, COUP-05, COUP-08)."""
        return stored.state in _RETURNABLE and result.state in ("cancelled", "open")

    def rollback_outcome(self, result: Session) -> Outcome:
        """Undoing a closing takes its valid effects back, each once."""
        return Outcome(effects=self.rollbacks(result.valid_effects))

    def unchanged_outcome(self, result: Session) -> Outcome:
        """A frozen session keeps what its closing brought (STATE-U2)."""
        valid = result.valid_effects
        return Outcome(effects=valid, valid=valid, redeemed=result.redeemed)

    def abandoned_outcome(self, result: Session) -> Outcome:  # noqa: ARG002 - faults need it
        """Cancelling an open session rolls nothing back (COUP-05)."""
        return Outcome()

    # --- evaluation ------------------------------------------------------------------------

    def evaluated_outcome(self, stored: Session | None, result: Session) -> Outcome:
        """The effects of all campaigns; closing redeems what they accept (COUP-01)."""
        evaluation = Evaluation(session=result, counts=ChainMap({}, self.store.counts))
        for code in self.coupon_codes(result):
            self.evaluate(evaluation, "Coupon", self.declared_coupon(code), code)
        for code in self.referral_codes(result):
            self.evaluate(evaluation, "Referral", self.declared_referral(code), code)
        if result.state == "closed":
            evaluation.effects.extend(self.point_effects(result))
        effects = tuple(evaluation.effects)
        redeemed = tuple(evaluation.uses) if self.redeems(stored, result) else ()
        return Outcome(effects=effects, valid=effects, redeemed=redeemed)

    def referral_codes(self, session: Session) -> tuple[str, ...]:
        """The referral code that ``session`` holds, if any."""
        code = session.data.get("referralCode")
        return (code,) if code else ()

    def redeems(self, stored: Session | None, result: Session) -> bool:
        """Whether a real request redeems the codes that it accepts: closing does (COUP-07)."""
        return self.is_closing(stored, result)

    def evaluate(
        self, evaluation: Evaluation, kind: str, declared: Redeemable | None, code: str
    ) -> None:
        """Adds the effects of one code: accepted with its discounts, or rejected.

        Args:
            evaluation: what the codes before it brought.
            kind: Coupon or Referral.
            declared: what has the code; None: nothing has.
            code: the code as the session holds it.
        """
        if declared is None:
            evaluation.effects.append(self.unknown_effect(kind, code))
            return
        session = evaluation.session
        discounts = self.discount_effects(declared, session) if isinstance(declared, Coupon) else ()
        uses = self.uses(declared, code, session, self.discount_sum(discounts))
        reason = self.rejection(declared, uses, evaluation.counts)
        if reason is not None:
            evaluation.effects.extend(self.rejected_effects(declared, code, reason, discounts))
            return
        for use in uses:
            evaluation.counts[use.counter] = evaluation.counts.get(use.counter, 0) + use.amount
        evaluation.uses.extend(uses)
        evaluation.effects.extend(self.accepted_effects(declared, code, discounts))

    def accepted_effects(
        self, declared: Redeemable, code: str, discounts: tuple[Effect, ...]
    ) -> tuple[Effect, ...]:
        """The effects of a code that is accepted (COUP-01, DISC-01)."""
        return (self.accept_effect(declared, code), *discounts)

    def rejected_effects(
        self,
        declared: Redeemable,
        code: str,
        reason: str,
        discounts: tuple[Effect, ...],  # noqa: ARG002 - faults need it
    ) -> tuple[Effect, ...]:
        """The effects of a known code that is used up (COUP-03, DISC-02)."""
        return (self.reject_effect(declared, code, reason),)

    # --- coupons in answers ----------------------------------------------------------------

    def coupon_entities(self, session: Session) -> list[dict[str, Any]]:
        """The Coupon of each declared code of ``session`` (COUP-06)."""
        declared = ((code, self.declared_coupon(code)) for code in self.coupon_codes(session))
        return [self.coupon_entity(coupon, code) for code, coupon in declared if coupon is not None]

    def coupon_entity(self, coupon: Redeemable, code: str) -> dict[str, Any]:
        """A Coupon with its usage over all sessions (COUP-06)."""
        ids = self.store.coupon_ids
        return {
            "id": ids.setdefault(self.counted_code(code), len(ids) + 1),
            "created": self.shown_coupon_time(),
            "campaignId": self.campaign_id(coupon),
            "value": code,
            "usageLimit": coupon.limit,
            "usageCounter": self.shown_usage(self.code_use(coupon, code)),
        }

    def shown_coupon_time(self) -> str:
        """When a coupon was created: before all sessions."""
        return _FIRST_SHOWN

    def shown_usage(self, use: Use) -> int:
        """How often a coupon is redeemed at present (COUP-06)."""
        return int(self.store.counts.get(use.counter, 0))
