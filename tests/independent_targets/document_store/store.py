"""Sessions as documents, and the four operations on them.

Where the contract is silent, this target chooses:

- an update without ``state`` asks for ``open``, on a session in any state (STATE-U1);
- closed to closed and cancelled to cancelled are answered 200 and change nothing; the former
  counts as an update (STATE-U2);
- a partially returned session is not reopened (STATE-U3);
- a session that is cancelled while it is open keeps the data of that update;
- maps that are sent replace the former ones whole (MERGE-U1);
- a repeated code stays in the list and is redeemed once (MERGE-U4);
- item costs count once a line, and in 2.5.1 they are part of ``additionalCostTotal``;
- a whole return leaves ``partially_returned``; one position may come twice in it (RET-U1);
- totals do not shrink after a return (RESP-U1);
- ``updateCount`` counts returns but no reopening;
- a dry update in ``current`` sees its payload alone, so the stored state refuses nothing
  (DRY-U1, DRY-U2); what has no ID yet is shown with ID 0;
- a read of an unknown session is a 404, and so is every other operation on it;
- ``couponCodes`` is left out when there is none, ``referralCode`` and ``profileId`` are ``""``;
- closed to closed shows the effects of the close again;
- a closing answer shows the counters of its coupons as they were before the close.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from .application import Application, is_number
from .payload import Json, RefusalError, read_return, read_update
from .promotions import Basket, Promotions, Redemption, rejections, returned, rolled_back

_NEXT = {
    None: ("open", "closed"),
    "open": ("open", "closed", "cancelled"),
    "closed": ("closed", "cancelled"),
    "partially_returned": ("cancelled",),
    "cancelled": ("cancelled",),
}


@dataclass
class Document:
    """One session as it is kept."""

    number: int
    integration_id: str
    created: str
    updated: str
    state: str | None = None
    count: int = 0
    first: bool = True
    fields: Json = field(default_factory=dict)
    returned: list[int] = field(default_factory=list)
    redeemed: list[Redemption] = field(default_factory=list)
    effects: list[Json] = field(default_factory=list)
    applied: bool = False

    @property
    def cart(self) -> list[Json]:
        """Its items."""
        items = self.fields.get("cartItems", [])
        return items if isinstance(items, list) else []

    @property
    def codes(self) -> list[str]:
        """Its coupon codes, each once."""
        return self.texts("couponCodes")

    def texts(self, name: str) -> list[str]:
        """The members of a list, each once."""
        found = self.fields.get(name, [])
        return list(dict.fromkeys(map(str, found))) if isinstance(found, list) else []


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _amounts(costs: object) -> Iterable[float]:
    return (cost["price"] for cost in costs.values()) if isinstance(costs, dict) else ()


def _times(item: Json) -> float:
    price, quantity = item.get("price", 0), item["quantity"]
    assert is_number(price)
    return price * quantity  # type: ignore[operator,no-any-return] # both were read as numbers


def _totals(document: Document, current: bool) -> dict[str, float]:
    try:
        cart = math.fsum(_times(item) for item in document.cart)
        items = math.fsum(
            price for item in document.cart for price in _amounts(item.get("additionalCosts"))
        )
        session = math.fsum(_amounts(document.fields.get("additionalCosts")))
        total = math.fsum((cart, items, session))
    except OverflowError:
        cart = items = session = total = math.inf
    if not all(map(math.isfinite, (cart, items, session, total))):
        raise RefusalError("the totals are out of range", "/customerSession/cartItems")
    shown = {"total": total, "cartItemTotal": cart, "additionalCostTotal": session + items}
    if current:
        shown |= {"additionalCostTotal": session, "cartItemAdditionalCostTotal": items}
    return shown


def _basket(document: Document, totals: dict[str, float]) -> Basket:
    lines = []
    for item in document.cart:
        price = item.get("price", 0)
        assert isinstance(price, int | float)
        lines.append((price, int(str(item["quantity"]))))
    return Basket(
        document.integration_id,
        document.codes,
        str(document.fields.get("referralCode", "")),
        str(document.fields.get("profileId", "")),
        document.texts("identifiers"),
        lines,
        totals,
    )


class Store:
    """All sessions of one application."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.documents: dict[str, Document] = {}
        self._promotions = Promotions(application)
        self._created = 0
        self._profiles: dict[str, str] = {}

    def read(self, integration_id: str) -> Json:
        """The answer of a GET."""
        document = self._known(integration_id)
        answer: Json = {"customerSession": self._shown(document)}
        if self.application.current:
            answer["effects"] = document.effects
        return answer

    def update(self, integration_id: str, body: object, dry: bool) -> Json:
        """Create or change a session."""
        asked, fields, contents = read_update(body, self.application)
        stored = self.documents.get(integration_id)
        former = stored.state if stored else None
        target = asked or "open"
        alone = dry and self.application.current and stored is not None
        if target not in _NEXT[former] and (not alone or target == "partially_returned"):
            raise RefusalError(
                f'Cannot move session to state "{target}" from state "{former}"',
                "/customerSession/state",
            )
        document = copy.copy(stored) if stored else self._new(integration_id)
        if alone or former in (None, "open"):
            document.fields = fields if alone else {**document.fields, **fields}
            document.returned = [0] * len(document.cart)
        document.state = target
        if former != "cancelled" or alone:
            document.count += 1
            document.updated = _now()
        document.first = self._is_first(document)
        totals = _totals(document, self.application.current)
        coupons = self._promotions.entities(document.codes)
        effects = self._moved(document, former, dry, totals)
        if document.state != "closed":
            coupons = self._promotions.entities(document.codes)
        if not dry:
            self._keep(document)
        return self._state(document, effects, contents, totals, coupons)

    def give_back(self, integration_id: str, body: object, dry: bool) -> Json:
        """Return items."""
        stored = self._known(integration_id)
        cart = stored.cart
        units, contents = read_return(body, self.application, cart, stored.returned)
        if stored.state not in ("closed", "partially_returned"):
            raise RefusalError(f"A session in state {stored.state} takes no return", "/return")
        document = copy.copy(stored)
        document.returned = list(stored.returned)
        gone: dict[int, range] = {}
        for position, count in units:
            first = gone[position].start if position in gone else document.returned[position]
            document.returned[position] += count
            gone[position] = range(first, document.returned[position])
        effects, document.effects = returned(document.effects, gone)
        document.state = "partially_returned"
        document.count += 1
        document.updated = _now()
        totals = _totals(document, self.application.current)
        coupons = self._promotions.entities(document.codes)
        answer = self._state(document, effects, contents, totals, coupons)
        answer["return"] = {
            "id": document.count,
            "created": document.updated,
            "applicationId": 1,
            "accountId": 1,
            "sessionId": document.number,
            "sessionIntegrationId": integration_id,
            "profileId": 1,
            "returnedCartItems": [{"position": at, "quantity": count} for at, count in units],
        }
        if not dry:
            self._keep(document)
        return answer

    def reopen(self, integration_id: str) -> Json:
        """Make a closed session an open one."""
        document = self._known(integration_id)
        if document.state != "closed":
            raise RefusalError(f"A session in state {document.state} is not reopened")
        effects = self._roll_back(document, dry=False)
        document.state = "open"
        document.updated = _now()
        return {"effects": effects}

    def _known(self, integration_id: str) -> Document:
        if integration_id not in self.documents:
            raise RefusalError("There is no such session", status=404)
        return self.documents[integration_id]

    def _new(self, integration_id: str) -> Document:
        now = _now()
        return Document(0, integration_id, now, now)

    def _is_first(self, document: Document) -> bool:
        profile = document.fields.get("profileId", "")
        owner = self._profiles.get(str(profile), document.integration_id)
        return not profile or owner == document.integration_id

    def _keep(self, document: Document) -> None:
        if not document.number:
            self._created += 1
            document.number = self._created
        profile = str(document.fields.get("profileId", ""))
        self._profiles.setdefault(profile, document.integration_id)
        self.documents[document.integration_id] = document

    def _moved(
        self, document: Document, former: str | None, dry: bool, totals: dict[str, float]
    ) -> list[Json]:
        """The effects of an update that has been merged already; redemptions are booked."""
        if document.state == "cancelled":
            return self._roll_back(document, dry)
        if former == "closed" and not (dry and self.application.current):
            return document.effects
        document.effects, redeemed = self._promotions.evaluate(_basket(document, totals))
        if document.state == "closed":
            document.redeemed = redeemed
            document.applied = True
            if not dry:
                self._promotions.book(redeemed)
        return document.effects

    def _roll_back(self, document: Document, dry: bool) -> list[Json]:
        closed = [] if not document.applied else document.effects
        effects = rolled_back(closed, document.redeemed)
        if not dry:
            self._promotions.give_back(document.redeemed)
        document.redeemed = []
        document.applied = False
        referral = str(document.fields.get("referralCode", ""))
        document.effects = rejections(document.effects, (*document.codes, referral))
        return effects

    def _state(
        self,
        document: Document,
        effects: list[Json],
        contents: list[str],
        totals: dict[str, float],
        coupons: list[Json],
    ) -> Json:
        answer: Json = {"effects": effects, "createdCoupons": [], "createdReferrals": []}
        if "customerSession" in contents:
            answer["customerSession"] = self._shown(document, totals)
        if "coupons" in contents:
            answer["coupons"] = coupons
        for name in ("triggeredCampaigns", "ruleFailureReasons", "previousReturns"):
            if name in contents:
                answer[name] = []
        return answer

    def _shown(self, document: Document, totals: dict[str, float] | None = None) -> Json:
        current = self.application.current
        fields = {name: value for name, value in document.fields.items() if name != "couponCodes"}
        if document.fields.get("couponCodes"):
            fields["couponCodes"] = document.fields["couponCodes"]
        items = [
            {
                **item,
                "position": position,
                "returnedQuantity": back,
                "remainingQuantity": int(str(item["quantity"])) - back,
            }
            for position, (item, back) in enumerate(
                zip(document.cart, document.returned, strict=True)
            )
        ]
        return {
            "id": document.number,
            "integrationId": document.integration_id,
            "created": document.created,
            "updated": document.updated,
            "applicationId": 1,
            "state": document.state,
            "firstSession": document.first,
            "profileId": "",
            "referralCode": "",
            "attributes": {},
            **fields,
            "cartItems": items,
            **(totals or _totals(document, current)),
            **({"updateCount": document.count} if current else {}),
        }
