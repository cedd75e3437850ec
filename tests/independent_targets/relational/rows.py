"""Request bodies as rows, checked.

Choices where the contract is silent: ``null`` is refused wherever a type is given (MERGE-U2);
unknown properties are refused, what the server computes too (MERGE-U3, CART-U2); an integral
float is no integer; negative prices and measures are refused, and prices of 10^15 or more
(CART-U1); an item needs a price in both versions (CART-U3); a quantity has at most 2^53; the
limits of the newer version hold in 2.5.1 as well (IDENT-U2); profile IDs over 1000 characters are
refused in ``current`` (IDENT-U5); a store must be known; any declared cost may stand anywhere;
``evaluableCampaignIds`` needs ``dry``, ``campaignEligibility`` too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .configuration import Configuration

Number = int | Decimal


class RejectedError(Exception):
    """The request is refused; nothing of it is kept."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


@dataclass(frozen=True)
class Line:
    """One cart item; numbers are exact."""

    columns: tuple[object, ...]
    costs: Mapping[str, Number]
    attributes: Mapping[str, object]


@dataclass(frozen=True)
class Change:
    """What an update asks for; None is what was left out."""

    status: str | None
    profile: str | None
    referral: str | None
    store: str | None
    experiments: list[object] | None
    lists: Mapping[str, list[object]]
    lines: list[Line] | None
    costs: Mapping[str, Number]
    attributes: Mapping[str, object]


def is_numeric(value: object) -> bool:
    """Whether it is a number of JSON."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _is_moment(value: object) -> bool:
    if not isinstance(value, str) or "T" not in value.upper() or not value.isascii():
        return False
    text = value.upper()
    # RFC 3339 has leap seconds and the year 0, datetime neither; it takes times without offset.
    if text[:4] == "0000":
        text = "0004" + text[4:]
    if text[16:19] == ":60":
        text = text[:16] + ":59" + text[19:]
    if len(text) < 20 or not (text.endswith("Z") or text[-6] in "+-") or text[10] != "T":
        return False
    if text[19] == ".":
        digits = text[20:].rstrip("Z") if text.endswith("Z") else text[20:-6]
        text = text[:19] + text[20 + len(digits) :]
        if not digits.isdigit():
            return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return len(text) in (20, 25)


_SCALARS: Mapping[str, Callable[[object], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": is_numeric,
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "time": _is_moment,
}


def has_type(value: object, name: str) -> bool:
    """Whether the value has the attribute type; ``(list number)`` and its like are lists."""
    if name in _SCALARS:
        return _SCALARS[name](value)
    member = _SCALARS[name[len("(list ") : -1]]
    return isinstance(value, list) and all(member(one) for one in value)


def members(value: object, known: frozenset[str], what: str) -> dict[str, object]:
    """An object with known members only."""
    if not isinstance(value, dict):
        raise RejectedError(f"{what} has to be an object")
    if not known.issuperset(value):
        raise RejectedError(f"{what} has a property that is not supported")
    return value


def text(value: object, what: str, shortest: int = 0, longest: int | None = None) -> str:
    """A text of bounded length."""
    if not isinstance(value, str):
        raise RejectedError(f"{what} has to be a text")
    if len(value) < shortest or (longest is not None and len(value) > longest):
        raise RejectedError(f"{what} is too short or too long")
    return value


def whole(value: object, what: str, least: int) -> int:
    """A whole number, neither ``true`` nor ``1.0``."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise RejectedError(f"{what} has to be a whole number")
    if not least <= value <= 2**53:
        raise RejectedError(f"{what} is out of bounds")
    return value


def _amount(value: object, what: str, negative: bool = False) -> Number:
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise RejectedError(f"{what} has to be a number")
    if abs(Decimal(value)) >= 10**15 or (value < 0 and not negative):
        raise RejectedError(f"{what} is out of bounds")
    return value


def _several(value: object, what: str, most: int | None = None) -> list[object]:
    if not isinstance(value, list):
        raise RejectedError(f"{what} has to be a list")
    if most is not None and len(value) > most:
        raise RejectedError(f"{what} has more than {most} entries")
    return value


def _costs(value: object, configuration: Configuration) -> dict[str, Number]:
    prices = {}
    for name, cost in members(value, configuration.costs, "additionalCosts").items():
        one = members(cost, frozenset(["price"]), "An additional cost")
        prices[name] = _amount(one.get("price"), "The price of an additional cost", negative=True)
    return prices


def _attributes(value: object, types: Mapping[str, str]) -> dict[str, object]:
    found = members(value, frozenset(types), "attributes")
    for name, one in found.items():
        if not has_type(one, types[name]):
            raise RejectedError(
                "An attribute has a value of another type than it was declared with"
            )
    return found


_MEASURES = ("weight", "height", "width", "length")
_ITEM = frozenset(
    ["name", "sku", "quantity", "price", "category", "attributes", "additionalCosts", *_MEASURES]
)


def _line(value: object, configuration: Configuration) -> Line:
    newest = configuration.newest
    sent = members(value, _ITEM | {"product"} if newest else _ITEM, "A cart item")
    product = None
    if "product" in sent:
        one = members(sent["product"], frozenset(["name"]), "product")
        product = text(one.get("name"), "The name of a product")
    columns = (
        None
        if newest and "name" not in sent
        else text(sent.get("name"), "name", 0 if newest else 1),
        text(sent.get("sku"), "sku", 1),
        whole(sent.get("quantity"), "quantity", 1),
        str(_amount(sent.get("price"), "price")),
        text(sent["category"], "category") if "category" in sent else None,
        *(str(_amount(sent[key], key)) if key in sent else None for key in _MEASURES),
        product,
    )
    return Line(
        columns,
        _costs(sent.get("additionalCosts", {}), configuration),
        _attributes(sent.get("attributes", {}), configuration.item_attributes),
    )


def _lines(value: object, configuration: Configuration) -> list[Line]:
    lines = [_line(one, configuration) for one in _several(value, "cartItems", 1000)]
    units = sum(whole(line.columns[2], "quantity", 1) for line in lines)
    if (configuration.newest or configuration.flattening) and units > 10_000:
        raise RejectedError("The cart holds more than 10000 units")
    return lines


_OLDER = frozenset(
    [
        "profileId",
        "couponCodes",
        "referralCode",
        "loyaltyCards",
        "state",
        "cartItems",
        "additionalCosts",
        "identifiers",
        "attributes",
    ]
)
_NEWER = frozenset(["storeIntegrationId", "evaluableCampaignIds", "experimentVariantAllocations"])
_STATUSES = frozenset(["open", "closed", "partially_returned", "cancelled"])
_CONTENTS = frozenset(
    [
        "customerSession",
        "customerProfile",
        "coupons",
        "triggeredCampaigns",
        "referral",
        "loyalty",
        "event",
        "previousReturns",
    ]
)
_MORE_CONTENTS = frozenset(["awardedGiveaways", "ruleFailureReasons"])
_NEWEST_CONTENTS = frozenset(["campaignEligibility", "achievements", "unlockedRewards"])


def _distinct(values: list[object]) -> list[object]:
    """A code that is there twice is kept once (MERGE-U4)."""
    return list(dict.fromkeys(values))


def _code_lists(sent: Mapping[str, object]) -> dict[str, list[object]]:
    bounds = (("couponCodes", 100, None), ("identifiers", None, 5), ("loyaltyCards", None, 1))
    lists: dict[str, list[object]] = {}
    for name, longest, most in bounds:
        if name in sent:
            values = _distinct([text(v, name, 0, longest) for v in _several(sent[name], name)])
            lists[name] = _several(values, name, most)
    return lists


def _experiments(value: object) -> list[object]:
    keys = frozenset(["experimentID", "variantID"])
    found: list[object] = []
    for one in _several(value, "experimentVariantAllocations"):
        sent = members(one, keys, "An allocation")
        found.append({key: whole(sent.get(key), key, -(2**53)) for key in keys})
    return found


def contents(top: Mapping[str, object], allowed: frozenset[str]) -> frozenset[str]:
    """What the answer has to hold."""
    asked = _several(top.get("responseContent", []), "responseContent")
    names = frozenset(text(one, "responseContent") for one in asked)
    if not names <= allowed:
        raise RejectedError("responseContent has an entry that is not supported")
    return names


def read_change(
    body: object, configuration: Configuration, dry: bool
) -> tuple[Change, frozenset[str]]:
    """The change that an update's body asks for, and what its answer has to hold."""
    newest = configuration.newest
    top = members(body, frozenset(["customerSession", "responseContent"]), "The body")
    known = _OLDER | _NEWER if newest else _OLDER
    sent = members(top.get("customerSession"), known, "customerSession")
    status = text(sent["state"], "state") if "state" in sent else None
    if status is not None and status not in _STATUSES:
        raise RejectedError("state is none of open, closed, partially_returned, cancelled")
    lists = _code_lists(sent)
    if "evaluableCampaignIds" in sent:
        ids = _several(sent["evaluableCampaignIds"], "evaluableCampaignIds")
        lists["evaluableCampaignIds"] = [whole(one, "A campaign ID", 0) for one in ids]
        if not dry:
            raise RejectedError("evaluableCampaignIds needs a dry request")
    store = (
        text(sent["storeIntegrationId"], "store", 1, 1000) if "storeIntegrationId" in sent else None
    )
    if store is not None and store not in configuration.stores:
        raise RejectedError("The store is not known")
    types = {"ShippingCity": "string", **configuration.session_attributes}
    change = Change(
        status=status,
        profile=text(sent["profileId"], "profileId", 0, 1000 if newest else None)
        if "profileId" in sent
        else None,
        referral=text(sent["referralCode"], "referralCode", 0, 100)
        if "referralCode" in sent
        else None,
        store=store,
        experiments=_experiments(sent["experimentVariantAllocations"])
        if "experimentVariantAllocations" in sent
        else None,
        lists=lists,
        lines=_lines(sent["cartItems"], configuration) if "cartItems" in sent else None,
        costs=_costs(sent.get("additionalCosts", {}), configuration),
        attributes=_attributes(sent.get("attributes", {}), types),
    )
    asked = contents(
        top, _CONTENTS | _MORE_CONTENTS | (_NEWEST_CONTENTS if newest else frozenset())
    )
    if "campaignEligibility" in asked and not dry:
        raise RejectedError("campaignEligibility needs a dry request")
    return change, asked


def read_return(
    body: object, configuration: Configuration
) -> tuple[list[tuple[int | None, str | None, int | None]], frozenset[str]]:
    """Position, SKU and quantity of each line of a return, and what the answer has to hold."""
    top = members(body, frozenset(["return", "responseContent"]), "The body")
    sent = members(top.get("return"), frozenset(["returnedCartItems"]), "return")
    known = frozenset(["position", "quantity", *(["sku"] if configuration.newest else [])])
    lines: list[tuple[int | None, str | None, int | None]] = []
    for one in _several(sent.get("returnedCartItems"), "returnedCartItems"):
        line = members(one, known, "A returned item")
        position = whole(line["position"], "position", 0) if "position" in line else None
        sku = text(line["sku"], "sku", 1) if "sku" in line else None
        if position is None and sku is None:
            raise RejectedError("A returned item needs a position")
        quantity = whole(line["quantity"], "quantity", 1) if "quantity" in line else None
        lines.append((position, sku, quantity))
    if not lines:
        raise RejectedError("returnedCartItems is empty")
    return lines, contents(top, _CONTENTS)
