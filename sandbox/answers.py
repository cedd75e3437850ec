"""What the sandbox shows of a session."""

from __future__ import annotations

from typing import Any

from .money import Money
from .returns import Returns
from .sessions import Session

_APPLICATION = 1
_EFFECT = {"campaignId": 1, "rulesetId": 1, "ruleIndex": 0, "ruleName": "sandbox"}


class Answers(Returns, Money):
    """Views of sessions, and the entities around them."""

    def view(self, session: Session) -> dict[str, Any]:
        """The CustomerSessionV2 of a stored session."""
        data = session.data
        shown: dict[str, Any] = {
            "id": session.number,
            "created": session.created,
            "updated": session.updated,
            "integrationId": self.shown_id(session.integration_id),
            "applicationId": _APPLICATION,
            "profileId": "",
            "attributes": {},
            "firstSession": session.first,
            "state": session.state,
            **{name: value for name, value in data.items() if value not in ([], "")},
            **self.totals(session),
        }
        shown["profileId"] = data.get("profileId", "")
        shown["cartItems"] = self.items_shown(session)
        if not self.first_version:
            shown["updateCount"] = session.updates
        return shown

    def shown_id(self, integration_id: str) -> str:
        return integration_id

    def totals(self, session: Session) -> dict[str, int | float]:
        """The sums that a view shows."""
        sums = self.sums(session.data)
        if self.first_version:
            del sums["cartItemAdditionalCostTotal"]
        return sums

    def items_shown(self, session: Session) -> list[dict[str, Any]]:
        returned = session.returned
        return [
            self.item_shown(item, position, returned[position])
            for position, item in enumerate(session.data.get("cartItems", ()))
        ]

    def item_shown(self, item: dict[str, Any], position: int, returned: int) -> dict[str, Any]:
        """A stored item with what the server computes."""
        return {
            **item,
            "position": position,
            "returnedQuantity": returned,
            "remainingQuantity": self.remaining_shown(item["quantity"], returned),
        }

    def remaining_shown(self, quantity: int, returned: int) -> int:
        return quantity - returned

    def state_content(self, session: Session, body: Any) -> dict[str, Any]:
        """The IntegrationStateV2 that answers an update or a return."""
        content: dict[str, Any] = {
            "effects": self.effects(session),
            "createdCoupons": [],
            "createdReferrals": [],
        }
        if self.wants_session(body):
            content["customerSession"] = self.view(session)
        return content

    def wants_session(self, body: Any) -> bool:
        return "customerSession" in (body.get("responseContent") or ())

    def effects(self, session: Session) -> list[dict[str, Any]]:
        """An effect for each coupon: taken, or rejected because no campaign knows it."""
        known = self.environment.coupon_limits
        return [
            {
                **_EFFECT,
                "effectType": "acceptCoupon" if code in known else "rejectCoupon",
                "props": {"value": code},
            }
            for code in session.data.get("couponCodes", ())
        ]

    def read_content(self, session: Session) -> dict[str, Any]:
        """The IntegrationCustomerSessionResponse that answers a read."""
        return {"customerSession": self.view(session), "effects": self.effects(session)}

    def return_content(self, session: Session, lines: list[dict[str, Any]]) -> dict[str, Any]:
        """The ``return`` entity of an answer to a return."""
        return {
            "id": session.number * 1000 + session.updates,
            "created": session.updated,
            "applicationId": _APPLICATION,
            "accountId": 1,
            "eventId": session.number * 1000 + session.updates,
            "sessionId": session.number,
            "sessionIntegrationId": session.integration_id,
            "returnedCartItems": lines,
        }
