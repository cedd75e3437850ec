"""Simple valid values of an environment, by number: the same every time.

Edges and long lives are made of these: what surrounds the value under test must be valid beyond
doubt, else a refusal tells nothing.
"""

from __future__ import annotations

from typing import Any

from ...contract import MARK, ContractVersion, Environment, UnknownCodes
from .attributes import sample_values, wrong_values

Json = dict[str, Any]

_AMPLE = 100_000
"""A coupon that may be redeemed less often could be used up by the requests of a run."""

_GOODS: tuple[tuple[str, str, float], ...] = (
    ("mug", "Mug", 10),
    ("tea-1", "Green tea", 4.5),
    ("pot", "Teapot", 19.99),
    ("mug", "Mug", 10),
    ("TEA-1", "Black tea", 0.1),
    ("crème", "Crème brûlée", 0.2),
    ("日本-1", "急須", 33.333333),
    ("box/50%", "Box & bow", 0.005),
)
_MEASURES = ("weight", "height", "width", "length")


EVERYTHING = ("customerSession", "customerProfile", "triggeredCampaigns", "coupons", "loyalty")
"""What an answer may be asked to hold."""


class Samples:
    """Valid parts of requests for one environment."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.current = environment.contract is ContractVersion.CURRENT
        self._session_values = {
            name: sample_values(schema) for name, schema in environment.session_attributes.items()
        }
        self._item_values = {
            name: sample_values(schema) for name, schema in environment.item_attributes.items()
        }
        self.known_coupons = tuple(
            code for code, limit in environment.coupon_limits.items() if limit >= _AMPLE
        )
        self.limited_coupons = {
            code: limit for code, limit in environment.coupon_limits.items() if limit < _AMPLE
        }
        """The others, each with its limit: they are for putting that limit to the test."""
        self.codes_are_free = environment.unknown_codes is UnknownCodes.ACCEPTED
        """Whether any coupon code, referral code and card may be sent and is accepted."""

    def session_attributes(self, number: int = 0) -> Json:
        return _pick(self._session_values, number)

    def item_attributes(self, number: int = 0) -> Json:
        return _pick(self._item_values, number)

    def wrong_session_attributes(self) -> list[tuple[str, Any]]:
        """Name and value of another type than declared (ATTR-03)."""
        declared = self.environment.session_attributes.items()
        return [(name, value) for name, schema in declared for value in wrong_values(schema)]

    def wrong_item_attributes(self) -> list[tuple[str, Any]]:
        """Name and value of another type than declared (ATTR-03)."""
        declared = self.environment.item_attributes.items()
        return [(name, value) for name, schema in declared for value in wrong_values(schema)]

    def session_costs(self, number: int = 0) -> Json:
        return _costs(self.environment.session_costs, number)

    def item_costs(self, number: int = 0) -> Json:
        return _costs(self.environment.item_costs, number)

    def item(self, number: int = 0, **changes: Any) -> Json:
        """A cart item with the required fields."""
        sku, name, price = _GOODS[number % len(_GOODS)]
        return {"sku": sku, "name": name, "quantity": 1 + number % 3, "price": price, **changes}

    def rich_item(self, number: int = 0, **changes: Any) -> Json:
        """A cart item with every field."""
        item = self.item(number, category=("tea", "pots", "Größe L", "")[number % 4])
        for place, field in enumerate(_MEASURES):
            item[field] = (12.5, 40, 0.75, 1_000)[(number + place) % 4]
        if self._item_values:
            item["attributes"] = self.item_attributes(number)
        if self.environment.item_costs:
            item["additionalCosts"] = self.item_costs(number)
        return {**item, **changes}

    def cart(self, size: int = 2, *, start: int = 0) -> list[Json]:
        return [self.rich_item(start + place) for place in range(size)]

    def coupons(self, number: int = 0) -> list[str]:
        """Coupon codes that are accepted; none if the environment knows none."""
        if self.codes_are_free:
            return [*self.known_coupons[:1], f"CODE{number}-{MARK}"]
        return [*self.known_coupons[:1]]

    def referral(self, number: int = 0) -> str | None:
        """A referral code that is accepted; None if the environment cannot tell one."""
        return f"REF{number}-{MARK}" if self.codes_are_free else None

    def cards(self, number: int = 0) -> list[str]:
        """Loyalty cards that are accepted."""
        return [f"CARD{number}-{MARK}"] if self.codes_are_free else []

    def identifiers(self, number: int = 0, *, count: int = 2) -> list[str]:
        return [f"id{number + place}-{MARK}" for place in range(count)]

    def profile(self, number: int = 0) -> str:
        return f"profile{number}-{MARK}"

    def session(self, number: int = 0, **changes: Any) -> Json:
        """A session with every field that the environment can vouch for, but for ``state``."""
        whole: Json = {
            "profileId": self.profile(number),
            "cartItems": self.cart(3, start=number),
            "identifiers": self.identifiers(number),
            "couponCodes": self.coupons(number),
            "referralCode": self.referral(number),
            "loyaltyCards": self.cards(number),
            "additionalCosts": self.session_costs(number),
            "attributes": self.session_attributes(number),
        }
        filled = {key: value for key, value in whole.items() if value}
        return {**filled, **changes}

    def undeclared(self) -> str:
        """A name that no attribute and no cost has."""
        known = self.environment
        taken = {*known.session_attributes, *known.item_attributes, *known.additional_costs}
        name = "neverDeclared"
        while name in taken:
            name += "X"
        return name


def request(session: Any, *, show: bool = True) -> Json:
    """The body of an update; ``show`` asks for the session in the answer."""
    body: Json = {"customerSession": session}
    if show:
        body["responseContent"] = ["customerSession"]
    return body


def return_request(*items: Json, show: bool = True) -> Json:
    """The body of a return of ``items``."""
    body: Json = {"return": {"returnedCartItems": list(items)}}
    if show:
        body["responseContent"] = ["customerSession"]
    return body


def _pick(values: dict[str, tuple[Any, ...]], number: int) -> Json:
    return {name: known[number % len(known)] for name, known in values.items()}


def _costs(names: tuple[str, ...], number: int) -> Json:
    prices = (4.9, 10, 0.1, 0.25, 7.005)
    return {
        name: {"price": prices[(number + place) % len(prices)]} for place, name in enumerate(names)
    }
