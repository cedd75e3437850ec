"""Decides what the answers of the sandbox show of a session."""

from __future__ import annotations

from typing import Any

from ..contract import Addition
from .promotions import Promotions
from .returns import Returns
from .sessions import Session

_APPLICATION = 1


class Answers(Returns, Promotions):
    """The entities of successful answers, by their wire names (RESP-01)."""

    # --- the session -----------------------------------------------------------------------

    def view(self, session: Session) -> dict[str, Any]:
        """The CustomerSessionV2 of a session; fields without a value are left out."""
        data = session.data
        shown: dict[str, Any] = {
            "id": session.internal_id,
            "created": self.shown_time(session.created),
            "updated": self.shown_time(session.updated),
            "integrationId": self.shown_id(session.integration_id),
            "applicationId": _APPLICATION,
            "profileId": "",
            "attributes": {},
            "firstSession": session.is_first_session,
            "state": session.state,
            **{name: value for name, value in data.items() if value not in ([], "")},
            **self.shown_totals(session),
        }
        shown["profileId"] = data.get("profileId", "")
        shown["cartItems"] = self.shown_items(session)
        if not self.first_version:
            shown["updateCount"] = session.update_count
        return shown

    def shown_id(self, integration_id: str) -> str:
        """The session ID that an answer shows, unaltered (IDENT-02)."""
        return integration_id

    def shown_time(self, moment: str) -> str:
        """A stored time as answers show it: RFC 3339, in microseconds, UTC as ``Z``."""
        return moment

    def shown_totals(self, session: Session) -> dict[str, int | float]:
        """The totals that a view shows, by wire name; returns do not change them (RESP-U1)."""
        totals = self.computed_totals(session.data)
        if not self.environment.has(Addition.ITEM_COST_TOTAL):
            del totals["cartItemAdditionalCostTotal"]
        return totals

    def shown_items(self, session: Session) -> list[dict[str, Any]]:
        """The cart items that a view shows, in their stored order (CART-10)."""
        returned_units = session.returned_units
        return [
            self.shown_item(item, position, returned_units[position])
            for position, item in enumerate(session.data.get("cartItems", ()))
        ]

    def shown_item(self, item: dict[str, Any], position: int, returned: int) -> dict[str, Any]:
        """A stored cart item and the fields that the server computes (CART-11, RET-02).

        Args:
            item: the item as it is stored.
            position: its position in the cart, from 0.
            returned: the units of it that were returned.
        """
        return {
            **item,
            "position": position,
            "returnedQuantity": returned,
            "remainingQuantity": self.shown_remaining_quantity(item["quantity"], returned),
        }

    def shown_remaining_quantity(self, quantity: int, returned: int) -> int:
        """The remainingQuantity of an item that ``returned`` units went back of (RET-02)."""
        return quantity - returned

    # --- answers ---------------------------------------------------------------------------

    def state_content(self, session: Session, body: Any) -> dict[str, Any]:
        """The IntegrationStateV2 that answers the update or return ``body``."""
        content: dict[str, Any] = {
            "effects": self.effects(session),
            "createdCoupons": [],
            "createdReferrals": [],
        }
        if self.requests_session(body):
            content["customerSession"] = self.view(session)
        if self.requests_coupons(body):
            content["coupons"] = self.coupon_entities(session)
        return content

    def requests_session(self, body: Any) -> bool:
        """Whether the answer to ``body`` shows the session (RESP-02, RESP-U1)."""
        return "customerSession" in (body.get("responseContent") or ())

    def requests_coupons(self, body: Any) -> bool:
        """Whether the answer to ``body`` shows the coupons (RESP-02, COUP-06)."""
        return "coupons" in (body.get("responseContent") or ())

    def read_content(self, session: Session) -> dict[str, Any]:
        """The IntegrationCustomerSessionResponse that answers a read (RESP-03)."""
        content: dict[str, Any] = {"customerSession": self.view(session)}
        if not self.first_version:
            content["effects"] = self.valid_effects(session)
        return content

    def reopen_content(self, session: Session) -> dict[str, Any]:
        """The ReopenSessionResponse that answers a reopen: what it rolled back (COUP-08)."""
        return {"effects": self.effects(session)}

    def return_content(self, session: Session, lines: list[dict[str, Any]]) -> dict[str, Any]:
        """The Return entity that the answer to a return shows besides the session."""
        event_id = session.internal_id * 1000 + session.update_count
        return {
            "id": event_id,
            "created": self.shown_time(session.updated),
            "applicationId": _APPLICATION,
            "accountId": 1,
            "eventId": event_id,
            "sessionId": session.internal_id,
            "sessionIntegrationId": session.integration_id,
            "returnedCartItems": lines,
        }
