"""Seeds faults of the state machine: wrong transitions, and transitions with wrong effects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...contract import ContractVersion
from ..calls import Call, Refusal, Reply
from ..service import Service
from ..sessions import Session
from .fault import Difficulty, FaultClass, fault

_CURRENT_VERSION = (ContractVersion.CURRENT,)


@fault(FaultClass.STATES, Difficulty.EASY, "STATE-03", "DRY-02")
class CreatesCancelledSessions(Service):
    """A new session can be cancelled."""

    def initial_states(self) -> tuple[str, ...]:
        return (*super().initial_states(), "cancelled")


@fault(FaultClass.STATES, Difficulty.EASY, "STATE-03", "DRY-02")
class CreatesReturnedSessions(Service):
    """A new session can be partially returned."""

    def initial_states(self) -> tuple[str, ...]:
        return (*super().initial_states(), "partially_returned")


@fault(FaultClass.STATES, Difficulty.EASY, "STATE-02")
class RefusesToCreateClosed(Service):
    """A new session cannot be closed."""

    def initial_states(self) -> tuple[str, ...]:
        return ("open",)


@fault(FaultClass.STATES, Difficulty.EASY, "STATE-07", "DRY-02", operations=2)
class OpensClosedSessions(Service):
    """An update can open a closed session."""

    def reachable_states(self, state: str) -> tuple[str, ...]:
        return (*super().reachable_states(state), *(("open",) if state == "closed" else ()))


@fault(FaultClass.STATES, Difficulty.EASY, "STATE-08", "DRY-02", operations=3)
class OpensCancelledSessions(Service):
    """An update can open a cancelled session."""

    def reachable_states(self, state: str) -> tuple[str, ...]:
        return (*super().reachable_states(state), *(("open",) if state == "cancelled" else ()))


@fault(FaultClass.STATES, Difficulty.EASY, "STATE-08", "DRY-02", operations=3)
class ClosesCancelledSessions(Service):
    """An update can close a cancelled session."""

    def reachable_states(self, state: str) -> tuple[str, ...]:
        return (*super().reachable_states(state), *(("closed",) if state == "cancelled" else ()))


@fault(FaultClass.STATES, Difficulty.EASY, "STATE-09", "DRY-02", operations=2)
class ReturnsByUpdate(Service):
    """An update can make a closed session partially returned."""

    def reachable_states(self, state: str) -> tuple[str, ...]:
        return (
            *super().reachable_states(state),
            *(("partially_returned",) if state == "closed" else ()),
        )


@fault(FaultClass.STATES, Difficulty.MEDIUM, "STATE-11", "DRY-02", operations=3)
class OpensReturnedSessions(Service):
    """An update can open a partially returned session."""

    def reachable_states(self, state: str) -> tuple[str, ...]:
        return (
            *super().reachable_states(state),
            *(("open",) if state == "partially_returned" else ()),
        )


@fault(FaultClass.STATES, Difficulty.MEDIUM, "STATE-11", "DRY-02", operations=3)
class ClosesReturnedSessions(Service):
    """An update can close a partially returned session."""

    def reachable_states(self, state: str) -> tuple[str, ...]:
        return (
            *super().reachable_states(state),
            *(("closed",) if state == "partially_returned" else ()),
        )


@fault(FaultClass.STATES, Difficulty.EASY, "STATE-04", operations=2)
class RefusesToClose(Service):
    """An update cannot close an open session."""

    def reachable_states(self, state: str) -> tuple[str, ...]:
        return tuple(
            to for to in super().reachable_states(state) if (state, to) != ("open", "closed")
        )


@fault(FaultClass.STATES, Difficulty.EASY, "STATE-05", operations=2)
class RefusesToCancelOpen(Service):
    """An update cannot cancel an open session."""

    def reachable_states(self, state: str) -> tuple[str, ...]:
        return tuple(
            to for to in super().reachable_states(state) if (state, to) != ("open", "cancelled")
        )


@fault(FaultClass.STATES, Difficulty.EASY, "STATE-06", operations=2)
class RefusesToCancelClosed(Service):
    """An update cannot cancel a closed session."""

    def reachable_states(self, state: str) -> tuple[str, ...]:
        return tuple(
            to for to in super().reachable_states(state) if (state, to) != ("closed", "cancelled")
        )


@fault(FaultClass.STATES, Difficulty.MEDIUM, "STATE-10", operations=3)
class RefusesToCancelReturned(Service):
    """An update cannot cancel a partially returned session."""

    def reachable_states(self, state: str) -> tuple[str, ...]:
        return () if state == "partially_returned" else super().reachable_states(state)


@fault(FaultClass.STATES, Difficulty.MEDIUM, "STATE-17", "STATE-13", "ERR-06", operations=3)
class PersistsRefusedMoves(Service):
    """An illegal change of state is refused, but the state is stored."""

    def target_state(self, stored: Session | None, data: Mapping[str, Any]) -> str:
        try:
            return super().target_state(stored, data)
        except Refusal:
            if stored is not None and stored.state == "closed" and "state" in data:
                stored.state = data["state"]
            raise


@fault(FaultClass.STATES, Difficulty.MEDIUM, "STATE-13", "STATE-17", "ERR-06", operations=3)
class StoresDataBeforeCheckingTheState(Service):
    """The fields of an update are stored before its state is checked."""

    def target_state(self, stored: Session | None, data: Mapping[str, Any]) -> str:
        if stored is not None and stored.state != "open":
            self.merge(stored, data)
        return super().target_state(stored, data)


@fault(FaultClass.STATES, Difficulty.EASY, "STATE-04", operations=2)
class IgnoresClosing(Service):
    """An update that closes a session is accepted, but the session stays open."""

    def target_state(self, stored: Session | None, data: Mapping[str, Any]) -> str:
        target = super().target_state(stored, data)
        return "open" if stored is not None and target == "closed" else target


@fault(FaultClass.STATES, Difficulty.EASY, "STATE-05", "STATE-06", "STATE-10", operations=2)
class IgnoresCancelling(Service):
    """An update that cancels a session is accepted, but the state does not change."""

    def target_state(self, stored: Session | None, data: Mapping[str, Any]) -> str:
        target = super().target_state(stored, data)
        return stored.state if stored is not None and target == "cancelled" else target


@fault(FaultClass.STATES, Difficulty.MEDIUM, "STATE-13", operations=2)
class ChangesDataWhenCancelling(Service):
    """The update that cancels a closed session also stores its data."""

    def apply_update(
        self, stored: Session | None, session_id: str, data: dict[str, Any]
    ) -> Session:
        result = super().apply_update(stored, session_id, data)
        if stored is not None and stored.state == "closed":
            self.merge(result, data)
        return result


@fault(FaultClass.STATES, Difficulty.MEDIUM, "STATE-13", operations=2)
class UpdatesClosedSessions(Service):
    """An update that closes a closed session changes its data."""

    def reachable_states(self, state: str) -> tuple[str, ...]:
        return (*super().reachable_states(state), *(("closed",) if state == "closed" else ()))

    def apply_update(
        self, stored: Session | None, session_id: str, data: dict[str, Any]
    ) -> Session:
        result = super().apply_update(stored, session_id, data)
        if stored is not None and stored.state == result.state == "closed":
            self.merge(result, data)
        return result


@fault(FaultClass.STATES, Difficulty.EASY, "STATE-14", "DRY-02")
class ReadsStatesInAnyCase(Service):
    """States are accepted in upper and lower case."""

    def field(self, name: str, value: Any) -> Any:
        if name == "state" and isinstance(value, str):
            value = value.lower()
        return super().field(name, value)


@fault(FaultClass.STATES, Difficulty.EASY, "STATE-14", "DRY-02")
class IgnoresUnknownStates(Service):
    """A state that does not exist is read as open."""

    def field(self, name: str, value: Any) -> Any:
        if name == "state" and isinstance(value, str) and value not in self.states():
            return "open"
        return super().field(name, value)


@fault(FaultClass.STATES, Difficulty.MEDIUM, "STATE-12", "STATE-01", operations=2)
class ClosesWhenNoStateIsSent(Service):
    """An update without a state closes an open session."""

    def default_state(self, stored: Session | None) -> str:
        return "open" if stored is None else "closed"


@fault(FaultClass.STATES, Difficulty.EASY, "STATE-16", versions=_CURRENT_VERSION, operations=3)
class ReopensCancelledSessions(Service):
    """A cancelled session can be reopened."""

    def check_reopen(self, stored: Session) -> None:
        if stored.state != "cancelled":
            super().check_reopen(stored)


@fault(FaultClass.STATES, Difficulty.EASY, "STATE-16", versions=_CURRENT_VERSION, operations=2)
class ReopensOpenSessions(Service):
    """An open session can be reopened."""

    def check_reopen(self, stored: Session) -> None:
        if stored.state != "open":
            super().check_reopen(stored)


@fault(
    FaultClass.STATES,
    Difficulty.EASY,
    "STATE-15",
    "RESP-03",
    versions=_CURRENT_VERSION,
    operations=3,
)
class ForgetsToReopen(Service):
    """A reopen is accepted, but the session stays closed."""

    def apply_reopen(self, stored: Session | None) -> Session:
        result = super().apply_reopen(stored)
        result.state = "closed"
        return result


@fault(FaultClass.STATES, Difficulty.MEDIUM, "STATE-15", versions=_CURRENT_VERSION, operations=3)
class EmptiesTheCartOnReopening(Service):
    """A reopen empties the cart."""

    def apply_reopen(self, stored: Session | None) -> Session:
        result = super().apply_reopen(stored)
        result.data.pop("cartItems", None)
        result.returned_units = []
        return result


@fault(FaultClass.STATES, Difficulty.MEDIUM, "STATE-16", versions=_CURRENT_VERSION)
class ReopeningCreatesSessions(Service):
    """A reopen of a session that does not exist creates it."""

    async def reopen(self, call: Call, session_id: str) -> Reply:
        if self.load(session_id) is None:
            call = Call(method="PUT", path=b"", body=b'{"customerSession": {}}')
            await self.update(call, session_id)
            return self.success_reply({"effects": []})
        return await super().reopen(call, session_id)
