"""What answers show, read from the tables.

Choices where the contract is silent: an answer always holds ``customerSession``, asked for or not
(RESP-U1); ``profileId`` is left out in ``current`` until one was sent; ``couponCodes`` is always
a list; other empty members are left out, in ``current`` empty carts and attributes as well;
``additionalCostTotal`` is the session's own costs in both versions; item costs count a unit;
totals shrink by what came back (RESP-U1); times have whole seconds and an offset;
``returnedQuantity`` is shown by 2.5.1 after a return only; a return's answer has no ``return``;
a read holds ``effects`` in both versions; ``firstSession`` is that of the profile's first session.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from decimal import Decimal, localcontext

from .notation import parse
from .promotions import Checkout
from .rows import Number

#: Digits of the widest product of a price and a quantity, and more.
_DIGITS = 1000


def number(text: str) -> Number:
    """A number of a text column: as exact as it was sent."""
    return int(text) if text.lstrip("-").isdigit() else Decimal(text)


def moment(seconds: int) -> str:
    """A point in time."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


class View:
    """One session as it is in the tables at this moment of the transaction."""

    def __init__(self, db: sqlite3.Connection, session_id: int, newest: bool) -> None:
        self._db = db
        self._newest = newest
        self._key = (session_id,)
        self._row = self._rows("SELECT * FROM sessions WHERE session_id = ?")[0]

    def _rows(self, query: str) -> list[sqlite3.Row]:
        return self._db.execute(query, self._key).fetchall()

    def session(self) -> dict[str, object]:
        """The session entity."""
        row = self._row
        attributes, costs = self._maps()
        items = self._items(attributes, costs)
        shown: dict[str, object] = {
            "id": row["session_id"],
            "integrationId": row["integration_id"],
            "applicationId": 322,
            "created": moment(row["created"]),
            "updated": moment(row["updated"]),
            "state": row["status"],
            "firstSession": self._is_first(),
            "couponCodes": [],
            **self._lists(),
        }
        optional = {
            "profileId": row["profile_id"] if self._newest else row["profile_id"] or "",
            "referralCode": row["referral"],
            "storeIntegrationId": row["store"],
            "experimentVariantAllocations": json.loads(row["experiments"] or "null"),
            "additionalCosts": self._priced(costs.get(-1, {})) or None,
        }
        shown |= {name: value for name, value in optional.items() if value is not None}
        if items or not self._newest:
            shown["cartItems"] = items
        if -1 in attributes or not self._newest:
            shown["attributes"] = attributes.get(-1, {})
        if self._newest:
            shown["updateCount"] = row["revision"]
        return shown | self._totals(costs)

    def checkout(self, closes: bool) -> Checkout:
        """What the campaigns look at."""
        lists = self._lists()
        codes, identifiers = lists.get("couponCodes", []), lists.get("identifiers", [])
        totals = self._totals(self._maps()[1])
        return Checkout(
            session=self._key[0],
            closes=closes,
            profile=self._row["profile_id"] or "",
            coupons=[str(one) for one in codes],
            referral=self._row["referral"] or "",
            identifiers=[str(one) for one in identifiers],
            lines=[
                (row["place"], Decimal(row["price"]), row["quantity"])
                for row in self._rows("SELECT * FROM items WHERE session_id = ? ORDER BY place")
            ],
            totals={name: Decimal(str(value)) for name, value in totals.items()},
        )

    def _is_first(self) -> bool:
        row = self._row
        query = "SELECT first_session FROM profiles WHERE profile_id = ?"
        owner = self._db.execute(query, (row["profile_id"],)).fetchone()
        return owner is None or owner["first_session"] == row["session_id"]

    def _lists(self) -> dict[str, list[object]]:
        lists: dict[str, list[object]] = {}
        for code in self._rows(
            "SELECT kind, value FROM codes WHERE session_id = ? ORDER BY kind, ordinal"
        ):
            value = code["value"]
            whole = code["kind"] == "evaluableCampaignIds"
            lists.setdefault(code["kind"], []).append(int(value) if whole else value)
        return lists

    def _maps(self) -> tuple[dict[int, dict[str, object]], dict[int, dict[str, Number]]]:
        """Attributes and costs by place."""
        attributes: dict[int, dict[str, object]] = {}
        for row in self._rows("SELECT * FROM attributes WHERE session_id = ?"):
            value = parse(row["value"].encode())
            attributes.setdefault(row["place"], {})[row["name"]] = value
        costs: dict[int, dict[str, Number]] = {}
        for row in self._rows("SELECT * FROM costs WHERE session_id = ?"):
            costs.setdefault(row["place"], {})[row["name"]] = number(row["price"])
        return attributes, costs

    def _priced(self, costs: dict[str, Number]) -> dict[str, object]:
        return {name: {"price": price} for name, price in costs.items()}

    def _items(
        self, attributes: dict[int, dict[str, object]], costs: dict[int, dict[str, Number]]
    ) -> list[object]:
        items: list[object] = []
        for row in self._rows("SELECT * FROM items WHERE session_id = ? ORDER BY place"):
            place = row["place"]
            measures = {
                name: number(row[name])
                for name in ("price", "weight", "height", "width", "length")
                if row[name] is not None
            }
            optional = {
                "name": row["name"],
                "category": row["category"],
                "product": None if row["product"] is None else {"name": row["product"]},
                "attributes": attributes.get(place),
                "additionalCosts": self._priced(costs.get(place, {})) or None,
            }
            item: dict[str, object] = {"sku": row["sku"], "quantity": row["quantity"], **measures}
            item |= {name: value for name, value in optional.items() if value is not None}
            item["position"] = place
            if self._newest or row["came_back"]:
                item["returnedQuantity"] = row["came_back"]
                item["remainingQuantity"] = row["quantity"] - row["came_back"]
            items.append(item)
        return items

    def _totals(self, costs: dict[int, dict[str, Number]]) -> dict[str, object]:
        cart, extra = Decimal(0), Decimal(0)
        with localcontext() as context:
            context.prec = _DIGITS
            for row in self._rows(
                "SELECT place, quantity, came_back, price FROM items WHERE session_id = ?"
            ):
                units = row["quantity"] - row["came_back"]
                cart += units * number(row["price"])
                extra += units * sum(costs.get(row["place"], {}).values())
            own = Decimal(sum(costs.get(-1, {}).values()))
            shown: dict[str, object] = {
                "cartItemTotal": cart,
                "additionalCostTotal": own,
                "total": cart + own + extra,
            }
        return shown | {"cartItemAdditionalCostTotal": extra} if self._newest else shown
