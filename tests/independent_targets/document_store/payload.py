"""Request bodies: what is taken from them, and what is refused.

Where the contract is silent, this target chooses:

- ``null`` for anything optional is as if it were left out, in maps of attributes too (MERGE-U2);
- unknown properties are dropped, and so is what the server computes, position included
  (MERGE-U3, CART-U2);
- an integral float such as ``2.0`` is the integer 2;
- any price is taken, negative ones included, while the totals stay finite (CART-U1);
- an item without ``price`` is taken in ``current`` and adds nothing to the totals (CART-U3);
- a cost that was created for the other kind of entity is refused;
- any length of IDs, and in 2.5.1 of codes and lists, is taken (IDENT-U1, IDENT-U2);
- any store is taken;
- ``evaluableCampaignIds`` without ``dry`` is kept as data, ``campaignEligibility`` is overlooked.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from .application import Application, fits, is_number

Json = dict[str, object]

_STATES = ("open", "closed", "partially_returned", "cancelled")
_CONTENTS = [
    "customerSession",
    "customerProfile",
    "coupons",
    "triggeredCampaigns",
    "referral",
    "loyalty",
    "event",
    "previousReturns",
]
_UPDATE_CONTENTS = [*_CONTENTS, "awardedGiveaways", "ruleFailureReasons"]
_NEWER_CONTENTS = ["campaignEligibility", "achievements", "unlockedRewards"]
#: The attribute of the documented sample is built in.
_BUILT_IN = {"ShippingCity": "string"}


class RefusalError(Exception):
    """The request is answered with this status and names this place in the body."""

    def __init__(self, detail: str, pointer: str = "", status: int = 400) -> None:
        super().__init__(detail)
        self.detail = detail
        self.pointer = pointer
        self.status = status


def _need(holds: bool, detail: str, pointer: str) -> None:
    if not holds:
        raise RefusalError(detail, pointer)


def _members(value: object, pointer: str) -> Json:
    """The members of an object that are not null."""
    if not isinstance(value, dict):
        raise RefusalError("an object is needed", pointer)
    return {name: member for name, member in value.items() if member is not None}


def _list(value: object, pointer: str) -> list[object]:
    if not isinstance(value, list):
        raise RefusalError("a list is needed", pointer)
    return value


def _text(value: object, pointer: str, least: int = 0, most: int | None = None) -> str:
    if not isinstance(value, str):
        raise RefusalError("a string is needed", pointer)
    _need(len(value) >= least, f"at least {least} characters are needed", pointer)
    _need(most is None or len(value) <= most, f"at most {most} characters are allowed", pointer)
    return value


def _number(value: object, pointer: str) -> float:
    if not is_number(value) or not isinstance(value, int | float):
        raise RefusalError("a number is needed", pointer)
    try:
        finite = math.isfinite(float(value))
    except OverflowError:
        finite = False
    _need(finite, "the number is out of range", pointer)
    return value


def _integer(value: object, pointer: str) -> int:
    number = _number(value, pointer)
    _need(number == int(number), "an integer is needed", pointer)
    return int(number)


def _texts(value: object, pointer: str, longest: int | None, most: int | None) -> list[str]:
    members = _list(value, pointer)
    _need(most is None or len(members) <= most, f"at most {most} entries are allowed", pointer)
    return [_text(one, f"{pointer}/{at}", 0, longest) for at, one in enumerate(members)]


def _attributes(value: object, declared: Mapping[str, str | tuple[str, ...]], pointer: str) -> Json:
    found = _members(value, pointer)
    for name, one in found.items():
        _need(name in declared, "the attribute is not defined", f"{pointer}/{name}")
        _need(fits(one, declared[name]), "the value has the wrong type", f"{pointer}/{name}")
    return found


def _costs(value: object, application: Application, entity: str, pointer: str) -> Json:
    costs: Json = {}
    for name, one in _members(value, pointer).items():
        place = f"{pointer}/{name}"
        known = application.costs.get(name) in (entity, "both")
        _need(known, "the additional cost was not created", place)
        cost = _members(one, place)
        _need("price" in cost, "a price is needed", place)
        costs[name] = {"price": _number(cost["price"], f"{place}/price")}
    return costs


def _item(value: object, application: Application, pointer: str) -> Json:
    sent = _members(value, pointer)
    needed = ["sku", "quantity"] if application.current else ["name", "sku", "quantity", "price"]
    for name in needed:
        _need(name in sent, f"{name} is needed", pointer)
    item: Json = {}
    if "name" in sent:
        item["name"] = _text(sent["name"], f"{pointer}/name", 0 if application.current else 1)
    item["sku"] = _text(sent["sku"], f"{pointer}/sku", 1)
    item["quantity"] = _integer(sent["quantity"], f"{pointer}/quantity")
    _need(_integer(sent["quantity"], "") >= 1, "at least 1 is needed", f"{pointer}/quantity")
    if "category" in sent:
        item["category"] = _text(sent["category"], f"{pointer}/category")
    for name in ("price", "weight", "height", "width", "length"):
        if name in sent:
            item[name] = _number(sent[name], f"{pointer}/{name}")
    if "attributes" in sent:
        place = f"{pointer}/attributes"
        item["attributes"] = _attributes(sent["attributes"], application.item_attributes, place)
    if "additionalCosts" in sent:
        place = f"{pointer}/additionalCosts"
        item["additionalCosts"] = _costs(sent["additionalCosts"], application, "item", place)
    if application.current and "product" in sent:
        product = _members(sent["product"], f"{pointer}/product")
        item["product"] = {"name": _text(product.get("name", ""), f"{pointer}/product/name")}
    return item


def _cart(value: object, application: Application, pointer: str) -> list[Json]:
    sent = _list(value, pointer)
    _need(len(sent) <= 1000, "at most 1000 items are allowed", pointer)
    items = [_item(one, application, f"{pointer}/{at}") for at, one in enumerate(sent)]
    if application.current or application.flattening:
        units = sum(_integer(item["quantity"], pointer) for item in items)
        _need(units <= 10_000, "at most 10000 units are allowed", pointer)
    return items


def _allocation(value: object, pointer: str) -> Json:
    sent = _members(value, pointer)
    return {
        name: _integer(sent.get(name, ""), f"{pointer}/{name}")
        for name in ("experimentID", "variantID")
    }


def _readers(application: Application) -> dict[str, Callable[[object, str], object]]:
    """How each field of a session is read."""
    newer = application.current
    built_in = {**_BUILT_IN, **application.session_attributes}
    readers: dict[str, Callable[[object, str], object]] = {
        "profileId": _text,
        "couponCodes": lambda value, at: _texts(value, at, 100 if newer else None, None),
        "referralCode": lambda value, at: _text(value, at, 0, 100),
        "loyaltyCards": lambda value, at: _texts(value, at, None, 1 if newer else None),
        "cartItems": lambda value, at: _cart(value, application, at),
        "additionalCosts": lambda value, at: _costs(value, application, "session", at),
        "identifiers": lambda value, at: _texts(value, at, None, 5 if newer else None),
        "attributes": lambda value, at: _attributes(value, built_in, at),
    }
    if newer:
        readers["storeIntegrationId"] = lambda value, at: _text(value, at, 1, 1000)
        readers["evaluableCampaignIds"] = lambda value, at: [
            _integer(one, f"{at}/{number}") for number, one in enumerate(_list(value, at))
        ]
        readers["experimentVariantAllocations"] = lambda value, at: [
            _allocation(one, f"{at}/{number}") for number, one in enumerate(_list(value, at))
        ]
    return readers


def _contents(body: Json, allowed: list[str]) -> list[str]:
    asked = _texts(body.get("responseContent", []), "/responseContent", None, None)
    for at, one in enumerate(asked):
        _need(one in allowed, "the content is not known", f"/responseContent/{at}")
    return asked


def read_update(body: object, application: Application) -> tuple[str | None, Json, list[str]]:
    """The state that is asked for, the fields that are sent, and the contents that are wanted."""
    top = _members(body, "")
    _need("customerSession" in top, "customerSession is needed", "")
    sent = _members(top["customerSession"], "/customerSession")
    state = sent.get("state")
    if state is not None:
        _need(state in _STATES, "the state is not known", "/customerSession/state")
    fields = {
        name: reader(sent[name], f"/customerSession/{name}")
        for name, reader in _readers(application).items()
        if name in sent
    }
    allowed = _UPDATE_CONTENTS + (_NEWER_CONTENTS if application.current else [])
    return None if state is None else str(state), fields, _contents(top, allowed)


def read_return(
    body: object, application: Application, cart: list[Json], returned: list[int]
) -> tuple[list[tuple[int, int]], list[str]]:
    """Positions and units of a return, checked against what remains, and the contents wanted."""
    top = _members(body, "")
    asked = _contents(top, _CONTENTS)
    lines = _members(top.get("return"), "/return").get("returnedCartItems")
    remaining = [
        _integer(item["quantity"], "") - back for item, back in zip(cart, returned, strict=True)
    ]
    units: list[tuple[int, int]] = []
    for at, one in enumerate(_list(lines, "/return/returnedCartItems")):
        place = f"/return/returnedCartItems/{at}"
        line = _members(one, place)
        position = _position(line, application, cart, remaining, place)
        count = remaining[position]
        if "quantity" in line:
            count = _integer(line["quantity"], f"{place}/quantity")
        _need(1 <= count <= remaining[position], "so many units do not remain", place)
        if not (application.current or application.flattening):
            # Without flattening an item goes back whole: a smaller quantity is overlooked (RET-05).
            count = remaining[position]
        remaining[position] -= count
        units.append((position, count))
    _need(bool(units), "at least one item is needed", "/return/returnedCartItems")
    return units, asked


def _position(
    line: Json, application: Application, cart: list[Json], remaining: list[int], place: str
) -> int:
    """Where the line is; among lines of one SKU the first that has units left, and a position
    wins over an SKU that is sent along."""
    if "position" in line:
        position = _integer(line["position"], f"{place}/position")
        _need(0 <= position < len(cart), "there is no such position", f"{place}/position")
        return position
    _need(application.current and "sku" in line, "a position is needed", place)
    sku = _text(line["sku"], f"{place}/sku")
    found = [at for at, item in enumerate(cart) if item["sku"] == sku and remaining[at] > 0]
    _need(bool(found), "no unit of this SKU remains", f"{place}/sku")
    return found[0]
