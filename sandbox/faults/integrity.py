"""Seeds faults that lose, mix up or keep data of a session."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from ...contract import ContractVersion, CostScope
from ..service import Service
from ..sessions import Session
from .fault import Difficulty, FaultClass, fault

_CURRENT_VERSION = (ContractVersion.CURRENT,)


@fault(FaultClass.INTEGRITY, Difficulty.EASY, "CART-10")
class SortsItemsBySku(Service):
    """Cart items are stored sorted by SKU."""

    def items(self, value: Any, pointer: str) -> list[dict[str, Any]]:
        return sorted(super().items(value, pointer), key=lambda item: str(item["sku"]))


@fault(FaultClass.INTEGRITY, Difficulty.EASY, "CART-10")
class MergesEqualSkus(Service):
    """Items with the same SKU are merged into one."""

    def items(self, value: Any, pointer: str) -> list[dict[str, Any]]:
        lines: dict[str, dict[str, Any]] = {}
        for item in super().items(value, pointer):
            if item["sku"] in lines:
                lines[item["sku"]]["quantity"] += item["quantity"]
            else:
                lines[item["sku"]] = dict(item)
        return list(lines.values())


@fault(FaultClass.INTEGRITY, Difficulty.MEDIUM, "CART-11", "RESP-04")
class RoundsPricesToCents(Service):
    """Prices are rounded to two decimals."""

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        item = super().item(value, pointer)
        if "price" in item:
            item["price"] = round(item["price"], 2)
        return item


@fault(FaultClass.INTEGRITY, Difficulty.HARD, "CART-11", "RESP-04")
class KeepsPricesInFloat32(Service):
    """Prices are stored in single precision."""

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        item = super().item(value, pointer)
        price = item.get("price")
        if isinstance(price, float) and abs(price) < 1e38:
            item["price"] = struct.unpack("f", struct.pack("f", price))[0]
        return item


@fault(FaultClass.INTEGRITY, Difficulty.EASY, "MERGE-03", "MERGE-04", operations=2)
class AppendsToLists(Service):
    """Identifiers and coupon codes of an update are added to the stored ones."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        if name in ("identifiers", "couponCodes") and isinstance(old, list) and new:
            return [*old, *(text for text in new if text not in old)]
        return super().merged_value(name, old, new)


@fault(FaultClass.INTEGRITY, Difficulty.EASY, "MERGE-03", "MERGE-04", "CART-10", operations=2)
class AppendsItems(Service):
    """Cart items of an update are added to the stored cart."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        if name == "cartItems" and isinstance(old, list) and len(old) + len(new) <= 1000:
            return [*old, *new]
        return super().merged_value(name, old, new)


@fault(FaultClass.INTEGRITY, Difficulty.EASY, "MERGE-02", operations=2)
class IgnoresEmptyCoupons(Service):
    """An empty list of coupon codes changes nothing."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        return (
            old or []
            if name == "couponCodes" and new == []
            else super().merged_value(name, old, new)
        )


@fault(FaultClass.INTEGRITY, Difficulty.EASY, "MERGE-02", operations=2)
class IgnoresTheEmptyReferral(Service):
    """An empty referral code changes nothing."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        return (
            old or ""
            if name == "referralCode" and new == ""
            else super().merged_value(name, old, new)
        )


@fault(FaultClass.INTEGRITY, Difficulty.EASY, "MERGE-03", operations=2)
class IgnoresTheEmptyCart(Service):
    """An empty list of items does not empty the cart."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        return (
            old or [] if name == "cartItems" and new == [] else super().merged_value(name, old, new)
        )


@fault(FaultClass.INTEGRITY, Difficulty.EASY, "MERGE-01", operations=2)
class ResetsOmittedFields(Service):
    """An update replaces the whole session: fields that it omits are lost."""

    def merge(self, session: Session, data: Mapping[str, Any]) -> None:
        session.data.clear()
        session.returned_units = []
        super().merge(session, data)


@fault(FaultClass.INTEGRITY, Difficulty.EASY, "MERGE-01", operations=2)
class ForgetsCouponsOnUpdates(Service):
    """An update that omits the coupon codes discards them."""

    def merge(self, session: Session, data: Mapping[str, Any]) -> None:
        session.data.pop("couponCodes", None)
        super().merge(session, data)


@fault(FaultClass.INTEGRITY, Difficulty.MEDIUM, "MERGE-01", operations=2)
class ForgetsTheReferralOnCartUpdates(Service):
    """An update of the cart discards the referral code."""

    def merge(self, session: Session, data: Mapping[str, Any]) -> None:
        if "cartItems" in data:
            session.data.pop("referralCode", None)
        super().merge(session, data)


@fault(FaultClass.INTEGRITY, Difficulty.EASY, "RESP-03", "IDENT-07", operations=2)
class ReadsWithoutCoupons(Service):
    """A read does not show the coupon codes."""

    def read_content(self, session: Session) -> dict[str, Any]:
        content = super().read_content(session)
        content["customerSession"].pop("couponCodes", None)
        return content


@fault(FaultClass.INTEGRITY, Difficulty.MEDIUM, "RESP-03", "CART-11", operations=2)
class ReadsWithoutItemAttributes(Service):
    """A read does not show the attributes of items."""

    def read_content(self, session: Session) -> dict[str, Any]:
        content = super().read_content(session)
        for item in content["customerSession"]["cartItems"]:
            item.pop("attributes", None)
        return content


@fault(FaultClass.INTEGRITY, Difficulty.MEDIUM, "CART-12", versions=_CURRENT_VERSION, operations=2)
class KeepsItemAttributes(Service):
    """Attributes of an item that an update omits are kept."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        if name != "cartItems" or not isinstance(old, list):
            return super().merged_value(name, old, new)
        attributes = {item["sku"]: item.get("attributes", {}) for item in old}
        return [
            {
                **item,
                "attributes": {**attributes.get(item["sku"], {}), **item.get("attributes", {})},
            }
            for item in new
        ]


@fault(FaultClass.INTEGRITY, Difficulty.EASY, "CART-11")
class DropsTheWeight(Service):
    """The weight of an item is not stored."""

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        item = super().item(value, pointer)
        item.pop("weight", None)
        return item


@fault(FaultClass.INTEGRITY, Difficulty.EASY, "CART-11")
class DropsTheCategory(Service):
    """The category of an item is not stored."""

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        item = super().item(value, pointer)
        item.pop("category", None)
        return item


@fault(FaultClass.INTEGRITY, Difficulty.MEDIUM, "COST-01", "CART-11")
class DropsItemCosts(Service):
    """Additional costs of an item are checked, but not stored."""

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        item = super().item(value, pointer)
        item.pop("additionalCosts", None)
        return item


@fault(FaultClass.INTEGRITY, Difficulty.MEDIUM, "COST-01", "RESP-05")
class KeepsWholeSessionCosts(Service):
    """Additional costs of a session are stored without their decimals."""

    def costs(self, value: Any, scope: CostScope, pointer: str) -> dict[str, Any]:
        costs = super().costs(value, scope, pointer)
        if scope is not CostScope.SESSION:
            return costs
        return {name: {"price": int(cost["price"])} for name, cost in costs.items()}


@fault(FaultClass.INTEGRITY, Difficulty.HARD, "CART-11", "RESP-04")
class ClampsQuantities(Service):
    """A quantity over 9,999 is stored as 9,999."""

    def item(self, value: Any, pointer: str) -> dict[str, Any]:
        item = super().item(value, pointer)
        item["quantity"] = min(item["quantity"], 9_999)
        return item


@fault(FaultClass.INTEGRITY, Difficulty.MEDIUM, "RESP-07", operations=2)
class RenewsTheCreationTime(Service):
    """Each update changes the time of creation."""

    def apply_update(
        self, stored: Session | None, session_id: str, data: dict[str, Any]
    ) -> Session:
        result = super().apply_update(stored, session_id, data)
        result.created = result.updated
        return result


@fault(FaultClass.INTEGRITY, Difficulty.EASY, "RESP-07", operations=2)
class RenewsTheNumber(Service):
    """Each update stores the session as a new row with a new id."""

    def apply_update(
        self, stored: Session | None, session_id: str, data: dict[str, Any]
    ) -> Session:
        result = super().apply_update(stored, session_id, data)
        if stored is not None:
            result.internal_id = next(self.store.internal_ids)
        return result


@fault(FaultClass.INTEGRITY, Difficulty.MEDIUM, "RESP-07", operations=2)
class SharesOneNumber(Service):
    """All sessions have the same id."""

    def create_session(self, session_id: str, data: Mapping[str, Any]) -> Session:
        session = super().create_session(session_id, data)
        session.internal_id = 1
        return session


@fault(FaultClass.INTEGRITY, Difficulty.HARD, "RESP-07", operations=2)
class TurnsTimeBackOnReads(Service):
    """A read shows the time of creation as the time of the last update."""

    def read_content(self, session: Session) -> dict[str, Any]:
        content = super().read_content(session)
        content["customerSession"]["updated"] = session.created
        return content


@fault(FaultClass.INTEGRITY, Difficulty.EASY, "RESP-08", versions=_CURRENT_VERSION, operations=2)
class CountsNoUpdates(Service):
    """Answers show an updateCount of 1, whatever the number of updates."""

    def view(self, session: Session) -> dict[str, Any]:
        return {**super().view(session), "updateCount": 1}


@fault(FaultClass.INTEGRITY, Difficulty.MEDIUM, "RESP-08", versions=_CURRENT_VERSION, operations=2)
class CountsClosingTwice(Service):
    """The update that closes a session counts twice."""

    def apply_update(
        self, stored: Session | None, session_id: str, data: dict[str, Any]
    ) -> Session:
        result = super().apply_update(stored, session_id, data)
        if stored is not None and result.state == "closed":
            result.update_count += 1
        return result


@fault(FaultClass.INTEGRITY, Difficulty.MEDIUM, "ATTR-01")
class StoresBooleansAsNumbers(Service):
    """Boolean attributes of a session are stored as 0 and 1."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        value = super().merged_value(name, old, new)
        if name != "attributes":
            return value
        return {key: int(part) if isinstance(part, bool) else part for key, part in value.items()}
