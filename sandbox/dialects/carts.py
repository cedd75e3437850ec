"""Defines dialects of carts and of the members of a body: what is refused, ignored or stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...contract import CostScope
from ..calls import Refusal
from ..service import Service
from ..values import describe
from .dialect import Area, dialect

_ITEM_FIELDS = (
    "name",
    "sku",
    "quantity",
    "price",
    "category",
    "weight",
    "height",
    "width",
    "length",
    "attributes",
    "additionalCosts",
)


@dialect(Area.CARTS, "MERGE-U2", decides=("null",))
class RefusesNulls(Service):
    """An explicit null is refused."""

    def parse_session(self, body: Any) -> dict[str, Any]:
        session = body.get("customerSession") if isinstance(body, dict) else None
        if isinstance(session, dict) and None in session.values():
            raise Refusal(400, f"null in {describe(session)}", "/customerSession")
        return super().parse_session(body)

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        if isinstance(value, dict) and None in value.values():
            raise Refusal(400, f"null in {describe(value)}", pointer)
        return super().item(value, pointer)


@dialect(Area.CARTS, "MERGE-U2", decides=("null",))
class ClearsOnNull(Service):
    """An explicit null clears a field."""

    def parse_session(self, body: Any) -> dict[str, Any]:
        data = super().parse_session(body)
        empty = {"profileId": "", "referralCode": "", "attributes": {}, "additionalCosts": {}}
        for name, value in body["customerSession"].items():
            if value is None and name in self.known_fields() and name != "state":
                data[name] = empty.get(name, [])
        return data

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        return {} if name == "attributes" and new == {} else super().merged_value(name, old, new)


@dialect(Area.CARTS, "MERGE-U3", decides=("unknown properties",))
class RefusesUnknownProperties(Service):
    """Properties that the contract does not define are refused."""

    def parse_session(self, body: Any) -> dict[str, Any]:
        session = body.get("customerSession") if isinstance(body, dict) else None
        if isinstance(session, dict) and not session.keys() <= set(self.known_fields()):
            unknown = len(session.keys() - set(self.known_fields()))
            raise Refusal(400, f"{unknown} unknown properties", "/customerSession")
        return super().parse_session(body)

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        item = super().item(value, pointer)
        unknown = item.keys() - set(_ITEM_FIELDS)
        if unknown:
            raise Refusal(400, f"{len(unknown)} unknown properties", pointer)
        return item


@dialect(Area.CARTS, "MERGE-U3", decides=("unknown properties",))
class DropsUnknownItemProperties(Service):
    """An unknown property of an item is accepted and not stored."""

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        item = super().item(value, pointer)
        return {name: part for name, part in item.items() if name in _ITEM_FIELDS}


@dialect(Area.CARTS, "CART-U1", "CART-U3", decides=("prices",))
class RefusesOddPrices(Service):
    """Prices must be above zero, dimensions not below, both under 10^12; an item needs a price."""

    def check_numbers(self, item: Mapping[str, Any], pointer: str) -> None:
        super().check_numbers(item, pointer)
        if not 0 < item.get("price", 0) < 1e12:
            raise Refusal(
                400, f"price out of range: {describe(item.get('price'))}", f"{pointer}/price"
            )
        for name in ("weight", "height", "width", "length"):
            if not 0 <= item.get(name, 0) < 1e12:
                raise Refusal(
                    400, f"{name} out of range: {describe(item[name])}", f"{pointer}/{name}"
                )

    def costs(self, value: Any, scope: CostScope, pointer: str) -> dict[str, Any]:
        costs = super().costs(value, scope, pointer)
        for name, cost in costs.items():
            if not 0 <= cost["price"] < 1e12:
                raise Refusal(
                    400, f"price out of range: {describe(cost['price'])}", f"{pointer}/{name}"
                )
        return costs


@dialect(Area.CARTS, "CART-U1", source="NUMERIC(10,2) of PostgreSQL", decides=("prices",))
class RefusesLargePrices(Service):
    """A price of 10^8 or more is refused."""

    def check_numbers(self, item: Mapping[str, Any], pointer: str) -> None:
        super().check_numbers(item, pointer)
        price = item.get("price", 0)
        if abs(price) >= 1e8:
            raise Refusal(
                400, f"price must be below 1e8, found {describe(price)}", f"{pointer}/price"
            )


@dialect(Area.CARTS, "CART-U1", decides=("prices",))
class RefusesNegativePrices(Service):
    """A price below zero is refused, one of zero is accepted."""

    def check_numbers(self, item: Mapping[str, Any], pointer: str) -> None:
        super().check_numbers(item, pointer)
        price = item.get("price", 0)
        if price < 0:
            raise Refusal(
                400, f"price must be at least 0, found {describe(price)}", f"{pointer}/price"
            )


@dialect(Area.CARTS, "CART-U1", source="a column of 32-bit integers", decides=("dimensions",))
class RefusesLargeDimensions(Service):
    """Weight and dimensions of 2^31 or more, in grams and millimetres, are refused."""

    def check_numbers(self, item: Mapping[str, Any], pointer: str) -> None:
        super().check_numbers(item, pointer)
        for name in ("weight", "height", "width", "length"):
            if not -(2**31) <= item.get(name, 0) < 2**31:
                raise Refusal(
                    400, f"{name} out of range: {describe(item[name])}", f"{pointer}/{name}"
                )


@dialect(Area.CARTS, "CART-U2")
class RefusesComputedFields(Service):
    """Item fields that the server computes are refused."""

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        computed = ("position", "returnedQuantity", "remainingQuantity")
        if isinstance(value, dict) and any(name in value for name in computed):
            raise Refusal(400, f"the server computes {', '.join(computed)}", pointer)
        return super().item(value, pointer)


@dialect(Area.CARTS, "CART-06")
class AcceptsIntegralFloats(Service):
    """A quantity of 2.0 is accepted as 2."""

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        quantity = value.get("quantity") if isinstance(value, dict) else None
        if isinstance(quantity, float) and quantity.is_integer():
            value = {**value, "quantity": int(quantity)}
        return super().item(value, pointer)
