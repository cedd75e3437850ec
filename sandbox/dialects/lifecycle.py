"""Defines dialects of the life cycle: states, merging, returns and reopening."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...contract import ContractVersion
from ..calls import Refusal
from ..service import Service
from ..sessions import Session
from ..values import describe
from .dialect import dialect

_CURRENT_VERSION = (ContractVersion.CURRENT,)
_VERSION_2_5_1 = (ContractVersion.V2_5_1,)


@dialect("STATE-U1", "STATE-U2", "STATE-13")
class IgnoresUpdatesOfFrozenSessions(Service):
    """An update that keeps the state of a session that is not open is accepted and ignored."""

    def reachable_states(self, state: str) -> tuple[str, ...]:
        same = () if state in ("open", "partially_returned") else (state,)
        return (*super().reachable_states(state), *same)

    def target_state(self, stored: Session | None, data: Mapping[str, Any]) -> str:
        if stored is not None and stored.state != "open" and "state" not in data:
            return stored.state
        return super().target_state(stored, data)


@dialect("MERGE-U1")
class ReplacesAttributes(Service):
    """Session attributes of an update replace all stored ones."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        return new if name == "attributes" else super().merged_value(name, old, new)


@dialect("MERGE-U1")
class MergesCosts(Service):
    """Additional costs of an update are merged with the stored ones."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        if name == "additionalCosts" and isinstance(old, dict):
            return {**old, **new}
        return super().merged_value(name, old, new)


@dialect("PAR-01", coupon_limits={"WELCOME": 2})
class ReachesLimits(Service):
    """A coupon has a low limit, so that closing is soon answered 409."""


@dialect("RET-U1")
class CancelsWhenAllIsReturned(Service):
    """A session without remaining units is cancelled."""

    def state_after_return(self, result: Session) -> str:
        items = result.data.get("cartItems", [])
        units_remain = any(
            item["quantity"] > returned
            for item, returned in zip(items, result.returned_units, strict=True)
        )
        return super().state_after_return(result) if units_remain else "cancelled"


@dialect("RET-05", versions=_VERSION_2_5_1, flattening=False)
class ReturnsItemsWhole(Service):
    """Without flattening the quantity of a return is ignored: all units are returned."""

    def units_to_return(self, session: Session, position: int, line: Mapping[str, Any]) -> int:
        units = super().remaining_units(session, position)
        if type(line.get("quantity")) is int and not 1 <= line["quantity"] <= units:
            raise Refusal(400, f"quantity out of range: {describe(line['quantity'])}")
        return super().units_to_return(session, position, {**line, "quantity": units})


@dialect("RET-U1", "RET-03")
class RefusesOddReturns(Service):
    """A return line without a quantity, and two lines of the same item, are refused."""

    def check_lines(self, lines: list[dict[str, Any]]) -> None:
        super().check_lines(lines)
        keys = [(line.get("position"), line.get("sku")) for line in lines]
        if any("quantity" not in line for line in lines) and self.environment.flattens:
            raise Refusal(400, f"every line needs a quantity: {describe(lines)}")
        if any(keys.count(key) > 1 for key in keys):
            raise Refusal(400, f"two lines name the same item: {describe(lines)}")


@dialect("STATE-U3", versions=_CURRENT_VERSION)
class ReopensPartlyReturned(Service):
    """A partially returned session can be reopened."""

    def check_reopen(self, stored: Session) -> None:
        if stored.state != "partially_returned":
            super().check_reopen(stored)


@dialect("STATE-05")
class CancelsWithoutStoring(Service):
    """An update that cancels an open session stores nothing but the state."""

    def merge(self, session: Session, data: Mapping[str, Any]) -> None:
        if data.get("state") != "cancelled":
            super().merge(session, data)


@dialect("RESP-08", versions=_CURRENT_VERSION)
class CountsUpdatesOnly(Service):
    """Returns and reopens do not change updateCount."""

    def apply_return(self, stored: Session | None, lines: list[dict[str, Any]]) -> Session:
        result = super().apply_return(stored, lines)
        result.update_count -= 1
        return result

    def apply_reopen(self, stored: Session | None) -> Session:
        result = super().apply_reopen(stored)
        result.update_count -= 1
        return result
