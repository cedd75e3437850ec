"""What a session should be like after each step: enough of it to choose the next one well.

This is no model of the target. It assumes that whatever the contract lets pass was accepted, and it
keeps only what later steps build on.
"""

from __future__ import annotations

from typing import Any

from ...contract import ContractVersion, Operation, Ruling, SessionState, transition

Json = dict[str, Any]


class SessionTracker:
    """One session while a scenario is being drawn."""

    def __init__(self, version: ContractVersion) -> None:
        self.version = version
        self.state: SessionState | None = None
        self.cart: list[Json] = []
        self.remaining: list[int] = []
        """Units of each item that were not returned."""
        self.filled: set[str] = set()
        """Fields that hold something."""
        self.last_body: Json | None = None
        """The body of the last accepted real update."""

    def ruling(self, operation: Operation, requested: SessionState | None = None) -> Ruling:
        """What the contract says of ``operation`` now."""
        return transition(self.version, self.state, operation, requested).ruling

    def rule(self, operation: Operation, requested: SessionState | None = None) -> str:
        """The rule that decides on ``operation`` now."""
        return transition(self.version, self.state, operation, requested).rule

    def updated(self, body: Json) -> None:
        """Takes note of a valid real update; one that its state forbids changes nothing."""
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
                self.filled.discard(field)
            else:
                self.filled.add(field)
        if "cartItems" in session:
            self.cart = session["cartItems"]
        self.remaining = [item["quantity"] for item in self.cart]

    def returned(self, units: dict[int, int]) -> None:
        """Takes note of a valid real return: units by position."""
        for position, count in units.items():
            self.remaining[position] -= count
        self.state = SessionState.PARTIALLY_RETURNED

    def reopened(self) -> None:
        """Takes note of a valid reopen; sending the last update again would close it again."""
        self.state = SessionState.OPEN
        self.last_body = None
        self.remaining = [item["quantity"] for item in self.cart]

    def returnable(self) -> list[int]:
        """Positions with units left."""
        return [position for position, count in enumerate(self.remaining) if count > 0]
