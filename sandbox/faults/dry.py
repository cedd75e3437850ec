"""Seeds faults of dry runs: they store something, or are judged unlike real requests."""

from __future__ import annotations

from typing import Any

from ...contract import ContractVersion
from ..calls import Call, Refusal, Reply
from ..service import Service
from ..sessions import Session
from .fault import Difficulty, FaultClass, fault

_CURRENT_VERSION = (ContractVersion.CURRENT,)


@fault(FaultClass.DRY, Difficulty.EASY, "DRY-01", operations=2)
class DryCreationStores(Service):
    """A dry update of a session that does not exist creates it."""

    def dry_update_reply(
        self, session_id: str, stored: Session | None, result: Session, body: Any
    ) -> Reply:
        if stored is None:
            self.save(session_id, result)
        return super().dry_update_reply(session_id, stored, result, body)


@fault(FaultClass.DRY, Difficulty.EASY, "DRY-01", operations=3)
class DryUpdatesStore(Service):
    """A dry update of an open session is stored."""

    def dry_update_reply(
        self, session_id: str, stored: Session | None, result: Session, body: Any
    ) -> Reply:
        if stored is not None and stored.state == result.state == "open":
            self.save(session_id, result)
        return super().dry_update_reply(session_id, stored, result, body)


@fault(FaultClass.DRY, Difficulty.MEDIUM, "DRY-01", operations=3)
class DryClosingCloses(Service):
    """A dry update that closes a session stores the state and nothing else."""

    def dry_update_reply(
        self, session_id: str, stored: Session | None, result: Session, body: Any
    ) -> Reply:
        if stored is not None:
            stored.state = result.state
        return super().dry_update_reply(session_id, stored, result, body)


@fault(FaultClass.DRY, Difficulty.HARD, "DRY-01", operations=3)
class DryUpdatesTouchTheTime(Service):
    """A dry update sets the time of the last update."""

    def dry_update_reply(
        self, session_id: str, stored: Session | None, result: Session, body: Any
    ) -> Reply:
        if stored is not None:
            stored.updated = result.updated
        return super().dry_update_reply(session_id, stored, result, body)


@fault(
    FaultClass.DRY, Difficulty.HARD, "DRY-01", "RESP-08", versions=_CURRENT_VERSION, operations=3
)
class DryUpdatesCount(Service):
    """A dry update counts as an update."""

    def dry_update_reply(
        self, session_id: str, stored: Session | None, result: Session, body: Any
    ) -> Reply:
        if stored is not None:
            stored.update_count += 1
        return super().dry_update_reply(session_id, stored, result, body)


@fault(FaultClass.DRY, Difficulty.HARD, "DRY-01", operations=3)
class DryUpdatesReplaceIdentifiers(Service):
    """The identifiers of a dry update are stored: fraud detection does not know dry runs."""

    def dry_update_reply(
        self, session_id: str, stored: Session | None, result: Session, body: Any
    ) -> Reply:
        if stored is not None and "identifiers" in result.data:
            stored.data["identifiers"] = result.data["identifiers"]
        return super().dry_update_reply(session_id, stored, result, body)


@fault(FaultClass.DRY, Difficulty.MEDIUM, "DRY-02", "CART-02", "CART-04")
class DryRunsKnowNoLimits(Service):
    """A dry update does not check the limits of the cart."""

    async def update(self, call: Call, session_id: str) -> Reply:
        self._is_dry = call.dry
        return await super().update(call, session_id)

    def check_item_count(self, size: int, pointer: str) -> None:
        if not self._is_dry:
            super().check_item_count(size, pointer)

    def check_quantity_sum(self, items: list[dict[str, Any]], pointer: str) -> None:
        if not self._is_dry:
            super().check_quantity_sum(items, pointer)


@fault(FaultClass.DRY, Difficulty.MEDIUM, "DRY-02", operations=2)
class DryRunsKnowNoStates(Service):
    """A dry update of a closed session is judged as if the session were open."""

    async def update(self, call: Call, session_id: str) -> Reply:
        self._is_dry = call.dry
        return await super().update(call, session_id)

    def reachable_states(self, state: str) -> tuple[str, ...]:
        return (
            super().reachable_states("open")
            if self._is_dry and state == "closed"
            else super().reachable_states(state)
        )


@fault(FaultClass.DRY, Difficulty.MEDIUM, "DRY-02", "STATE-02", "STATE-04")
class DryRunsCannotClose(Service):
    """A dry update that closes a session is refused."""

    def dry_update_reply(
        self, session_id: str, stored: Session | None, result: Session, body: Any
    ) -> Reply:
        if result.state == "closed":
            raise Refusal(
                400, f"a dry run cannot make a session {result.state}", "/customerSession/state"
            )
        return super().dry_update_reply(session_id, stored, result, body)


@fault(FaultClass.DRY, Difficulty.MEDIUM, "DRY-03", operations=3)
class DryReturnsStore(Service):
    """A dry return is stored."""

    def dry_return_reply(
        self, session_id: str, result: Session, lines: list[dict[str, Any]], body: Any
    ) -> Reply:
        self.save(session_id, result)
        return super().dry_return_reply(session_id, result, lines, body)


@fault(FaultClass.DRY, Difficulty.HARD, "DRY-03", "RET-02", operations=3)
class DryReturnsTakeUnits(Service):
    """A dry return stores the returned units, but not the state."""

    def dry_return_reply(
        self, session_id: str, result: Session, lines: list[dict[str, Any]], body: Any
    ) -> Reply:
        session = self.load(session_id)
        if session is not None:
            session.returned_units = list(result.returned_units)
        return super().dry_return_reply(session_id, result, lines, body)


@fault(FaultClass.DRY, Difficulty.EASY, "DRY-04", versions=_CURRENT_VERSION)
class TakesNowForReal(Service):
    """The parameter now is accepted without dry=true."""

    def check_now(self, call: Call) -> None:
        if call.dry:
            super().check_now(call)


@fault(FaultClass.DRY, Difficulty.MEDIUM, "DRY-04", "DRY-02", versions=_CURRENT_VERSION)
class TakesNowInThePast(Service):
    """The parameter now of a dry update may be any text."""

    def check_now(self, call: Call) -> None:
        if not call.dry:
            super().check_now(call)
