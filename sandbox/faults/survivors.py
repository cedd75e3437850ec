"""Seeds faults that leave something behind where nothing may stay or arrive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..calls import Call, Refusal, Reply
from ..service import Service
from ..sessions import Session
from .fault import Difficulty, FaultClass, fault
from .refused_updates import KeepsRefusedData

_OPTIONAL = ("name", "category", "weight", "height", "width", "length")


def _with_former(items: list[Any], former: Mapping[Any, Any], by_position: bool) -> list[Any]:
    """``items``, each with optional members of the item that ``former`` has for it."""
    result = []
    for position, item in enumerate(items):
        old = former.get(position if by_position else item["sku"], {})
        kept = {name: old[name] for name in _OPTIONAL if name in old}
        result.append({**kept, **item})
    return result


@fault(FaultClass.INTEGRITY, Difficulty.MEDIUM, "CART-11", "MERGE-03", operations=2)
class KeepsFieldsOfEqualSkus(Service):
    """An item that replaces one with its SKU keeps that one's category and measures."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        if name != "cartItems" or not isinstance(old, list):
            return super().merged_value(name, old, new)
        return _with_former(new, {item["sku"]: item for item in old}, by_position=False)


@fault(FaultClass.INTEGRITY, Difficulty.MEDIUM, "CART-11", "MERGE-03", operations=2)
class KeepsFieldsOfPositions(Service):
    """An item keeps the category and measures of the one that had its position before."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        if name != "cartItems" or not isinstance(old, list):
            return super().merged_value(name, old, new)
        return _with_former(new, dict(enumerate(old)), by_position=True)


@fault(FaultClass.INTEGRITY, Difficulty.MEDIUM, "CART-12", "MERGE-03", "CART-11", operations=2)
class KeepsAttributesOfPositions(Service):
    """An item without attributes keeps those of the one that had its position before."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        if name != "cartItems" or not isinstance(old, list):
            return super().merged_value(name, old, new)
        before = [item.get("attributes", {}) for item in old]
        return [
            item
            if item.get("attributes") or position >= len(before) or not before[position]
            else {**item, "attributes": before[position]}
            for position, item in enumerate(new)
        ]


@fault(FaultClass.INTEGRITY, Difficulty.MEDIUM, "CART-11", "MERGE-03", "COST-01", operations=2)
class KeepsCostsOfEqualSkus(Service):
    """An item without additional costs keeps those of the former item with its SKU."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        if name != "cartItems" or not isinstance(old, list):
            return super().merged_value(name, old, new)
        costs = {item["sku"]: item.get("additionalCosts") for item in old}
        return [
            item
            if item.get("additionalCosts") or not costs.get(item["sku"])
            else {**item, "additionalCosts": costs[item["sku"]]}
            for item in new
        ]


def _gain(session: Session, data: Any) -> None:
    """Gives ``session`` what ``data`` sends of maps and identifiers, beside what it has."""
    if not isinstance(data, dict):
        return
    for name in ("attributes", "additionalCosts"):
        if isinstance(data.get(name), dict) and data[name]:
            session.data[name] = {**data[name], **session.data.get(name, {})}


@fault(FaultClass.STATES, Difficulty.MEDIUM, "STATE-13", "STATE-17", "ERR-06", operations=3)
class AddsToClosedSessions(Service):
    """An update of a closed session adds attributes and costs that the session had not."""

    def target_state(self, stored: Session | None, data: Mapping[str, Any]) -> str:
        if stored is not None and stored.state == "closed":
            _gain(stored, dict(data))
        return super().target_state(stored, data)


@fault(FaultClass.DRY, Difficulty.MEDIUM, "DRY-01", operations=3)
class DryUpdatesAddToMaps(Service):
    """A dry update adds attributes and costs that the session had not."""

    def dry_update_reply(
        self, session_id: str, stored: Session | None, result: Session, body: Any
    ) -> Reply:
        if stored is not None:
            _gain(stored, body["customerSession"])
        return super().dry_update_reply(session_id, stored, result, body)


@fault(FaultClass.ERRORS, Difficulty.HARD, "ERR-06", "STATE-17", operations=3)
class RefusedUpdatesAddToMaps(KeepsRefusedData):
    """A refused update of an open session has already added its attributes and costs."""

    def keep_refused(self, session: Session, data: dict[str, Any]) -> None:
        try:
            for name in ("attributes", "additionalCosts"):
                self.field(name, data.get(name, {}))
        except Refusal:
            return
        _gain(session, data)


@fault(FaultClass.DEEP, Difficulty.HARD, "IDENT-01", "PAR-02", operations=4)
class SharesAttributesWithinAProfile(Service):
    """The attributes of a session are added to the other open sessions of its profile."""

    def save(self, session_id: str, session: Session) -> None:
        super().save(session_id, session)
        profile = session.data.get("profileId")
        for other in self.store.sessions.values():
            is_sibling = bool(profile) and other.data.get("profileId") == profile
            if is_sibling and other is not session and other.state == "open":
                _gain(other, {"attributes": session.data.get("attributes", {})})


@fault(FaultClass.RETURNS, Difficulty.MEDIUM, "CART-10")
class CountsShownPositionsFromOne(Service):
    """Answers show positions of items that count from 1."""

    def shown_item(self, item: dict[str, Any], position: int, returned: int) -> dict[str, Any]:
        shown = super().shown_item(item, position, returned)
        return {**shown, "position": position + 1}


@fault(FaultClass.RETURNS, Difficulty.MEDIUM, "CART-10")
class ShowsPositionZeroOnly(Service):
    """Answers show the position 0 on every item."""

    def shown_item(self, item: dict[str, Any], position: int, returned: int) -> dict[str, Any]:
        return {**super().shown_item(item, position, returned), "position": 0}


@fault(FaultClass.ERRORS, Difficulty.HARD, "ERR-06", "STATE-17", operations=3)
class RefusedUpdatesTouchTheTime(Service):
    """A refused update sets the time of the last update."""

    async def update(self, call: Call, session_id: str) -> Reply:
        try:
            return await super().update(call, session_id)
        except Refusal:
            stored = self.load(session_id)
            if stored is not None and not call.dry:
                stored.updated = self.store.clock.now()
            raise


@fault(FaultClass.ERRORS, Difficulty.HARD, "AUTH-01", "ERR-06", operations=3)
class KeylessRequestsTouchTheTime(Service):
    """A request without a valid key sets the time of the last update."""

    def check_key(self, call: Call) -> None:
        try:
            super().check_key(call)
        except Refusal:
            segment = call.path.split(b"/")[3] if call.path.count(b"/") > 2 else b""
            stored = self.load(self.session_id(segment)) if segment else None
            if stored is not None:
                stored.updated = self.store.clock.now()
            raise
