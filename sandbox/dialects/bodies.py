"""What bodies are taken, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...contract import ContractVersion, CostScope, UnknownCodes
from ..calls import Call, Refusal, encode
from ..service import Service
from ..values import is_nested_within, is_number
from .dialect import dialect

_CURRENT_VERSION = (ContractVersion.CURRENT,)
_VERSION_2_5_1 = (ContractVersion.V2_5_1,)


@dialect("MERGE-U2")
class RefusesNulls(Service):
    """An explicit null is refused."""

    def parse_session(self, body: Any) -> dict[str, Any]:
        session = body.get("customerSession") if isinstance(body, dict) else None
        if isinstance(session, dict) and None in session.values():
            raise Refusal(400, "null is no value", "/customerSession")
        return super().parse_session(body)

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        if isinstance(value, dict) and None in value.values():
            raise Refusal(400, "null is no value", pointer)
        return super().item(value, pointer)


@dialect("MERGE-U2")
class ClearsOnNull(Service):
    """An explicit null takes a field's value away."""

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
    """Properties that the contract does not know are refused."""

    def parse_session(self, body: Any) -> dict[str, Any]:
        session = body.get("customerSession") if isinstance(body, dict) else None
        if isinstance(session, dict) and not session.keys() <= set(self.known_fields()):
            raise Refusal(400, "unknown property", "/customerSession")
        return super().parse_session(body)

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        item = super().item(value, pointer)
        if len(item) > len([name for name in item if name in _ITEM_FIELDS]):
            raise Refusal(400, "unknown property", pointer)
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
    """Prices and dimensions must lie above zero and within reason, and prices must be there."""

    def check_numbers(self, item: Mapping[str, Any], pointer: str) -> None:
        super().check_numbers(item, pointer)
        if not 0 < item.get("price", 0) < 1e12:
            raise Refusal(400, "price out of range", f"{pointer}/price")
        for name in ("weight", "height", "width", "length"):
            if not 0 <= item.get(name, 0) < 1e12:
                raise Refusal(400, f"{name} out of range", f"{pointer}/{name}")

    def costs(self, value: Any, scope: CostScope, pointer: str) -> dict[str, Any]:
        costs = super().costs(value, scope, pointer)
        if not all(0 <= cost["price"] < 1e12 for cost in costs.values()):
            raise Refusal(400, "price out of range", pointer)
        return costs


@dialect("CART-U2")
class RefusesComputedFields(Service):
    """Fields that the server computes may not be sent."""

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        computed = ("position", "returnedQuantity", "remainingQuantity")
        if isinstance(value, dict) and any(name in value for name in computed):
            raise Refusal(400, "computed by the server", pointer)
        return super().item(value, pointer)


@dialect("MERGE-U4")
class DropsDuplicates(Service):
    """A coupon code or identifier that stands twice in a list is kept once."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        value = super().merged_value(name, old, new)
        if name in ("couponCodes", "identifiers", "loyaltyCards"):
            return list(dict.fromkeys(value))
        return value


@dialect("MERGE-U4", "IDENT-U4", "IDENT-U2")
class RefusesOddLists(Service):
    """Lists with duplicates, empty texts or very many members are refused."""

    def check_texts(self, name: str, value: Any, pointer: str) -> None:
        super().check_texts(name, value, pointer)
        most = {"identifiers": 5, "loyaltyCards": 1}.get(name, 1000)
        if len(set(value)) < len(value) or "" in value or len(value) > most:
            raise Refusal(400, f"odd {name}", pointer)
        if name == "couponCodes" and any(len(code) > 100 for code in value):
            raise Refusal(400, "a coupon code is too long", pointer)


@dialect("CART-06")
class AcceptsIntegralFloats(Service):
    """A quantity of 2.0 is 2."""

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        quantity = value.get("quantity") if isinstance(value, dict) else None
        if isinstance(quantity, float) and quantity.is_integer():
            value = {**value, "quantity": int(quantity)}
        return super().item(value, pointer)


@dialect("CART-01")
class RefusesLargeBodies(Service):
    """A server in front takes bodies of up to 16 KiB."""

    def parse_body(self, call: Call) -> Any:
        if len(call.body) > 16 * 1024:
            raise Refusal(413, "the body is too large")
        return super().parse_body(call)


@dialect("IDENT-U4", unknown_codes=UnknownCodes.UNSPECIFIED)
class RefusesUnknownCodes(Service):
    """Codes that no campaign knows are refused, and the environment says nothing of it."""

    def check_known_code(self, code: str, pointer: str) -> None:
        if code not in self.environment.coupon_limits:
            raise Refusal(400, "no campaign knows this code", pointer)

    def check_texts(self, name: str, value: Any, pointer: str) -> None:
        super().check_texts(name, value, pointer)
        if name == "loyaltyCards" and value:
            raise Refusal(400, "no such card", pointer)


@dialect("IDENT-U3")
class ReplacesSurrogates(Service):
    """Lone surrogates in bodies become U+FFFD, and NUL is refused."""

    def parse_body(self, call: Call) -> Any:
        body = super().parse_body(call)
        if not is_nested_within(body):
            raise Refusal(400, "the body is nested too deeply")
        text = encode(body).replace(b"\\\\", b"")
        if b"\\u0000" in text:
            raise Refusal(400, "NUL is no character")
        return _replaced(body)


def _replaced(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_replaced(part) for part in value]
    if isinstance(value, dict):
        return {_replaced(name): _replaced(part) for name, part in value.items()}
    return value


@dialect("ATTR-03")
class ChecksTypesOfAttributesOnly(Service):
    """Of an attribute's declaration only the type is checked."""

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
