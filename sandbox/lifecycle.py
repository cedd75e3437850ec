"""How sessions come to be, change, close and reopen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .calls import Refusal
from .sessions import Session, Store
from .validation import Validation


class Lifecycle(Validation):
    """The state machine, and what an update does to a session's data."""

    store: Store

    # --- moves -----------------------------------------------------------------------------

    def first_states(self) -> tuple[str, ...]:
        """The states that a session can be created in."""
        return ("open", "closed")

    def moves(self, state: str) -> tuple[str, ...]:
        """The states that an update can take a session to from ``state``."""
        return {
            "open": ("open", "closed", "cancelled"),
            "closed": ("cancelled",),
            "partially_returned": ("cancelled",),
        }.get(state, ())

    def target_state(self, before: Session | None, data: Mapping[str, Any]) -> str:
        """The state that an update asks for, if it is one that can be reached."""
        target: str = data.get("state", self.default_state(before))
        reachable = self.first_states() if before is None else self.moves(before.state)
        if target not in reachable:
            origin = "a new session" if before is None else f"a session that is {before.state}"
            raise Refusal(400, f"{origin} cannot become {target}", "/customerSession/state")
        return target

    def default_state(self, before: Session | None) -> str:  # noqa: ARG002 - faults need it
        return "open"

    # --- data ------------------------------------------------------------------------------

    def updated(self, before: Session | None, session_id: str, data: dict[str, Any]) -> Session:
        """The session as it is after an update; ``before`` is left alone."""
        target = self.target_state(before, data)
        after = self.created(session_id, data) if before is None else before.copied()
        if before is None or before.state == "open":
            self.merge(after, data)
        after.state = target
        after.updated = self.store.clock.now()
        after.updates += 1
        return after

    def created(self, session_id: str, data: Mapping[str, Any]) -> Session:
        now = self.store.clock.now()
        number = next(self.store.numbers)
        return Session(
            number=number,
            integration_id=self.stored_id(session_id),
            created=now,
            updated=now,
            first=self.is_first(data.get("profileId", ""), number),
        )

    def stored_id(self, session_id: str) -> str:
        return session_id

    def is_first(self, profile: str, number: int) -> bool:
        """Whether a session is the first of its profile; an anonymous one always is."""
        return not profile or self.store.profiles.get(profile, number) == number

    def merge(self, session: Session, data: Mapping[str, Any]) -> None:
        """Takes over the fields that an update sends; the others stay."""
        for name, value in data.items():
            if name != "state":
                session.data[name] = self.merged(name, session.data.get(name), value)
        if "cartItems" in data:
            session.returned = [0] * len(session.data["cartItems"])
        if "profileId" in data:
            session.first = self.is_first(data["profileId"], session.number)

    def merged(self, name: str, old: Any, new: Any) -> Any:
        """A field's value after an update. Attributes are merged by key, all else replaced."""
        if name == "attributes" and isinstance(old, dict):
            return {**old, **new}
        return new

    # --- coupons ---------------------------------------------------------------------------

    def settle(self, before: Session | None, after: Session) -> None:
        """Redeems coupons on closing, gives them back on cancelling and reopening."""
        self.check_settlement(before, after)
        if self.closes(before, after):
            self.redeem(after)
        elif after.state in ("cancelled", "open") and after.redeemed:
            self.give_back(after)

    def closes(self, before: Session | None, after: Session) -> bool:
        return after.state == "closed" and (before is None or before.state != "closed")

    def check_settlement(self, before: Session | None, after: Session) -> None:
        """Refuses with 409 to redeem a coupon beyond its limit."""
        if not self.closes(before, after):
            return
        for code in self.redeemable(after):
            if self.store.redemptions.get(code, 0) >= self.environment.coupon_limits[code]:
                raise Refusal(409, "a coupon has reached its limit", "/customerSession/couponCodes")

    def redeemable(self, session: Session) -> tuple[str, ...]:
        """The coupons of a session that exist, each once."""
        codes = dict.fromkeys(session.data.get("couponCodes", ()))
        return tuple(code for code in codes if code in self.environment.coupon_limits)

    def redeem(self, session: Session) -> None:
        session.redeemed = self.redeemable(session)
        for code in session.redeemed:
            self.store.redemptions[code] = self.store.redemptions.get(code, 0) + 1

    def give_back(self, session: Session) -> None:
        for code in session.redeemed:
            self.store.redemptions[code] -= 1
        session.redeemed = ()

    # --- reopening -------------------------------------------------------------------------

    def reopened(self, before: Session | None) -> Session:
        """The session after a reopen."""
        if before is None:
            raise Refusal(404, "no such session")
        self.check_reopen(before)
        after = before.copied()
        after.state = "open"
        after.updated = self.store.clock.now()
        after.updates += 1
        return after

    def check_reopen(self, before: Session) -> None:
        if before.state != "closed":
            raise Refusal(400, f"a session that is {before.state} cannot be reopened")
