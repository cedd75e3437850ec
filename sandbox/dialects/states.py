"""Defines dialects of states: what an update, a cancel and a reopen do where it is open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..calls import Refusal
from ..service import Service
from ..sessions import Session
from .dialect import CURRENT_VERSION, Area, dialect

_SILENT = "a cancelling update's data is silent"


@dialect(Area.STATES, "STATE-U1", "STATE-U2", "STATE-13")
class IgnoresUpdatesOfFrozenSessions(Service):
    """An update that keeps the state of a session that is not open is accepted and ignored."""

    def reachable_states(self, state: str) -> tuple[str, ...]:
        same = () if state in ("open", "partially_returned") else (state,)
        return (*super().reachable_states(state), *same)

    def target_state(self, stored: Session | None, data: Mapping[str, Any]) -> str:
        if stored is not None and stored.state != "open" and "state" not in data:
            return stored.state
        return super().target_state(stored, data)


@dialect(Area.STATES, "STATE-U1", "STATE-U2", "STATE-13")
class IgnoresUpdatesWithoutTrace(Service):
    """An update that keeps the state of a frozen session is accepted, and not counted either."""

    def apply_update(
        self, stored: Session | None, session_id: str, data: dict[str, Any]
    ) -> Session:
        if stored is not None and stored.state != "open":
            state = data.get("state", stored.state)
            is_named = "state" in data
            if state == stored.state and not (is_named and state == "partially_returned"):
                return stored.copy()
        return super().apply_update(stored, session_id, data)


@dialect(Area.STATES, "STATE-U1", "STATE-13")
class KeepsTheStateByDefault(Service):
    """An update without a state keeps the state of a frozen session; a named one is refused."""

    def default_state(self, stored: Session | None) -> str:
        return stored.state if stored is not None else super().default_state(stored)

    def target_state(self, stored: Session | None, data: Mapping[str, Any]) -> str:
        if stored is not None and "state" not in data:
            return self.default_state(stored)
        return super().target_state(stored, data)


@dialect(Area.STATES, "STATE-U2", "STATE-13")
class AcceptsClosingTwice(Service):
    """Closing a closed session is accepted and changes nothing; no state means open."""

    def reachable_states(self, state: str) -> tuple[str, ...]:
        reachable = super().reachable_states(state)
        return (*reachable, "closed") if state == "closed" else reachable


@dialect(Area.STATES, "STATE-U2")
class AcceptsCancellingTwice(Service):
    """Cancelling a cancelled session is accepted and changes nothing."""

    def reachable_states(self, state: str) -> tuple[str, ...]:
        reachable = super().reachable_states(state)
        return (*reachable, "cancelled") if state == "cancelled" else reachable


@dialect(Area.STATES, "STATE-13")
class CancelsByTheBareStateOnly(Service):
    """A frozen session is cancelled by the bare state; with changed data the update is refused."""

    def target_state(self, stored: Session | None, data: Mapping[str, Any]) -> str:
        target = super().target_state(stored, data)
        if stored is not None and stored.state != "open" and target == "cancelled":
            changed = [
                name for name in data if name != "state" and data[name] != stored.data.get(name)
            ]
            if changed:
                raise Refusal(
                    400, f"the session is {stored.state} and no longer open", "/customerSession"
                )
        return target


@dialect(Area.STATES, "STATE-05", source=_SILENT, decides=("data of a cancel",))
class CancelsWithoutStoring(Service):
    """An update that cancels an open session stores nothing but the state."""

    def merge(self, session: Session, data: Mapping[str, Any]) -> None:
        if data.get("state") != "cancelled":
            super().merge(session, data)


@dialect(Area.STATES, "STATE-05", source=_SILENT, decides=("data of a cancel",))
class CancelsStoringNoEmptyValues(Service):
    """An update that cancels an open session stores its lists, maps and texts but empty ones."""

    def merge(self, session: Session, data: Mapping[str, Any]) -> None:
        if data.get("state") == "cancelled":
            data = {name: value for name, value in data.items() if value not in ([], {}, "")}
        super().merge(session, data)


@dialect(Area.STATES, "STATE-U3", versions=CURRENT_VERSION)
class ReopensPartlyReturned(Service):
    """A partially returned session can be reopened."""

    def check_reopen(self, stored: Session) -> None:
        if stored.state != "partially_returned":
            super().check_reopen(stored)


@dialect(Area.STATES, "STATE-U3", versions=CURRENT_VERSION)
class ReopensWithAllUnits(Service):
    """A partially returned session can be reopened, and its returned units start at 0 again."""

    def check_reopen(self, stored: Session) -> None:
        if stored.state != "partially_returned":
            super().check_reopen(stored)

    def apply_reopen(self, stored: Session | None) -> Session:
        result = super().apply_reopen(stored)
        result.returned_units = [0] * len(result.returned_units)
        return result


@dialect(Area.STATES, "COUP-03", coupon_limits={"ONCE": 2})
class ReachesLimits(Service):
    """A coupon has a low limit, so that it is soon used up."""
