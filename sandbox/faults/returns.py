"""Seeds faults of returns: too many units, too few, or of the wrong item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...contract import ContractVersion
from ..calls import Call, Refusal
from ..service import Service
from ..sessions import Session
from ..values import describe
from .fault import Difficulty, FaultClass, fault

_CURRENT_VERSION = (ContractVersion.CURRENT,)


@fault(FaultClass.RETURNS, Difficulty.EASY, "RET-03", flattening=True, operations=2)
class ReturnsOneTooMany(Service):
    """One unit more than remains can be returned."""

    def max_return_units(self, remaining_units: int) -> int:
        return super().max_return_units(remaining_units) + 1


@fault(FaultClass.RETURNS, Difficulty.MEDIUM, "RET-01", flattening=True, operations=2)
class KeepsTheLastUnit(Service):
    """The last unit of an item cannot be returned."""

    def max_return_units(self, remaining_units: int) -> int:
        return super().max_return_units(remaining_units) - 1


@fault(FaultClass.RETURNS, Difficulty.MEDIUM, "RET-03", flattening=True, operations=3)
class ComparesWithTheQuantity(Service):
    """The limit of a return is the item's quantity, whatever was returned before."""

    def remaining_units(self, session: Session, position: int) -> int:
        quantity: int = session.data["cartItems"][position]["quantity"]
        return quantity


@fault(FaultClass.RETURNS, Difficulty.EASY, "RET-03", flattening=True, operations=2)
class ReturnsNothing(Service):
    """A quantity of zero can be returned."""

    def min_return_units(self) -> int:
        return 0


@fault(FaultClass.RETURNS, Difficulty.EASY, "RET-03", flattening=True, operations=2)
class ReturnsNegativeQuantities(Service):
    """The sign of a returned quantity is not checked."""

    def min_return_units(self) -> int:
        return -(10**9)


@fault(FaultClass.RETURNS, Difficulty.MEDIUM, "RET-03", operations=2)
class CountsPositionsFromTheEnd(Service):
    """A negative position counts from the end of the cart."""

    def check_position(self, position: int, size: int) -> None:
        super().check_position(position + size if -size <= position < 0 else position, size)


@fault(FaultClass.RETURNS, Difficulty.EASY, "RET-03", operations=2)
class ReturnsEmptyLists(Service):
    """A return without lines is accepted."""

    def check_lines(self, lines: list[dict[str, Any]]) -> None:
        if lines:
            super().check_lines(lines)


@fault(FaultClass.RETURNS, Difficulty.EASY, "RET-01", operations=2)
class StaysClosedAfterReturns(Service):
    """A return does not change the session's state."""

    def state_after_return(self, result: Session) -> str:
        return result.state


@fault(FaultClass.RETURNS, Difficulty.EASY, "RET-04", operations=2)
class ReturnsFromOpenSessions(Service):
    """Items of an open session can be returned."""

    def returnable_states(self) -> tuple[str, ...]:
        return ("open", *super().returnable_states())


@fault(FaultClass.RETURNS, Difficulty.EASY, "RET-04", "STATE-08", operations=3)
class ReturnsFromCancelledSessions(Service):
    """Items of a cancelled session can be returned."""

    def returnable_states(self) -> tuple[str, ...]:
        return ("cancelled", *super().returnable_states())


@fault(FaultClass.RETURNS, Difficulty.EASY, "RET-01", operations=3)
class ReturnsOnlyOnce(Service):
    """A partially returned session refuses another return."""

    def returnable_states(self) -> tuple[str, ...]:
        return ("closed",)


@fault(FaultClass.RETURNS, Difficulty.MEDIUM, "RET-02", flattening=True, operations=3)
class ForgetsTheFirstReturn(Service):
    """The second return of an item overwrites the first."""

    def total_returned_units(self, returned_units: int, units: int) -> int:
        return units if returned_units else super().total_returned_units(returned_units, units)


@fault(FaultClass.RETURNS, Difficulty.EASY, "RET-02", operations=2)
class ShowsFullRemainders(Service):
    """Answers show the item's quantity as its remainingQuantity."""

    def shown_remaining_quantity(self, quantity: int, returned: int) -> int:  # noqa: ARG002
        return quantity


@fault(FaultClass.RETURNS, Difficulty.MEDIUM, "RET-02", "RET-03", operations=2)
class CountsPositionsFromOne(Service):
    """Positions count from 1; position 0 is the first item too."""

    def position(self, session: Session, line: Mapping[str, Any]) -> int:
        return max(super().position(session, line) - 1, 0)


@fault(FaultClass.RETURNS, Difficulty.MEDIUM, "RET-02", operations=2)
class ReturnsTheFirstLineOnly(Service):
    """A return of several lines returns only the first."""

    def apply_return(self, stored: Session | None, lines: list[dict[str, Any]]) -> Session:
        super().apply_return(stored, lines)
        return super().apply_return(stored, lines[:1])


@fault(FaultClass.RETURNS, Difficulty.MEDIUM, "RET-02", versions=_CURRENT_VERSION, operations=2)
class ReturnsTheLastOfTheSku(Service):
    """A return by SKU returns the last item of the cart."""

    def position(self, session: Session, line: Mapping[str, Any]) -> int:
        position = super().position(session, line)
        return position if "position" in line else len(session.data["cartItems"]) - 1


@fault(FaultClass.RETURNS, Difficulty.MEDIUM, "RET-06", versions=_CURRENT_VERSION, operations=3)
class IgnoresIdempotencyKeys(Service):
    """A return with a known Idempotency-Key is executed again."""

    def idempotency_key(self, call: Call) -> str:
        super().idempotency_key(call)
        return ""


@fault(FaultClass.RETURNS, Difficulty.MEDIUM, "RET-06", versions=_CURRENT_VERSION, operations=3)
class RefusesUsedIdempotencyKeys(Service):
    """A return with a known Idempotency-Key is refused as a duplicate."""

    def idempotency_key(self, call: Call) -> str:
        key = super().idempotency_key(call)
        if key and any(key in session.return_answers for session in self.store.sessions.values()):
            raise Refusal(400, f"the Idempotency-Key {describe(key)} was used before")
        return key


@fault(FaultClass.RETURNS, Difficulty.HARD, "RESP-03", "RET-02", "RET-01", "STATE-10", operations=3)
class ForgetsReturnsWhenCancelling(Service):
    """Cancelling a partially returned session undoes its returns."""

    def target_state(self, stored: Session | None, data: Mapping[str, Any]) -> str:
        target = super().target_state(stored, data)
        if stored is not None and target == "cancelled":
            stored.returned_units = [0] * len(stored.returned_units)
        return target
