"""Defines dialects of members that are unset: left out, null, empty, or a default."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

from ...contract import Environment
from ..calls import Reply
from ..service import Service
from ..sessions import Session
from .dialect import CURRENT_VERSION, Area, dialect

_UNSET = ("unset members",)
_TOP = ("unset members of the answer",)
_OPTIONAL = "an optional member that is unset may be left out, null or empty"


@dialect(Area.MEMBERS, "RESP-U1", decides=(*_UNSET, *_TOP))
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


@dialect(Area.MEMBERS, source=f"{_OPTIONAL}; RESP-01 names types", decides=("entities",))
class WritesNullForNoEntities(Service):
    """coupons, triggeredCampaigns and their like are null, as nil slices of Go."""

    def state_content(self, session: Session, body: Any) -> dict[str, Any]:
        nothing = dict.fromkeys(
            (
                "coupons",
                "triggeredCampaigns",
                "ruleFailureReasons",
                "awardedGiveaways",
                "previousReturns",
                "customerProfile",
                "loyalty",
                "referral",
                "event",
            )
        )
        content = super().state_content(session, body)
        return {
            **nothing,
            **{name: part for name, part in content.items() if name not in nothing or part},
        }


@dialect(Area.MEMBERS, source=_OPTIONAL, decides=("entities",))
class ShowsEmptyEntities(Service):
    """coupons, triggeredCampaigns and their like are empty lists, also where nobody asks."""

    def state_content(self, session: Session, body: Any) -> dict[str, Any]:
        nothing: dict[str, list[Any]] = {
            name: [] for name in ("coupons", "triggeredCampaigns", "ruleFailureReasons")
        }
        return {**nothing, **super().state_content(session, body)}


@dialect(Area.MEMBERS, "RESP-U1", source=f"{_OPTIONAL}; RESP-01 names types", decides=_TOP)
class WritesNullForNoSession(Service):
    """customerSession is null in answers that did not ask for it, and return is in updates'."""

    def state_content(self, session: Session, body: Any) -> dict[str, Any]:
        content = super().state_content(session, body)
        return {"customerSession": None, "return": None, **content}


@dialect(Area.MEMBERS, source=f"{_OPTIONAL}; RESP-01 names types", decides=_UNSET)
class WritesNullForUnsetMembers(Service):
    """Optional members of a session and of an item that are unset are null."""

    def view(self, session: Session) -> dict[str, Any]:
        shown = super().view(session)
        unset = [name for name in self.known_fields() if name not in shown]
        if not self.first_version:
            required_before = ("profileId", "cartItems", "attributes")
            unset += [name for name in required_before if not shown.get(name)]
        return {**shown, **dict.fromkeys(unset)}

    def shown_item(self, item: dict[str, Any], position: int, returned: int) -> dict[str, Any]:
        optional = ["category", "weight", "height", "width", "length", "attributes"]
        if not self.first_version:
            optional += ["name", "price", "additionalCosts"]
        shown = super().shown_item(item, position, returned)
        return {**dict.fromkeys(optional), **shown}


@dialect(Area.MEMBERS, source=_OPTIONAL, versions=CURRENT_VERSION, decides=_UNSET)
class LeavesOutEmptyMembers(Service):
    """Empty lists, maps and texts are left out, as omitempty of Go does."""

    def view(self, session: Session) -> dict[str, Any]:
        shown = super().view(session)
        optional = ("profileId", "cartItems", "attributes")
        return {name: part for name, part in shown.items() if part or name not in optional}


@dialect(
    Area.MEMBERS,
    "CART-U2",
    source=_OPTIONAL,
    note="CART-10 and RET-02 read strictly",
    decides=("zeros of items",),
)
class LeavesOutZerosOfItems(Service):
    """Position, returned and remaining units of an item are left out where they are 0."""

    def shown_item(self, item: dict[str, Any], position: int, returned: int) -> dict[str, Any]:
        shown = super().shown_item(item, position, returned)
        computed = ("position", "returnedQuantity", "remainingQuantity")
        return {name: part for name, part in shown.items() if part != 0 or name not in computed}


@dialect(Area.MEMBERS, "CART-U1", "CART-U3", versions=CURRENT_VERSION, decides=("price of 0",))
class LeavesOutPricesOfZero(Service):
    """A price of 0 is left out of the answer, as a default of proto3."""

    def shown_item(self, item: dict[str, Any], position: int, returned: int) -> dict[str, Any]:
        shown = super().shown_item(item, position, returned)
        return {name: part for name, part in shown.items() if name != "price" or part != 0}


@dialect(Area.MEMBERS, "CART-U3", versions=CURRENT_VERSION, decides=("price of 0",))
class ShowsPricesOfZero(Service):
    """An item without a price is shown with the price 0."""

    def shown_item(self, item: dict[str, Any], position: int, returned: int) -> dict[str, Any]:
        shown = super().shown_item(item, position, returned)
        return shown if "price" in shown else {**shown, "price": 0}


@dialect(Area.MEMBERS, source="an optional member that is unset may show a default")
class ShowsDimensionsOfZero(Service):
    """An item without weight, dimensions or category is shown with 0 and an empty text."""

    def shown_item(self, item: dict[str, Any], position: int, returned: int) -> dict[str, Any]:
        nothing = {"weight": 0, "height": 0, "width": 0, "length": 0, "category": ""}
        shown = super().shown_item(item, position, returned)
        return shown | {name: part for name, part in nothing.items() if shown.get(name) is None}


@dialect(Area.MEMBERS, source="entities may have members that the version does not define")
class AddsUnknownMembers(Service):
    """Answers, sessions, items and effects have members that the version does not define."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._answers = count(1)

    def success_reply(self, content: dict[str, Any]) -> Reply:
        return super().success_reply({**content, "requestId": f"r-{next(self._answers)}"})

    def view(self, session: Session) -> dict[str, Any]:
        links = {"self": {"href": "/v2/customer_sessions"}}
        return {**super().view(session), "_links": links, "version": 1, "experiments": []}

    def shown_item(self, item: dict[str, Any], position: int, returned: int) -> dict[str, Any]:
        shown = super().shown_item(item, position, returned)
        return {**shown, "lineId": position + 1, "taxes": None}

    def effects(self, session: Session) -> list[dict[str, Any]]:
        return [{**effect, "evaluationGroupID": 1} for effect in super().effects(session)]


@dialect(Area.MEMBERS, source="AdditionalCost may have members that the version does not define")
class AddsMembersToCosts(Service):
    """An additional cost is shown with its title and currency."""

    def view(self, session: Session) -> dict[str, Any]:
        shown = super().view(session)
        costs: Mapping[str, Any] | None = shown.get("additionalCosts")
        if not costs:
            return shown
        described = {
            name: {**cost, "title": name.title(), "currency": "EUR"} for name, cost in costs.items()
        }
        return {**shown, "additionalCosts": described}
