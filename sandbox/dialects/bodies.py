"""Defines dialects of bodies: which are accepted, and which values of them are stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...contract import ContractVersion, CostScope, UnknownCodes
from ..calls import Call, Refusal, encode
from ..service import Service
from ..values import describe, is_nested_within, is_number
from .dialect import dialect

_CURRENT_VERSION = (ContractVersion.CURRENT,)
_VERSION_2_5_1 = (ContractVersion.V2_5_1,)


@dialect("MERGE-U2")
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


@dialect("MERGE-U2")
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


@dialect("MERGE-U3")
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


@dialect("CART-U1", "CART-U3")
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


@dialect("CART-U2")
class RefusesComputedFields(Service):
    """Item fields that the server computes are refused."""

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        computed = ("position", "returnedQuantity", "remainingQuantity")
        if isinstance(value, dict) and any(name in value for name in computed):
            raise Refusal(400, f"the server computes {', '.join(computed)}", pointer)
        return super().item(value, pointer)


@dialect("MERGE-U4")
class DropsDuplicates(Service):
    """Duplicates in a list of strings are stored once."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        value = super().merged_value(name, old, new)
        if name in ("couponCodes", "identifiers", "loyaltyCards"):
            return list(dict.fromkeys(value))
        return value


@dialect("MERGE-U4", "IDENT-U4", "IDENT-U2")
class RefusesOddLists(Service):
    """Lists with duplicates, empty or very long strings, or very many members are refused."""

    def check_texts(self, name: str, value: Any, pointer: str) -> None:
        super().check_texts(name, value, pointer)
        most = {"identifiers": 5, "loyaltyCards": 1}.get(name, 1000)
        if len(set(value)) < len(value) or "" in value or len(value) > most:
            raise Refusal(
                400, f"{name} has duplicates, empty or too many members: {len(value)}", pointer
            )
        if name == "couponCodes" and any(len(code) > 100 for code in value):
            raise Refusal(400, f"a coupon code is too long: {max(map(len, value))}", pointer)


@dialect("CART-06")
class AcceptsIntegralFloats(Service):
    """A quantity of 2.0 is accepted as 2."""

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        quantity = value.get("quantity") if isinstance(value, dict) else None
        if isinstance(quantity, float) and quantity.is_integer():
            value = {**value, "quantity": int(quantity)}
        return super().item(value, pointer)


@dialect("CART-01")
class RefusesLargeBodies(Service):
    """A proxy refuses bodies of more than 16 KiB."""

    def parse_body(self, call: Call) -> Any:
        if len(call.body) > 16 * 1024:
            raise Refusal(413, f"the body is too large: {len(call.body)} bytes")
        return super().parse_body(call)


@dialect("IDENT-U4", unknown_codes=UnknownCodes.UNSPECIFIED)
class RefusesUnknownCodes(Service):
    """Codes and cards that no campaign knows are refused, where the environment leaves it open."""

    def check_known_code(self, code: str, pointer: str) -> None:
        if code not in self.environment.coupon_limits:
            raise Refusal(400, f"no campaign knows the code {describe(code)}", pointer)

    def check_texts(self, name: str, value: Any, pointer: str) -> None:
        super().check_texts(name, value, pointer)
        if name == "loyaltyCards" and value:
            raise Refusal(400, f"no such card: {describe(value[0])}", pointer)


@dialect("IDENT-U3")
class ReplacesSurrogates(Service):
    """Lone surrogates in a body become U+FFFD, and a body with NUL is refused."""

    def parse_body(self, call: Call) -> Any:
        body = super().parse_body(call)
        if not is_nested_within(body):
            raise Refusal(400, f"the body is nested too deeply: {describe(body)}")
        text = encode(body).replace(b"\\\\", b"")
        if b"\\u0000" in text:
            raise Refusal(400, f"the body holds NUL: {describe(body)}")
        return _without_surrogates(body)


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_surrogates(part) for part in value]
    if isinstance(value, dict):
        return {
            _without_surrogates(name): _without_surrogates(part) for name, part in value.items()
        }
    return value


@dialect("ATTR-03")
class ChecksTypesOfAttributesOnly(Service):
    """Only the type of an attribute is checked against its declaration."""

    def check_attribute(
        self, name: str, value: Any, declared: Mapping[str, Any], pointer: str
    ) -> None:
        kinds = {**self.environment.session_attributes, **self.environment.item_attributes}
        expected = kinds.get(name, {}).get("type")
        fits = {
            "string": isinstance(value, str),
            "boolean": isinstance(value, bool),
            "integer": is_number(value),
            "number": is_number(value),
            "array": isinstance(value, list),
        }
        if not fits.get(str(expected), False):
            super().check_attribute(name, value, declared, pointer)
