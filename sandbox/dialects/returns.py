"""Defines dialects of returns: lines, quantities and keys of idempotency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...contract import Environment
from ..calls import Call, Refusal, Reply
from ..service import Service
from ..sessions import Effect, Session, Use
from ..values import describe
from .dialect import CURRENT_VERSION, VERSION_2_5_1, Area, dialect

RETURNED_CODES = ("codes after returns",)
_INTEGRAL = "JSON Schema: 1.0 is an integer"


class GivingBack(Service):
    """Some returns give back more than the discounts and points of their units."""

    def given_back(self, result: Session) -> tuple[Effect, ...]:  # noqa: ARG002 - dialects need it
        """Which valid effects the return that made ``result`` takes back besides."""
        return ()

    def is_kept(self, use: Use) -> bool:  # noqa: ARG002 - dialects need it
        """Whether a session that gives effects back still counts ``use``."""
        return False

    def settle_return(self, stored: Session, result: Session) -> None:
        super().settle_return(stored, result)
        given_back = self.given_back(result)
        if given_back:
            result.effects = (*result.effects, *self.rollbacks(given_back))
            result.valid_effects = tuple(e for e in result.valid_effects if e not in given_back)
            result.redeemed = tuple(use for use in result.redeemed if self.is_kept(use))

    async def return_items(self, call: Call, session_id: str) -> Reply:
        before = self.load(session_id)
        reply = await super().return_items(call, session_id)
        after = self.load(session_id)
        if before is not None and after is not None:
            self.release(use for use in before.redeemed if use not in after.redeemed)
        return reply


@dialect(Area.RETURNS, "RET-U1", decides=RETURNED_CODES)
class CancelsWhenAllIsReturned(GivingBack):
    """A session without remaining units is cancelled, and gives back what a cancel does."""

    def state_after_return(self, result: Session) -> str:
        items = result.data.get("cartItems", [])
        units_remain = any(
            item["quantity"] > returned
            for item, returned in zip(items, result.returned_units, strict=True)
        )
        return super().state_after_return(result) if units_remain else "cancelled"

    def given_back(self, result: Session) -> tuple[Effect, ...]:
        return result.valid_effects if result.state == "cancelled" else ()


@dialect(Area.RETURNS, "RET-05", versions=VERSION_2_5_1, flattening=False)
class ReturnsItemsWhole(Service):
    """Without flattening the quantity of a return is ignored: all units are returned."""

    def units_to_return(self, session: Session, position: int, line: Mapping[str, Any]) -> int:
        units = super().remaining_units(session, position)
        if type(line.get("quantity")) is int and not 1 <= line["quantity"] <= units:
            raise Refusal(400, f"quantity out of range: {describe(line['quantity'])}")
        return super().units_to_return(session, position, {**line, "quantity": units})


@dialect(Area.RETURNS, "RET-U1", "RET-03")
class RefusesOddReturns(Service):
    """A return line without a quantity, and two lines of the same item, are refused."""

    def check_lines(self, lines: list[dict[str, Any]]) -> None:
        super().check_lines(lines)
        keys = [(line.get("position"), line.get("sku")) for line in lines]
        if any("quantity" not in line for line in lines) and self.environment.flattens:
            raise Refusal(400, f"every line needs a quantity: {describe(lines)}")
        if any(keys.count(key) > 1 for key in keys):
            raise Refusal(400, f"two lines name the same item: {describe(lines)}")


@dialect(Area.RETURNS, "RET-03", source=_INTEGRAL)
class AcceptsIntegralPositions(Service):
    """A position of 0.0 is accepted as 0, one of 0.5 is refused."""

    def position(self, session: Session, line: Mapping[str, Any]) -> int:
        position = line.get("position")
        if isinstance(position, float) and position.is_integer():
            line = {**line, "position": int(position)}
        return super().position(session, line)


@dialect(Area.RETURNS, "RET-03", source=_INTEGRAL)
class AcceptsIntegralReturns(Service):
    """A returned quantity of 1.0 is accepted as 1, one of 0.5 is refused."""

    def units_to_return(self, session: Session, position: int, line: Mapping[str, Any]) -> int:
        quantity = line.get("quantity")
        if isinstance(quantity, float) and quantity.is_integer():
            line = {**line, "quantity": int(quantity)}
        return super().units_to_return(session, position, line)


@dialect(
    Area.RETURNS,
    "RET-06",
    source="a refusal is an answer too",
    versions=CURRENT_VERSION,
    decides=("keys",),
)
class RemembersRefusals(Service):
    """A refused return is refused again under its Idempotency-Key, whatever has changed."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._refusals: dict[tuple[str, str], Refusal] = {}

    async def return_items(self, call: Call, session_id: str) -> Reply:
        key = session_id, self.idempotency_key(call)
        if key in self._refusals:
            raise self._refusals[key]
        try:
            return await super().return_items(call, session_id)
        except Refusal as refusal:
            if key[1]:
                self._refusals[key] = refusal
            raise


@dialect(
    Area.RETURNS,
    "RET-06",
    source="the use of a key in a second session is silent",
    versions=CURRENT_VERSION,
    decides=("keys",),
)
class RefusesKeysOfOtherSessions(Service):
    """An Idempotency-Key that another session has used is refused."""

    def __init__(self, environment: Environment, api_key: str) -> None:
        super().__init__(environment, api_key)
        self._sessions_by_key: dict[str, str] = {}

    async def return_items(self, call: Call, session_id: str) -> Reply:
        key = self.idempotency_key(call)
        if key and self._sessions_by_key.get(key, session_id) != session_id:
            raise Refusal(400, f"another return has used the Idempotency-Key {describe(key)}")
        reply = await super().return_items(call, session_id)
        if key and not call.dry:
            self._sessions_by_key[key] = session_id
        return reply


@dialect(Area.RETURNS, source="the Return entity may have members that no version defines")
class ShowsReturnedLinesInFull(Service):
    """The answer to a return shows each returned item in full, with a price and a position."""

    def return_content(self, session: Session, lines: list[dict[str, Any]]) -> dict[str, Any]:
        content = super().return_content(session, lines)
        return {**content, "items": session.data.get("cartItems", []), "reason": None}
