"""Whether a request body is one that the contract allows, decision by decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from ..contract import ContractVersion, CostScope, Environment, SessionState, UnknownCodes
from .calls import Refusal
from .values import LARGEST, nested_within, number

Json = Any

_TEXT_LISTS = ("couponCodes", "loyaltyCards", "identifiers")
_NUMBERS = ("price", "weight", "height", "width", "length")
_COMPUTED = ("position", "returnedQuantity", "remainingQuantity")
_RESPONSE_CONTENT = frozenset(
    (
        "customerSession",
        "customerProfile",
        "coupons",
        "triggeredCampaigns",
        "referral",
        "loyalty",
        "event",
        "awardedGiveaways",
        "ruleFailureReasons",
        "previousReturns",
        "campaignEligibility",
        "achievements",
        "unlockedRewards",
    )
)


class Validation:
    """One overridable method a decision. All raise `Refusal` with status 400."""

    environment: Environment

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self._session_attributes = self._compiled(environment.session_attributes)
        self._item_attributes = self._compiled(environment.item_attributes)

    @property
    def first_version(self) -> bool:
        return self.environment.contract is ContractVersion.V2_5_1

    # --- the request -----------------------------------------------------------------------

    def session_of(self, body: Json) -> dict[str, Json]:
        """The session fields that an update sends, cleaned of nulls and of unknown ones."""
        if not isinstance(body, dict):
            raise Refusal(400, "the body must be an object")
        session = body.get("customerSession")
        if not isinstance(session, dict):
            raise Refusal(400, "customerSession is required", "/customerSession")
        self.check_response_content(body)
        known = {name: value for name, value in session.items() if value is not None}
        return {
            name: self.field(name, known[name]) for name in self.known_fields() if name in known
        }

    def known_fields(self) -> tuple[str, ...]:
        fields = (
            "profileId",
            "couponCodes",
            "referralCode",
            "loyaltyCards",
            "state",
            "cartItems",
            "additionalCosts",
            "identifiers",
            "attributes",
        )
        if self.first_version:
            return fields
        return (*fields, "storeIntegrationId", "evaluableCampaignIds")

    def check_response_content(self, body: Mapping[str, Json]) -> None:
        wanted = body.get("responseContent")
        if wanted is not None and not (
            isinstance(wanted, list)
            and all(isinstance(name, str) and name in _RESPONSE_CONTENT for name in wanted)
        ):
            raise Refusal(400, "responseContent has an unknown member", "/responseContent")

    def field(self, name: str, value: Json) -> Json:
        """``value`` as it is stored, once it has passed its checks."""
        pointer = f"/customerSession/{name}"
        if name in _TEXT_LISTS:
            self.check_texts(name, value, pointer)
        elif name in ("profileId", "referralCode", "storeIntegrationId"):
            self.check_text(name, value, pointer)
        elif name == "state":
            self.check_state(value, pointer)
        elif name == "cartItems":
            return self.items(value, pointer)
        elif name == "additionalCosts":
            return self.costs(value, CostScope.SESSION, pointer)
        elif name == "attributes":
            return self.attributes(value, self._session_attributes, pointer)
        elif name == "evaluableCampaignIds" and not (
            isinstance(value, list) and all(type(member) is int for member in value)
        ):
            raise Refusal(400, f"{name} must be a list of integers", pointer)
        return value

    # --- texts -----------------------------------------------------------------------------

    def check_text(self, name: str, value: Json, pointer: str) -> None:
        if not isinstance(value, str):
            raise Refusal(400, f"{name} must be a string", pointer)
        if name == "referralCode":
            if self.length(value) > self.longest_referral_code():
                raise Refusal(400, "referralCode is too long", pointer)
            if value:
                self.check_known_code(value, pointer)
        elif name == "storeIntegrationId":
            self.check_store(value, pointer)

    def check_store(self, value: str, pointer: str) -> None:
        longest = self.environment.limits.store_integration_id or 0
        if not 1 <= self.length(value) <= longest:
            raise Refusal(400, f"storeIntegrationId must have 1 to {longest} characters", pointer)

    def length(self, text: str) -> int:
        """How long a text counts: in characters."""
        return len(text)

    def longest_referral_code(self) -> int:
        return self.environment.limits.referral_code

    def longest_coupon_code(self) -> int | None:
        return self.environment.limits.coupon_code

    def most_identifiers(self) -> int | None:
        return self.environment.limits.identifiers

    def most_loyalty_cards(self) -> int | None:
        return self.environment.limits.loyalty_cards

    def check_texts(self, name: str, value: Json, pointer: str) -> None:
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise Refusal(400, f"{name} must be a list of strings", pointer)
        most = None
        if name == "identifiers":
            most = self.most_identifiers()
        elif name == "loyaltyCards":
            most = self.most_loyalty_cards()
        if most is not None and len(value) > most:
            raise Refusal(400, f"{name} has more than {most} members", pointer)
        if name == "couponCodes":
            longest = self.longest_coupon_code()
            for code in value:
                if longest is not None and self.length(code) > longest:
                    raise Refusal(400, "a coupon code is too long", pointer)
                self.check_known_code(code, pointer)

    def check_known_code(self, code: str, pointer: str) -> None:
        known = code in self.environment.coupon_limits
        if not known and self.environment.unknown_codes is UnknownCodes.REFUSED:
            raise Refusal(400, "no campaign knows this code", pointer)

    def check_state(self, value: Json, pointer: str) -> None:
        if not isinstance(value, str) or value not in self.states():
            raise Refusal(400, "unknown state", pointer)

    def states(self) -> frozenset[str]:
        return frozenset(SessionState)

    # --- carts -----------------------------------------------------------------------------

    def items(self, value: Json, pointer: str) -> list[dict[str, Json]]:
        if not isinstance(value, list):
            raise Refusal(400, "cartItems must be a list", pointer)
        self.check_item_count(len(value), pointer)
        items = [self.item(item, f"{pointer}/{index}") for index, item in enumerate(value)]
        self.check_quantities(items, pointer)
        return items

    def check_item_count(self, size: int, pointer: str) -> None:
        if size > self.most_items():
            raise Refusal(400, f"more than {self.most_items()} cart items", pointer)

    def most_items(self) -> int:
        return self.environment.limits.cart_items

    def check_quantities(self, items: list[dict[str, Json]], pointer: str) -> None:
        most = self.most_units()
        if most is not None and self.units(items) > most:
            raise Refusal(400, f"quantities add up to more than {most}", pointer)

    def most_units(self) -> int | None:
        return self.environment.quantity_sum_limit

    def units(self, items: list[dict[str, Json]]) -> int:
        return sum(item["quantity"] for item in items)

    def item(self, value: Json, pointer: str) -> dict[str, Json]:
        """A cart item as it is stored."""
        if not isinstance(value, dict):
            raise Refusal(400, "a cart item must be an object", pointer)
        item = {name: part for name, part in value.items() if part is not None}
        for name in _COMPUTED:
            item.pop(name, None)
        if not nested_within(item):
            raise Refusal(400, "the item is nested too deeply", pointer)
        self.check_item_texts(item, pointer)
        self.check_quantity(item.get("quantity"), f"{pointer}/quantity")
        self.check_numbers(item, pointer)
        if "attributes" in item:
            item["attributes"] = self.attributes(
                item["attributes"], self._item_attributes, f"{pointer}/attributes"
            )
        if "additionalCosts" in item:
            item["additionalCosts"] = self.costs(
                item["additionalCosts"], CostScope.ITEM, f"{pointer}/additionalCosts"
            )
        return item

    def check_item_texts(self, item: Mapping[str, Json], pointer: str) -> None:
        required = ("sku", "name") if self.first_version else ("sku",)
        for name in required:
            if item.get(name, "") == "":
                raise Refusal(400, f"{name} is required", f"{pointer}/{name}")
        for name in ("sku", "name", "category"):
            if not isinstance(item.get(name, ""), str):
                raise Refusal(400, f"{name} must be a string", f"{pointer}/{name}")

    def check_quantity(self, value: Json, pointer: str) -> None:
        if type(value) is not int or value < 1:
            raise Refusal(400, "quantity must be an integer of at least 1", pointer)
        if value > LARGEST:
            raise Refusal(400, "quantity is too large", pointer)

    def check_numbers(self, item: Mapping[str, Json], pointer: str) -> None:
        if self.first_version and "price" not in item:
            raise Refusal(400, "price is required", f"{pointer}/price")
        for name in _NUMBERS:
            if name in item and not number(item[name]):
                raise Refusal(400, f"{name} must be a number", f"{pointer}/{name}")

    # --- maps ------------------------------------------------------------------------------

    def costs(self, value: Json, scope: CostScope, pointer: str) -> dict[str, Json]:
        if not isinstance(value, dict):
            raise Refusal(400, "additionalCosts must be an object", pointer)
        for name, cost in value.items():
            self.check_cost_name(name, scope, f"{pointer}/{name}")
            if not isinstance(cost, dict) or not number(cost.get("price")):
                raise Refusal(400, "an additional cost needs a price", f"{pointer}/{name}/price")
        return {name: {"price": cost["price"]} for name, cost in value.items()}

    def check_cost_name(self, name: str, scope: CostScope, pointer: str) -> None:
        if self.environment.additional_costs.get(name) not in (scope, CostScope.BOTH):
            raise Refusal(400, "this additional cost does not exist", pointer)

    def attributes(
        self, value: Json, declared: Mapping[str, jsonschema_rs.Validator], pointer: str
    ) -> dict[str, Json]:
        if not isinstance(value, dict):
            raise Refusal(400, "attributes must be an object", pointer)
        for name, part in value.items():
            self.check_attribute(name, part, declared, f"{pointer}/{name}")
        return value

    def check_attribute(
        self,
        name: str,
        value: Json,
        declared: Mapping[str, jsonschema_rs.Validator],
        pointer: str,
    ) -> None:
        if name not in declared:
            raise Refusal(400, "this attribute does not exist", pointer)
        try:
            fits = declared[name].is_valid(value)
        except UnicodeEncodeError:
            fits = True  # a lone surrogate; the validator reads UTF-8 only
        if not fits or not nested_within(value):
            raise Refusal(400, "the attribute's value does not fit its declaration", pointer)

    def _compiled(
        self, declared: Mapping[str, Mapping[str, Json]]
    ) -> dict[str, jsonschema_rs.Validator]:
        return {
            name: jsonschema_rs.validator_for(dict(schema)) for name, schema in declared.items()
        }
