"""Defines dialects of answers: what they show, how totals are computed, how refusals look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from ...contract import ContractVersion, Environment
from ..calls import UNKNOWN_SESSION, Call, Refusal, Reply
from ..money import Number, decimal_of
from ..service import Service
from ..sessions import Session
from ..values import describe
from .dialect import dialect

_CURRENT_VERSION = (ContractVersion.CURRENT,)
_VERSION_2_5_1 = (ContractVersion.V2_5_1,)


@dialect("RESP-05")
class CountsItemCostsInside(Service):
    """additionalCostTotal includes the costs of items."""

    def additional_cost_total(self, session_cost_total: Number, item_cost_total: Number) -> Number:
        return session_cost_total + item_cost_total


@dialect("RESP-05", "RESP-06")
class CountsItemCostsByUnit(Service):
    """An additional cost of an item is counted once for each unit."""

    def item_cost_total(self, items: Iterable[Mapping[str, Any]]) -> Number:
        return sum(
            (
                decimal_of(cost["price"]) * int(item["quantity"])
                for item in items
                for cost in item.get("additionalCosts", {}).values()
            ),
            0,
        )


@dialect("RESP-04", "RESP-05", "RESP-06")
class SumsInBinary(Service):
    """Totals are computed in binary doubles."""

    def computed_totals(self, data: Mapping[str, Any]) -> dict[str, int | float]:
        items = data.get("cartItems", [])
        cart_total = item_cost_total = session_cost_total = 0.0
        for item in items:
            cart_total += float(item.get("price", 0)) * item["quantity"]
            for cost in item.get("additionalCosts", {}).values():
                item_cost_total += float(cost["price"])
        for cost in data.get("additionalCosts", {}).values():
            session_cost_total += float(cost["price"])
        return {
            "cartItemTotal": cart_total,
            "additionalCostTotal": session_cost_total,
            "cartItemAdditionalCostTotal": item_cost_total,
            "total": cart_total + session_cost_total + item_cost_total,
        }


@dialect("RESP-U1")
class TotalsShrinkAfterReturns(Service):
    """Totals include only the units that were not returned."""

    def shown_totals(self, session: Session) -> dict[str, int | float]:
        items = session.data.get("cartItems", [])
        remaining = [
            {**item, "quantity": item["quantity"] - returned}
            for item, returned in zip(items, session.returned_units, strict=True)
        ]
        reduced = session.copy()
        reduced.data["cartItems"] = remaining
        return super().shown_totals(reduced)


@dialect("RESP-07")
class KeepsTimeInSeconds(Service):
    """Times have a resolution of one second."""

    def view(self, session: Session) -> dict[str, Any]:
        shown = super().view(session)
        for name in ("created", "updated"):
            shown[name] = shown[name][:19] + "Z"
        return shown


@dialect("RESP-U1")
class ShowsEverything(Service):
    """Answers show every field, also an empty one, and the session without a request for it."""

    def view(self, session: Session) -> dict[str, Any]:
        empty = {
            "couponCodes": [],
            "loyaltyCards": [],
            "identifiers": [],
            "referralCode": "",
            "additionalCosts": {},
        }
        return {**empty, **super().view(session)}

    def requests_session(self, body: Any) -> bool:
        super().requests_session(body)
        return True


@dialect("ATTR-01", "CART-12")
class HasBuiltInAttributes(Service):
    """Answers show built-in attributes of sessions and items, which no client sent."""

    def view(self, session: Session) -> dict[str, Any]:
        shown = super().view(session)
        return {**shown, "attributes": {"builtIn": "yes", **shown["attributes"]}}

    def shown_item(self, item: dict[str, Any], position: int, returned: int) -> dict[str, Any]:
        shown = super().shown_item(item, position, returned)
        return {**shown, "attributes": {"builtIn": 1, **shown.get("attributes", {})}}


@dialect("DRY-U1")
class DryAnswersShowThePayload(Service):
    """A dry answer shows the fields of the request and no others."""

    async def update(self, call: Call, session_id: str) -> Reply:
        if not call.dry:
            return await super().update(call, session_id)
        body = self.parse_body(call)
        data = self.parse_session(body)
        self.check_now(call)
        stored = self.load(session_id)
        result = self.apply_update(stored, session_id, data)
        result.data = {name: value for name, value in data.items() if name != "state"}
        result.returned_units = [0] * len(result.data.get("cartItems", ()))
        return self.success_reply(self.state_content(result, body))


@dialect("ERR-05", "RET-04", "STATE-16")
class Answers400ForUnknownSessions(Service):
    """Requests on a session that does not exist are answered 400."""

    def refusal_reply(self, refusal: Refusal) -> Reply:
        if refusal.title == UNKNOWN_SESSION:
            refusal = Refusal(400, refusal.title)
        return super().refusal_reply(refusal)


@dialect("ERR-01")
class WritesTheErrorVariant(Service):
    """The body of an error has a StatusCode and no list of errors."""

    def error_body(self, refusal: Refusal) -> dict[str, Any]:
        return {"message": refusal.title, "StatusCode": refusal.status}


@dialect("ERR-01")
class LimitsTheRate(Service):
    """Every twentieth request is answered 429."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._calls = count(1)

    async def route(self, call: Call) -> Reply:
        number = next(self._calls)
        if number % 20 == 0:
            raise Refusal(429, f"too many requests: {number}")
        return await super().route(call)


@dialect("IDENT-U1", "IDENT-U3")
class RefusesOddIds(Service):
    """Session IDs with a slash, control character or surrogate, or over 1000 long, are refused."""

    def session_id(self, segment: bytes) -> str:
        text = super().session_id(segment)
        is_odd = any(
            c < " " or "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff" or c == "/" for c in text
        )
        if is_odd or len(text) > 1000:
            raise Refusal(404, f"no such endpoint: the session ID is {describe(text)}")
        return text


@dialect("IDENT-U3")
class AnswersOddIdsInHtml(Service):
    """A proxy answers requests with a slash or control character in the ID, in HTML."""

    async def handle(self, call: Call) -> Reply:
        if b"%2F" in call.path or b"%0" in call.path or b"%1" in call.path:
            return Reply(status=400, body=b"<h1>Bad Request</h1>", content_type="text/html")
        return await super().handle(call)
