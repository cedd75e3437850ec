"""Decides whether the contract allows a request body, and which values of it are stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from ..contract import Addition, ContractVersion, CostScope, Environment, SessionState, UnknownCodes
from .calls import Refusal
from .values import MAX_NUMBER, describe, is_nested_within, is_number

Json = Any

_STRING_LISTS = ("couponCodes", "loyaltyCards", "identifiers")
_NUMBERS = ("price", "weight", "height", "width", "length")
_COMPUTED = ("position", "returnedQuantity", "remainingQuantity")
_RETURN_ENTITIES = frozenset(
    (
        "customerSession",
        "customerProfile",
        "coupons",
        "triggeredCampaigns",
        "referral",
        "loyalty",
        "event",
        "previousReturns",
    )
)
_LATER_ENTITIES = (
    Addition.CAMPAIGN_ELIGIBILITY,
    Addition.ACHIEVEMENTS,
    Addition.UNLOCKED_REWARDS,
)
_BUILT_IN_PREFIXES = ("Shipping", "Billing", "Payment", "Currency")


class Validation:
    """The checks of a body, one overridable method each.

    A ``check_`` method raises `Refusal` with status 400 where its check fails. ``pointer`` is the
    JSON Pointer to the value that is checked.
    """

    environment: Environment

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self._session_attributes = self._compile(environment.session_attributes)
        self._item_attributes = self._compile(environment.item_attributes)

    @property
    def first_version(self) -> bool:
        """Whether the service follows contract version 2.5.1."""
        return self.environment.contract is ContractVersion.V2_5_1

    # --- the request -----------------------------------------------------------------------

    def parse_session(self, body: Json) -> dict[str, Json]:
        """The session fields of an update that are stored, by wire name (ERR-04).

        Nulls and unknown properties are ignored (MERGE-U2, MERGE-U3).
        """
        if not isinstance(body, dict):
            raise Refusal(400, f"the body must be an object, found {describe(body)}")
        session = body.get("customerSession")
        if not isinstance(session, dict):
            raise Refusal(
                400,
                f"customerSession must be an object, found {describe(session)}",
                "/customerSession",
            )
        self.check_response_content(body, self.update_entities())
        known = {name: value for name, value in session.items() if value is not None}
        return {
            name: self.field(name, known[name]) for name in self.known_fields() if name in known
        }

    def known_fields(self) -> tuple[str, ...]:
        """The wire names of the session fields of this contract version, in order of checking."""
        fields: tuple[str, ...] = (
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
        fields = (*fields, "storeIntegrationId", "evaluableCampaignIds")
        if not self.environment.has(Addition.EXPERIMENTS):
            return fields
        return (*fields, "experimentVariantAllocations")

    def update_entities(self) -> frozenset[str]:
        """What an update may ask for in responseContent, in the version and its release."""
        later = (name.value for name in _LATER_ENTITIES if self.environment.has(name))
        return _RETURN_ENTITIES.union(("awardedGiveaways", "ruleFailureReasons"), later)

    def return_entities(self) -> frozenset[str]:
        """What a return may ask for in responseContent: eight entities in every version."""
        return _RETURN_ENTITIES

    def check_response_content(self, body: Mapping[str, Json], entities: frozenset[str]) -> None:
        """Refuses a responseContent that is not a list of names out of ``entities`` (RESP-02)."""
        content = body.get("responseContent")
        if content is not None and not (
            isinstance(content, list)
            and all(isinstance(name, str) and name in entities for name in content)
        ):
            raise Refusal(
                400,
                f"responseContent must be a list of known entities, found {describe(content)}",
                "/responseContent",
            )

    def field(self, name: str, value: Json) -> Json:
        """The ``value`` of the session field ``name`` as it is stored, after its checks."""
        pointer = f"/customerSession/{name}"
        if name in _STRING_LISTS:
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
            raise Refusal(
                400, f"{name} must be a list of integers, found {describe(value)}", pointer
            )
        elif name == "experimentVariantAllocations":
            self.check_experiments(value, pointer)
        return value

    def check_experiments(self, value: Json, pointer: str) -> None:
        """Refuses what is no list of experiments with their variants (ERR-07).

        Experiments and variants that do not exist are taken (IDENT-U6).
        """
        if not isinstance(value, list):
            raise Refusal(400, f"experiments must be a list, found {describe(value)}", pointer)
        for index, allocation in enumerate(value):
            ids = allocation if isinstance(allocation, dict) else {}
            for name in ("experimentID", "variantID"):
                if type(ids.get(name)) is not int:
                    raise Refusal(
                        400,
                        f"{name} must be an integer, found {describe(ids.get(name))}",
                        f"{pointer}/{index}/{name}",
                    )

    # --- texts -----------------------------------------------------------------------------

    def check_text(self, name: str, value: Json, pointer: str) -> None:
        """Checks a field that holds one string (ERR-04, IDENT-06, IDENT-10)."""
        if not isinstance(value, str):
            raise Refusal(400, f"{name} must be a string, found {describe(value)}", pointer)
        if name == "referralCode":
            self.check_length("a referral code", value, self.max_referral_code_length(), pointer)
            if value:
                self.check_known_code(value, pointer)
        elif name == "storeIntegrationId":
            self.check_store(value, pointer)

    def check_length(self, what: str, text: str, longest: int, pointer: str) -> None:
        """Refuses ``text``, which is ``what``, if it is longer than ``longest`` characters."""
        length = self.length(text)
        if length > longest:
            raise Refusal(
                400, f"{what} must have at most {longest} characters, found {length}", pointer
            )

    def check_store(self, value: str, pointer: str) -> None:
        """Refuses the integration ID of a store that is empty or too long (IDENT-10)."""
        longest = self.environment.limits.store_integration_id or 0
        length = self.length(value)
        if not 1 <= length <= longest:
            raise Refusal(
                400,
                f"storeIntegrationId must have 1 to {longest} characters, found {length}",
                pointer,
            )

    def length(self, text: str) -> int:
        """The length of ``text`` that limits apply to, in characters."""
        return len(text)

    def max_referral_code_length(self) -> int:
        """The length limit of a referral code, in characters (IDENT-06)."""
        return self.environment.limits.referral_code

    def max_coupon_code_length(self) -> int | None:
        """The length limit of a coupon code, in characters; None: no limit (IDENT-05)."""
        return self.environment.limits.coupon_code

    def max_identifiers(self) -> int | None:
        """The largest number of identifiers; None: no limit (IDENT-03, IDENT-U2)."""
        return self.environment.limits.identifiers

    def max_loyalty_cards(self) -> int | None:
        """The largest number of loyalty cards; None: no limit (IDENT-04, IDENT-U2)."""
        return self.environment.limits.loyalty_cards

    def check_texts(self, name: str, value: Json, pointer: str) -> None:
        """Checks a field that holds a list of strings (ERR-04, IDENT-03 to IDENT-05).

        Empty strings and duplicates are accepted (MERGE-U4).
        """
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise Refusal(
                400, f"{name} must be a list of strings, found {describe(value)}", pointer
            )
        most = None
        if name == "identifiers":
            most = self.max_identifiers()
        elif name == "loyaltyCards":
            most = self.max_loyalty_cards()
        if most is not None and len(value) > most:
            raise Refusal(
                400, f"{name} must have at most {most} members, found {len(value)}", pointer
            )
        if name == "couponCodes":
            longest = self.max_coupon_code_length()
            for code in value:
                if longest is not None:
                    self.check_length("a coupon code", code, longest, pointer)
                self.check_known_code(code, pointer)

    def check_known_code(self, code: str, pointer: str) -> None:
        """Refuses a code that no campaign knows, where the environment says so (IDENT-U4)."""
        refuses = self.environment.unknown_codes is UnknownCodes.REFUSED
        if refuses and not self.is_known_code(code, pointer):
            raise Refusal(400, f"no campaign knows the code {describe(code)}", pointer)

    def is_known_code(self, code: str, pointer: str) -> bool:
        """Whether a campaign has the coupon or, at its ``pointer``, the referral ``code``."""
        if pointer.endswith("/referralCode"):
            return self.environment.referral(code) is not None
        return self.environment.coupon(code) is not None

    def check_state(self, value: Json, pointer: str) -> None:
        """Refuses a state that does not exist (STATE-14)."""
        if not isinstance(value, str) or value not in self.states():
            raise Refusal(
                400,
                f"state must be one of {', '.join(SessionState)}, found {describe(value)}",
                pointer,
            )

    def states(self) -> frozenset[str]:
        """The states that exist (STATE-14)."""
        return frozenset(SessionState)

    # --- carts -----------------------------------------------------------------------------

    def items(self, value: Json, pointer: str) -> list[dict[str, Json]]:
        """The cart items of an update as they are stored, in the order sent (CART-10)."""
        if not isinstance(value, list):
            raise Refusal(400, f"cartItems must be a list, found {describe(value)}", pointer)
        self.check_item_count(len(value), pointer)
        items = [self.item(item, f"{pointer}/{index}") for index, item in enumerate(value)]
        self.check_quantity_sum(items, pointer)
        return items

    def check_item_count(self, size: int, pointer: str) -> None:
        """Refuses a cart of too many items (CART-01, CART-02)."""
        if size > self.max_cart_items():
            raise Refusal(
                400, f"a cart has at most {self.max_cart_items()} items, found {size}", pointer
            )

    def max_cart_items(self) -> int:
        """The largest number of cart items (CART-01, CART-02)."""
        return self.environment.limits.cart_items

    def check_quantity_sum(self, items: list[dict[str, Json]], pointer: str) -> None:
        """Refuses a cart of too many units (CART-03 to CART-05)."""
        most = self.max_quantity_sum()
        if most is None:
            return
        units = self.quantity_sum(items)
        if units > most:
            raise Refusal(
                400, f"quantities add up to at most {most}, found {describe(units)}", pointer
            )

    def max_quantity_sum(self) -> int | None:
        """The largest sum of all quantities; None: no limit (CART-03 to CART-05)."""
        return self.environment.quantity_sum_limit

    def quantity_sum(self, items: list[dict[str, Json]]) -> int:
        """The number of units that the limit on quantities applies to (CART-04)."""
        return sum(item["quantity"] for item in items)

    def item(self, value: Json, pointer: str) -> dict[str, Json]:
        """A cart item as it is stored, after its checks (CART-06 to CART-09).

        Nulls and the fields that the server computes are ignored (MERGE-U2, CART-U2); unknown
        properties are stored (MERGE-U3).
        """
        if not isinstance(value, dict):
            raise Refusal(400, f"a cart item must be an object, found {describe(value)}", pointer)
        item = {name: part for name, part in value.items() if part is not None}
        for name in _COMPUTED:
            item.pop(name, None)
        if not is_nested_within(item):
            raise Refusal(400, f"a cart item is nested too deeply: {describe(item)}", pointer)
        self.check_item_texts(item, pointer)
        self.check_quantity(item.get("quantity"), f"{pointer}/quantity")
        self.check_numbers(item, pointer)
        self.check_product(item, pointer)
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
        """Checks that the strings of an item are there and are strings (CART-07, CART-09)."""
        required = ("sku", "name") if self.first_version else ("sku",)
        for name in required:
            if item.get(name, "") == "":
                raise Refusal(
                    400,
                    f"{name} is required and not empty, found {describe(item.get(name))}",
                    f"{pointer}/{name}",
                )
        for name in ("sku", "name", "category"):
            text = item.get(name, "")
            if not isinstance(text, str):
                raise Refusal(
                    400, f"{name} must be a string, found {describe(text)}", f"{pointer}/{name}"
                )

    def check_product(self, item: Mapping[str, Json], pointer: str) -> None:
        """Refuses a product that is no object or has a name that is no string (CART-09)."""
        product = item.get("product", {})
        if self.first_version:
            return
        if not isinstance(product, dict) or not isinstance(product.get("name") or "", str):
            raise Refusal(
                400,
                f"product must be an object with a name, found {describe(product)}",
                f"{pointer}/product",
            )

    def check_quantity(self, value: Json, pointer: str) -> None:
        """Refuses a quantity that is not a whole number from 1 up (CART-06)."""
        if type(value) is not int or value < 1:
            raise Refusal(
                400,
                f"quantity must be an integer of at least 1, found {describe(value)}",
                pointer,
            )
        if value > MAX_NUMBER:
            raise Refusal(400, f"quantity must fit a double, found {describe(value)}", pointer)

    def check_numbers(self, item: Mapping[str, Json], pointer: str) -> None:
        """Checks price and dimensions: numbers that fit a double (CART-08, CART-09, CART-U1)."""
        if self.first_version and "price" not in item:
            raise Refusal(
                400,
                f"price is required, found {describe(item.get('price'))}",
                f"{pointer}/price",
            )
        for name in _NUMBERS:
            if name in item and not is_number(item[name]):
                raise Refusal(
                    400,
                    f"{name} must be a number, found {describe(item[name])}",
                    f"{pointer}/{name}",
                )

    # --- maps ------------------------------------------------------------------------------

    def costs(self, value: Json, scope: CostScope, pointer: str) -> dict[str, Json]:
        """The additional costs of ``scope`` as they are stored: their prices by name (COST-01)."""
        if not isinstance(value, dict):
            raise Refusal(
                400, f"additionalCosts must be an object, found {describe(value)}", pointer
            )
        for name, cost in value.items():
            self.check_cost_name(name, scope, f"{pointer}/{name}")
            price = cost.get("price") if isinstance(cost, dict) else None
            if not is_number(price):
                raise Refusal(
                    400,
                    f"an additional cost must have a numeric price, found {describe(price)}",
                    f"{pointer}/{name}/price",
                )
        return {name: {"price": cost["price"]} for name, cost in value.items()}

    def check_cost_name(self, name: str, scope: CostScope, pointer: str) -> None:
        """Refuses an additional cost that was not created for ``scope`` (COST-02)."""
        if self.environment.additional_costs.get(name) not in (scope, CostScope.BOTH):
            raise Refusal(400, f"no additional cost {describe(name)} exists here", pointer)

    def attributes(
        self, value: Json, declared: Mapping[str, jsonschema_rs.Validator], pointer: str
    ) -> dict[str, Json]:
        """The attributes of a session or an item as they are stored (ATTR-01)."""
        if not isinstance(value, dict):
            raise Refusal(400, f"attributes must be an object, found {describe(value)}", pointer)
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
        """Refuses an attribute that is not declared, or not declared so (ATTR-02, ATTR-03).

        What may be built in needs no declaration (ATTR-U1).
        """
        if name not in declared and self.is_built_in(name) and is_nested_within(value):
            return
        if name not in declared:
            raise Refusal(400, f"no attribute {describe(name)} is declared here", pointer)
        try:
            fits = declared[name].is_valid(value)
        except UnicodeEncodeError:
            fits = True  # a lone surrogate; the validator reads UTF-8 only
        if not fits or not is_nested_within(value):
            raise Refusal(
                400, f"an attribute must fit its declaration, found {describe(value)}", pointer
            )

    def is_built_in(self, name: str) -> bool:
        """Whether an attribute may be one of those that need no declaration (ATTR-U1)."""
        return name.startswith(_BUILT_IN_PREFIXES)

    def _compile(
        self, declared: Mapping[str, Mapping[str, Json]]
    ) -> dict[str, jsonschema_rs.Validator]:
        return {
            name: jsonschema_rs.validator_for(dict(schema)) for name, schema in declared.items()
        }
