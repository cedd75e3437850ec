"""Simple valid values of an environment, the same every time.

Sweeps surround the value under test with these: all else in a request must be valid beyond doubt,
so that a refusal has one reason only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...contract import MARK, ContractVersion, Environment, UnknownCodes
from ...contract.attribute_schemas import read_schema
from .attributes import sample_values, wrong_values

Json = dict[str, Any]

_MIN_UNLIMITED_REDEMPTIONS = 100_000
"""The requests of a run could use up a coupon with a lower limit."""

_PRODUCTS: tuple[tuple[str, str, float], ...] = (
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


CLOSED: Json = {"state": "closed"}
CANCELLED: Json = {"state": "cancelled"}
"""Sessions of updates that do no more than change the state."""

RESPONSE_CONTENT = (
    "customerSession",
    "customerProfile",
    "triggeredCampaigns",
    "coupons",
    "loyalty",
)
"""All values of ``responseContent`` that sweeps request."""


class Samples:
    """Valid parts of requests for one environment.

    Most methods take a ``variant``, a whole number from 0 up: the same variant gives the same
    value, neighbouring ones mostly differ.

    Args:
        environment: declares what exists; its contract version sets the limits.

    Raises:
        ConfigurationError: no value was found that fits a declared attribute.
    """

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.current = environment.contract is ContractVersion.CURRENT
        self._session_values = _sample_table("session_attributes", environment.session_attributes)
        self._item_values = _sample_table("item_attributes", environment.item_attributes)
        budgeted = {budget.campaign for budget in environment.budgets}
        fixed = [one for one in environment.declared_coupons if not one.is_pattern]
        limited = [one for one in fixed if 0 < one.limit < _MIN_UNLIMITED_REDEMPTIONS]
        self.known_coupons = tuple(
            one.code
            for one in fixed
            if one not in limited and not one.per_profile and one.campaign not in budgeted
        )
        """Declared coupons that a run cannot use up."""
        self.limited_coupons = {one.code: one.limit for one in limited}
        """Declared coupons without a number that it can, each with its limit: sweeps put that limit
        to the test."""
        self.unknown_codes_accepted = environment.unknown_codes is UnknownCodes.ACCEPTED
        """Whether the target accepts any coupon code, referral code and loyalty card."""

    def session_attributes(self, variant: int = 0) -> Json:
        """A valid value for every declared session attribute but locations, by name."""
        return _pick(self._session_values, variant)

    def item_attributes(self, variant: int = 0) -> Json:
        """A valid value for every declared item attribute but locations, by name."""
        return _pick(self._item_values, variant)

    def wrong_session_attributes(self) -> list[tuple[str, Any]]:
        """Names of session attributes, each with a value of an undeclared type (ATTR-03)."""
        declared = self.environment.session_attributes.items()
        return [(name, value) for name, schema in declared for value in wrong_values(schema)]

    def wrong_item_attributes(self) -> list[tuple[str, Any]]:
        """Names of item attributes, each with a value of an undeclared type (ATTR-03)."""
        declared = self.environment.item_attributes.items()
        return [(name, value) for name, schema in declared for value in wrong_values(schema)]

    def session_costs(self, variant: int = 0) -> Json:
        """Every additional cost that a session may carry: name to ``{"price": …}``."""
        return _costs(self.environment.session_costs, variant)

    def item_costs(self, variant: int = 0) -> Json:
        """Every additional cost that a cart item may carry: name to ``{"price": …}``."""
        return _costs(self.environment.item_costs, variant)

    def item(self, variant: int = 0, **changes: Any) -> Json:
        """A cart item with the required fields, and ``changes`` put over them."""
        sku, name, price = _PRODUCTS[variant % len(_PRODUCTS)]
        return {"sku": sku, "name": name, "quantity": 1 + variant % 3, "price": price, **changes}

    def rich_item(self, variant: int = 0, **changes: Any) -> Json:
        """A cart item with every field that exists, and ``changes`` put over them."""
        item = self.item(variant, category=("tea", "pots", "Größe L", "")[variant % 4])
        for offset, field in enumerate(_MEASURES):
            item[field] = (12.5, 40, 0.75, 1_000)[(variant + offset) % 4]
        if self._item_values:
            item["attributes"] = self.item_attributes(variant)
        if self.environment.item_costs:
            item["additionalCosts"] = self.item_costs(variant)
        return {**item, **changes}

    def cart(self, size: int = 2, *, start: int = 0) -> list[Json]:
        """``size`` rich items: the variants from ``start`` up."""
        return [self.rich_item(start + offset) for offset in range(size)]

    def coupons(self, variant: int = 0) -> list[str]:
        """Coupon codes that the target accepts; empty if the environment declares none."""
        if self.unknown_codes_accepted:
            return [*self.known_coupons[:1], f"CODE{variant}-{MARK}"]
        return [*self.known_coupons[:1]]

    def referral(self, variant: int = 0) -> str | None:
        """A referral code that the target accepts; None if no such code is known."""
        return f"REF{variant}-{MARK}" if self.unknown_codes_accepted else None

    def cards(self, variant: int = 0) -> list[str]:
        """Loyalty cards that the target accepts; empty if no such card is known."""
        return [f"CARD{variant}-{MARK}"] if self.unknown_codes_accepted else []

    def identifiers(self, variant: int = 0, *, count: int = 2) -> list[str]:
        """``count`` distinct identifiers."""
        return [f"id{variant + offset}-{MARK}" for offset in range(count)]

    def profile(self, variant: int = 0) -> str:
        """A profile ID."""
        return f"profile{variant}-{MARK}"

    def session(self, variant: int = 0, **changes: Any) -> Json:
        """A session with every field that surely has valid values, except ``state``.

        ``changes`` are put over these fields.
        """
        fields: Json = {
            "profileId": self.profile(variant),
            "cartItems": self.cart(3, start=variant),
            "identifiers": self.identifiers(variant),
            "couponCodes": self.coupons(variant),
            "referralCode": self.referral(variant),
            "loyaltyCards": self.cards(variant),
            "additionalCosts": self.session_costs(variant),
            "attributes": self.session_attributes(variant),
        }
        filled = {name: value for name, value in fields.items() if value}
        return {**filled, **changes}

    def undeclared(self) -> str:
        """A name that the environment declares for no attribute and no cost."""
        declared = self.environment
        names = {
            *declared.session_attributes,
            *declared.item_attributes,
            *declared.additional_costs,
        }
        name = "neverDeclared"
        while name in names:
            name += "X"
        return name


def update_body(session: Any, *, show: bool = True) -> Json:
    """The body of an update that sends ``session``.

    Args:
        session: a NewCustomerSessionV2, or any JSON value in its place.
        show: whether it requests the session in the response.
    """
    body: Json = {"customerSession": session}
    if show:
        body["responseContent"] = ["customerSession"]
    return body


def return_body(*items: Json, show: bool = True) -> Json:
    """The body of a return.

    Args:
        items: the lines of the return: ``{"position": …, "quantity": …}`` each.
        show: whether it requests the session in the response.
    """
    body: Json = {"return": {"returnedCartItems": list(items)}}
    if show:
        body["responseContent"] = ["customerSession"]
    return body


def _sample_table(
    key: str, declared: Mapping[str, Mapping[str, Any]]
) -> dict[str, tuple[Any, ...]]:
    """Attribute name to samples, but for locations: the contract does not say how to write one."""
    return {
        name: sample_values(schema, where=f"environment.{key}.{name}")
        for name, schema in declared.items()
        if not read_schema(name, schema).is_open
    }


def _pick(values: dict[str, tuple[Any, ...]], variant: int) -> Json:
    return {name: known[variant % len(known)] for name, known in values.items()}


def _costs(names: tuple[str, ...], variant: int) -> Json:
    prices = (4.9, 10, 0.1, 0.25, 7.005)
    return {
        name: {"price": prices[(variant + offset) % len(prices)]}
        for offset, name in enumerate(names)
    }
