"""Seeds faults of limits: off by one, checked in the wrong place, counted in the wrong unit."""

from __future__ import annotations

from typing import Any

from ...contract import ContractVersion, CostScope
from ..calls import Refusal
from ..service import Service
from ..sessions import Session
from .fault import Difficulty, FaultClass, fault

_CURRENT_VERSION = (ContractVersion.CURRENT,)
_VERSION_2_5_1 = (ContractVersion.V2_5_1,)


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "CART-02")
class AcceptsOneItemTooMany(Service):
    """The limit on cart items is too high by one: 1001 are accepted."""

    def max_cart_items(self) -> int:
        return super().max_cart_items() + 1


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "CART-01")
class RefusesTheLastItem(Service):
    """The limit on cart items is too low by one: 1000 are refused."""

    def max_cart_items(self) -> int:
        return super().max_cart_items() - 1


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "CART-02", "DRY-02")
class HasNoItemLimit(Service):
    """The number of cart items has no limit."""

    def max_cart_items(self) -> int:
        return 10**9


@fault(FaultClass.BOUNDARIES, Difficulty.MEDIUM, "CART-02", operations=2)
class LimitsItemsOnCreationOnly(Service):
    """The number of cart items is checked when a session is created, not when it is updated."""

    def apply_update(
        self, stored: Session | None, session_id: str, data: dict[str, Any]
    ) -> Session:
        if stored is None and len(data.get("cartItems", ())) > 1000:
            raise Refusal(
                400,
                f"a cart has at most 1000 items, found {len(data['cartItems'])}",
                "/customerSession/cartItems",
            )
        return super().apply_update(stored, session_id, data)

    def max_cart_items(self) -> int:
        return 10**9


@fault(FaultClass.BOUNDARIES, Difficulty.MEDIUM, "CART-02", "DRY-02")
class CountsDistinctSkus(Service):
    """The limit on cart items counts distinct SKUs."""

    def items(self, value: Any, pointer: str) -> list[dict[str, Any]]:
        members = value if isinstance(value, list) else []
        self._skus = len({str(item.get("sku")) for item in members if isinstance(item, dict)})
        return super().items(value, pointer)

    def check_item_count(self, size: int, pointer: str) -> None:
        super().check_item_count(min(size, self._skus), pointer)


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "CART-03", flattening=True)
class RefusesTheLastUnit(Service):
    """A quantity sum of exactly 10,000 is refused."""

    def max_quantity_sum(self) -> int | None:
        most = super().max_quantity_sum()
        return None if most is None else most - 1


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "CART-04", "DRY-02", flattening=True)
class AcceptsOneUnitTooMany(Service):
    """A quantity sum of 10,001 is accepted."""

    def max_quantity_sum(self) -> int | None:
        most = super().max_quantity_sum()
        return None if most is None else most + 1


@fault(FaultClass.BOUNDARIES, Difficulty.MEDIUM, "CART-04", flattening=True, operations=2)
class LimitsUnitsOnCreationOnly(Service):
    """The quantity sum is checked when a session is created, not when it is updated."""

    def apply_update(
        self, stored: Session | None, session_id: str, data: dict[str, Any]
    ) -> Session:
        if stored is None:
            super().check_quantity_sum(data.get("cartItems", []), "/customerSession/cartItems")
        return super().apply_update(stored, session_id, data)

    def check_quantity_sum(self, items: list[dict[str, Any]], pointer: str) -> None:
        """Skipped, because `apply_update` checks the sum on creation."""


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "CART-05", versions=_VERSION_2_5_1, flattening=False)
class CountsUnitsWithoutFlattening(Service):
    """The quantity sum is limited although cart item flattening is off."""

    def max_quantity_sum(self) -> int | None:
        return self.environment.limits.quantity_sum


@fault(FaultClass.BOUNDARIES, Difficulty.MEDIUM, "CART-04", "DRY-02", flattening=True)
class ChecksUnitsLineByLine(Service):
    """The limit on the quantity sum is applied to each item on its own."""

    def quantity_sum(self, items: list[dict[str, Any]]) -> int:
        return max((item["quantity"] for item in items), default=0)


@fault(FaultClass.BOUNDARIES, Difficulty.MEDIUM, "CART-04", "DRY-02", flattening=True)
class CountsLinesAsUnits(Service):
    """The limit on the quantity sum counts items."""

    def quantity_sum(self, items: list[dict[str, Any]]) -> int:
        return len(items)


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "CART-06", "DRY-02")
class AcceptsQuantityZero(Service):
    """A quantity of 0 is accepted."""

    def check_quantity(self, value: Any, pointer: str) -> None:
        super().check_quantity(1 if value == 0 and type(value) is int else value, pointer)


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "CART-06", "DRY-02")
class TruncatesFractionalQuantities(Service):
    """A quantity of 1.5 is cut to 1."""

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        if isinstance(value, dict) and isinstance(value.get("quantity"), float):
            value = {**value, "quantity": int(value["quantity"])}
        return super().item(value, pointer)


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "CART-06", "DRY-02")
class ReadsQuantitiesFromStrings(Service):
    """A quantity that is sent as a string is converted to a number."""

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        quantity = value.get("quantity") if isinstance(value, dict) else None
        if isinstance(quantity, str) and quantity.isdecimal():
            value = {**value, "quantity": int(quantity)}
        return super().item(value, pointer)


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "CART-07", "DRY-02")
class AcceptsEmptySkus(Service):
    """An SKU is required, but may be empty."""

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        if isinstance(value, dict) and value.get("sku") == "":
            return {**super().item({**value, "sku": "-"}, pointer), "sku": ""}
        return super().item(value, pointer)


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "CART-08", "DRY-02", versions=_VERSION_2_5_1)
class PricesAreOptional(Service):
    """An item without a price is accepted."""

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        if isinstance(value, dict) and "price" not in value:
            item = super().item({**value, "price": 0}, pointer)
            del item["price"]
            return item
        return super().item(value, pointer)


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "IDENT-06", "DRY-02")
class AcceptsLongReferralCodes(Service):
    """A referral code of 101 characters is accepted."""

    def max_referral_code_length(self) -> int:
        return super().max_referral_code_length() + 1


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "IDENT-06")
class RefusesTheLongestReferralCode(Service):
    """A referral code of 100 characters is refused."""

    def max_referral_code_length(self) -> int:
        return super().max_referral_code_length() - 1


@fault(FaultClass.BOUNDARIES, Difficulty.HARD, "IDENT-06", "IDENT-05")
class CountsBytesForCharacters(Service):
    """Lengths of codes are counted in UTF-8 bytes instead of characters."""

    def length(self, text: str) -> int:
        return len(text.encode("utf-8", "surrogatepass"))


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "IDENT-05", "DRY-02", versions=_CURRENT_VERSION)
class AcceptsLongCouponCodes(Service):
    """The length of coupon codes has no limit."""

    def max_coupon_code_length(self) -> int | None:
        return None


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "IDENT-05", versions=_CURRENT_VERSION)
class RefusesTheLongestCouponCode(Service):
    """A coupon code of 100 characters is refused."""

    def max_coupon_code_length(self) -> int | None:
        return 99


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "IDENT-03", "DRY-02", versions=_CURRENT_VERSION)
class AcceptsASixthIdentifier(Service):
    """Six identifiers are accepted."""

    def max_identifiers(self) -> int | None:
        return 6


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "IDENT-03", versions=_CURRENT_VERSION)
class RefusesTheFifthIdentifier(Service):
    """Five identifiers are refused."""

    def max_identifiers(self) -> int | None:
        return 4


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "IDENT-04", "DRY-02", versions=_CURRENT_VERSION)
class AcceptsASecondCard(Service):
    """Two loyalty cards are accepted."""

    def max_loyalty_cards(self) -> int | None:
        return 2


@fault(FaultClass.BOUNDARIES, Difficulty.MEDIUM, "IDENT-10", "DRY-02", versions=_CURRENT_VERSION)
class AcceptsEmptyStores(Service):
    """The integration ID of a store may be empty."""

    def check_store(self, value: str, pointer: str) -> None:
        if value:
            super().check_store(value, pointer)


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "IDENT-10", "DRY-02", versions=_CURRENT_VERSION)
class AcceptsLongStores(Service):
    """The length of a store's integration ID has no limit."""

    def check_store(self, value: str, pointer: str) -> None:
        super().check_store(value[:1000], pointer)


@fault(FaultClass.BOUNDARIES, Difficulty.MEDIUM, "COST-02", "DRY-02")
class CreatesUnknownCosts(Service):
    """An additional cost that was not created is accepted."""

    def check_cost_name(self, name: str, scope: Any, pointer: str) -> None:
        if name in self.environment.additional_costs:
            super().check_cost_name(name, scope, pointer)


@fault(FaultClass.BOUNDARIES, Difficulty.MEDIUM, "ATTR-02", "DRY-02")
class TakesUndeclaredAttributes(Service):
    """An attribute that was not declared is accepted."""

    def check_attribute(self, name: str, value: Any, declared: Any, pointer: str) -> None:
        if name in declared:
            super().check_attribute(name, value, declared, pointer)


@fault(FaultClass.BOUNDARIES, Difficulty.MEDIUM, "ATTR-03", "DRY-02")
class TakesAttributesOfAnyType(Service):
    """The value of a declared attribute may have any type."""

    def check_attribute(self, name: str, value: Any, declared: Any, pointer: str) -> None:
        if name not in declared:
            super().check_attribute(name, value, declared, pointer)


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "COST-03", "DRY-02")
class TakesCostsWithoutAPrice(Service):
    """An additional cost without a price is accepted with the price 0."""

    def costs(self, value: Any, scope: CostScope, pointer: str) -> dict[str, Any]:
        if isinstance(value, dict):
            value = {
                name: {"price": 0, **cost} if isinstance(cost, dict) else cost
                for name, cost in value.items()
            }
        return super().costs(value, scope, pointer)


class _WrongTypes(Service):
    """Session fields of a wrong type are converted."""

    def converted(self, name: str, value: Any) -> Any:
        """``value`` as it is read."""
        raise NotImplementedError(f"{type(self).__name__} must define converted()")

    def field(self, name: str, value: Any) -> Any:
        return super().field(name, self.converted(name, value))


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "ERR-07", "DRY-02")
class ReadsNumbersAsTexts(_WrongTypes):
    """A profile ID that is a number is read as its digits."""

    def converted(self, name: str, value: Any) -> Any:
        is_number = isinstance(value, int | float)
        return str(value) if name == "profileId" and is_number else value


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "ERR-07", "DRY-02")
class ReadsOneTextAsAList(_WrongTypes):
    """Coupon codes and identifiers that are one string are read as a list of it."""

    def converted(self, name: str, value: Any) -> Any:
        is_list = name in ("couponCodes", "identifiers") and isinstance(value, str)
        return [value] if is_list else value


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "ERR-07", "DRY-02")
class IgnoresCartsThatAreNoLists(_WrongTypes):
    """cartItems that are no list are read as an empty cart."""

    def converted(self, name: str, value: Any) -> Any:
        return [] if name == "cartItems" and not isinstance(value, list) else value


@fault(FaultClass.BOUNDARIES, Difficulty.EASY, "ERR-07", "DRY-02")
class IgnoresMapsThatAreNone(_WrongTypes):
    """attributes that are no object are ignored."""

    def converted(self, name: str, value: Any) -> Any:
        return {} if name == "attributes" and not isinstance(value, dict) else value
