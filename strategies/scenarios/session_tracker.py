"""Tracks the state of a session while a scenario is drawn, so that the next step can be legal.

The oracle does not use it. It assumes that the target accepted whatever the contract allows, and it
keeps only what later steps depend on.
"""

from __future__ import annotations

from typing import Any

from ...contract import ContractVersion, Operation, Ruling, SessionState, transition

Json = dict[str, Any]


class SessionTracker:
    """One session of a scenario that is drawn.

    Args:
        version: decides what is legal.
    """

    def __init__(self, version: ContractVersion) -> None:
        self.version = version
        self.state: SessionState | None = None
        """None: the session does not exist."""
        self.cart: list[Json] = []
        self.remaining: list[int] = []
        """Units of each item that were not returned."""
        self.filled_fields: set[str] = set()
        """Fields whose value is not empty."""
        self.last_body: Json | None = None
        """The body of the last accepted update that was not dry; None: there is none."""

    def ruling(self, operation: Operation, requested: SessionState | None = None) -> Ruling:
        """What the contract says about ``operation`` in the present state."""
        return transition(self.version, self.state, operation, requested).ruling

    def rule(self, operation: Operation, requested: SessionState | None = None) -> str:
        """The ID of the rule that decides about ``operation`` in the present state."""
        return transition(self.version, self.state, operation, requested).rule

    def record_update(self, body: Json) -> None:
        """Records a valid update that is not dry; one that the state forbids changes nothing.

        Args:
            body: an IntegrationRequest with ``customerSession``.
        """
        session = body["customerSession"]
        requested = SessionState(session["state"]) if "state" in session else None
        row = transition(self.version, self.state, Operation.UPDATE, requested)
        if row.ruling is not Ruling.ACCEPT:
            return
        # Only an update of an open or a new session carries data; cancelling others keeps it.
        if self.state in (None, SessionState.OPEN):
            self._merge(session)
        self.state = row.reaches
        self.last_body = body

    def _merge(self, session: Json) -> None:
        for field, value in session.items():
            if value in ([], "", {}):
                self.filled_fields.discard(field)
            else:
                self.filled_fields.add(field)
        if "cartItems" in session:
            self.cart = session["cartItems"]
        self.remaining = [item["quantity"] for item in self.cart]

    def record_return(self, units: dict[int, int]) -> None:
        """Records a valid return that is not dry: units by position."""
        for position, count in units.items():
            self.remaining[position] -= count
        self.state = SessionState.PARTIALLY_RETURNED

    def record_reopen(self) -> None:
        """Records a valid reopen."""
        self.state = SessionState.OPEN
        # The last update closed the session, and would close it again if it were repeated.
        self.last_body = None
        self.remaining = [item["quantity"] for item in self.cart]

    def returnable(self) -> list[int]:
        """Positions of the items of which units are left."""
        return [position for position, count in enumerate(self.remaining) if count > 0]
