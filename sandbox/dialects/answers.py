"""How answers, sums and refusals look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from ...contract import ContractVersion, Environment
from ..calls import Call, Refusal, Reply
from ..money import Number, exact
from ..service import Service
from ..sessions import Session
from .dialect import dialect

_CURRENT = (ContractVersion.CURRENT,)
_FIRST = (ContractVersion.V2_5_1,)


@dialect("RESP-05")
class CountsItemCostsInside(Service):
    """additionalCostTotal holds the costs of items too."""

    def additional_costs(self, own: Number, of_items: Number) -> Number:
        return own + of_items


@dialect("RESP-05", "RESP-06")
class CountsItemCostsByUnit(Service):
    """A cost of an item counts once a unit."""

    def item_costs(self, items: Iterable[Mapping[str, Any]]) -> Number:
        return sum(
            (
                exact(cost["price"]) * int(item["quantity"])
                for item in items
                for cost in item.get("additionalCosts", {}).values()
            ),
            0,
        )


@dialect("RESP-04", "RESP-05", "RESP-06")
class SumsInBinary(Service):
    """Money is kept and added as binary doubles."""

    def sums(self, data: Mapping[str, Any]) -> dict[str, int | float]:
        items = data.get("cartItems", [])
        goods = of_items = own = 0.0
        for item in items:
            goods += float(item.get("price", 0)) * item["quantity"]
            for cost in item.get("additionalCosts", {}).values():
                of_items += float(cost["price"])
        for cost in data.get("additionalCosts", {}).values():
            own += float(cost["price"])
        return {
            "cartItemTotal": goods,
            "additionalCostTotal": own,
            "cartItemAdditionalCostTotal": of_items,
            "total": goods + own + of_items,
        }


@dialect("RESP-U1")
class TotalsShrinkAfterReturns(Service):
    """Totals count what was not returned."""

    def totals(self, session: Session) -> dict[str, int | float]:
        items = session.data.get("cartItems", [])
        left = [
            {**item, "quantity": item["quantity"] - gone}
            for item, gone in zip(items, session.returned, strict=True)
        ]
        shrunk = session.copied()
        shrunk.data["cartItems"] = left
        return super().totals(shrunk)


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
    """Answers show every field, empty ones too, and the session unasked."""

    def view(self, session: Session) -> dict[str, Any]:
        empty = {
            "couponCodes": [],
            "loyaltyCards": [],
            "identifiers": [],
            "referralCode": "",
            "additionalCosts": {},
        }
        return {**empty, **super().view(session)}

    def wants_session(self, body: Any) -> bool:
        super().wants_session(body)
        return True


@dialect("ATTR-01", "CART-12")
class HasBuiltInAttributes(Service):
    """Sessions and items carry attributes that nobody sent."""

    def view(self, session: Session) -> dict[str, Any]:
        shown = super().view(session)
        return {**shown, "attributes": {"builtIn": "yes", **shown["attributes"]}}

    def item_shown(self, item: dict[str, Any], position: int, returned: int) -> dict[str, Any]:
        shown = super().item_shown(item, position, returned)
        return {**shown, "attributes": {"builtIn": 1, **shown.get("attributes", {})}}


@dialect("DRY-U1")
class DryAnswersShowThePayload(Service):
    """A dry answer shows the fields of the request and no others."""

    async def update(self, call: Call, session_id: str) -> Reply:
        if not call.dry:
            return await super().update(call, session_id)
        body = self.body_of(call)
        data = self.session_of(body)
        self.check_now(call)
        before = self.load(session_id)
        after = self.updated(before, session_id, data)
        after.data = {name: value for name, value in data.items() if name != "state"}
        after.returned = [0] * len(after.data.get("cartItems", ()))
        return self.replied(self.state_content(after, body))


@dialect("ERR-05", "RET-04", "STATE-16")
class Answers400ForUnknownSessions(Service):
    """A session that does not exist is a 400."""

    def refused(self, refusal: Refusal) -> Reply:
        if refusal.title == "no such session":
            refusal = Refusal(400, refusal.title)
        return super().refused(refusal)


@dialect("ERR-01")
class WritesTheErrorVariant(Service):
    """Errors carry their status and no list of errors."""

    def error(self, refusal: Refusal) -> dict[str, Any]:
        return {"message": refusal.title, "StatusCode": refusal.status}


@dialect("ERR-01")
class LimitsTheRate(Service):
    """Every twentieth request is answered 429."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._calls = count(1)

    async def routed(self, call: Call) -> Reply:
        if next(self._calls) % 20 == 0:
            raise Refusal(429, "too many requests")
        return await super().routed(call)


@dialect("IDENT-U1", "IDENT-U3")
class RefusesOddIds(Service):
    """Session IDs with slashes, control characters, surrogates, or over 1000 long are refused."""

    def session_id(self, segment: bytes) -> str:
        text = super().session_id(segment)
        odd = any(
            c < " " or "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff" or c == "/" for c in text
        )
        if odd or len(text) > 1000:
            raise Refusal(404, "no such endpoint")
        return text


@dialect("IDENT-U3")
class AnswersOddIdsInHtml(Service):
    """A proxy before the API answers IDs with slashes or control characters by itself."""

    async def handle(self, call: Call) -> Reply:
        if b"%2F" in call.path or b"%0" in call.path or b"%1" in call.path:
            return Reply(status=400, body=b"<h1>Bad Request</h1>", content_type="text/html")
        return await super().handle(call)
