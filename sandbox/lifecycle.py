"""Decides how sessions are created, changed, closed and reopened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .calls import UNKNOWN_SESSION, Refusal
from .sessions import Session, Store
from .validation import Validation


class Lifecycle(Validation):
    """The state machine, and what an update does to the data of a session.

    ``stored`` is the session as the store holds it, None where it does not exist; ``result`` is
    the session as a request makes it.
    """

    store: Store

    # --- states ----------------------------------------------------------------------------

    def initial_states(self) -> tuple[str, ...]:
        """The states that a session can be created in (STATE-01 to STATE-03)."""
        return ("open", "closed")

    def reachable_states(self, state: str) -> tuple[str, ...]:
        """The states that an update can bring a session of ``state`` to (STATE-04 to STATE-11)."""
        return {
            "open": ("open", "closed", "cancelled"),
            "closed": ("cancelled",),
            "partially_returned": ("cancelled",),
        }.get(state, ())

    def target_state(self, stored: Session | None, data: Mapping[str, Any]) -> str:
        """The state that an update asks for.

        Raises:
            Refusal: 400, it cannot be reached from the stored one.
        """
        target: str = data.get("state", self.default_state(stored))
        reachable = self.initial_states() if stored is None else self.reachable_states(stored.state)
        if target not in reachable:
            origin = "a new session" if stored is None else f"a session that is {stored.state}"
            raise Refusal(400, f"{origin} cannot become {target}", "/customerSession/state")
        return target

    def default_state(self, stored: Session | None) -> str:  # noqa: ARG002 - faults need it
        """The state that an update without a state asks for (STATE-01, STATE-U1)."""
        return "open"

    # --- data ------------------------------------------------------------------------------

    def apply_update(
        self, stored: Session | None, session_id: str, data: dict[str, Any]
    ) -> Session:
        """The session after an update; ``stored`` is not changed.

        The data of a session that is not open stays as it is (STATE-13).
        """
        target = self.target_state(stored, data)
        result = self.create_session(session_id, data) if stored is None else stored.copy()
        if stored is None or stored.state == "open":
            self.merge(result, data)
        result.state = target
        result.updated = self.store.clock.now()
        result.update_count += 1
        return result

    def create_session(self, session_id: str, data: Mapping[str, Any]) -> Session:
        """A session without data, with an internal id that no other session has (RESP-07)."""
        now = self.store.clock.now()
        internal_id = next(self.store.internal_ids)
        return Session(
            internal_id=internal_id,
            integration_id=self.stored_id(session_id),
            created=now,
            updated=now,
            is_first_session=self.is_first_session(data.get("profileId", ""), internal_id),
        )

    def stored_id(self, session_id: str) -> str:
        """The session ID that is kept with the session, unaltered (IDENT-02)."""
        return session_id

    def is_first_session(self, profile: str, internal_id: int) -> bool:
        """Whether a session is its profile's first; an anonymous one always is (IDENT-08)."""
        return not profile or self.store.first_sessions.get(profile, internal_id) == internal_id

    def merge(self, session: Session, data: Mapping[str, Any]) -> None:
        """Stores the fields that an update sends; the others stay as they are (MERGE-01).

        A cart that is sent starts without returned units.
        """
        for name, value in data.items():
            if name != "state":
                session.data[name] = self.merged_value(name, session.data.get(name), value)
        if "cartItems" in data:
            session.returned_units = [0] * len(session.data["cartItems"])
        if "profileId" in data:
            session.is_first_session = self.is_first_session(data["profileId"], session.internal_id)

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        """The value of the field ``name`` after an update that sends ``new``.

        Attributes are merged by name (MERGE-U1); all other fields are replaced (MERGE-03).
        """
        if name == "attributes" and isinstance(old, dict):
            return {**old, **new}
        return new

    def is_closing(self, stored: Session | None, result: Session) -> bool:
        """Whether a request closes a session that was not closed before it."""
        return result.state == "closed" and (stored is None or stored.state != "closed")

    # --- reopening -------------------------------------------------------------------------

    def apply_reopen(self, stored: Session | None) -> Session:
        """The session after a reopen; ``stored`` is not changed (STATE-15).

        Raises:
            Refusal: 404, it does not exist; 400, it cannot be reopened (STATE-16).
        """
        if stored is None:
            raise Refusal(404, UNKNOWN_SESSION)
        self.check_reopen(stored)
        result = stored.copy()
        result.state = "open"
        result.updated = self.store.clock.now()
        result.update_count += 1
        return result

    def check_reopen(self, stored: Session) -> None:
        """Refuses to reopen a session that is not closed (STATE-16, STATE-U3)."""
        if stored.state != "closed":
            raise Refusal(400, f"a session that is {stored.state} cannot be reopened")
