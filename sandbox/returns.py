"""Decides which cart items can be returned, and what a return does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .calls import UNKNOWN_SESSION, Refusal
from .idempotency import Idempotency
from .sessions import Session
from .values import describe

_POINTER = "/return/returnedCartItems"


class Returns(Idempotency):
    """What a return request may ask for, and the session after it.

    A line is one member of ``returnedCartItems``; units are pieces of a cart item.
    """

    # --- the request -----------------------------------------------------------------------

    def parse_return_lines(self, body: Any) -> list[dict[str, Any]]:
        """The lines of the return request ``body``.

        Raises:
            Refusal: 400, it is not a return request (ERR-04), or returns nothing (RET-03).
        """
        if not isinstance(body, dict):
            raise Refusal(400, f"the body must be an object, found {describe(body)}")
        self.check_response_content(body, self.return_entities())
        request = body.get("return")
        lines = request.get("returnedCartItems") if isinstance(request, dict) else None
        if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
            raise Refusal(
                400,
                f"returnedCartItems must be a list of objects, found {describe(lines)}",
                _POINTER,
            )
        self.check_lines(lines)
        return lines

    def check_lines(self, lines: list[dict[str, Any]]) -> None:
        """Refuses a return without lines (RET-03)."""
        if not lines:
            raise Refusal(400, f"nothing to return: {describe(lines)}", _POINTER)

    # --- the session -----------------------------------------------------------------------

    def apply_return(self, stored: Session | None, lines: list[dict[str, Any]]) -> Session:
        """The session after a return of ``lines``; ``stored`` is not changed (RET-01, RET-02).

        Raises:
            Refusal: 404, the session does not exist; 400, its state allows no return (RET-04),
                or a line cannot be returned (RET-03).
        """
        if stored is None:
            raise Refusal(404, UNKNOWN_SESSION)
        self.check_returnable(stored)
        result = stored.copy()
        for line in lines:
            position = self.position(result, line)
            units = self.units_to_return(result, position, line)
            result.returned_units[position] = self.total_returned_units(
                result.returned_units[position], units
            )
        result.state = self.state_after_return(result)
        result.updated = self.store.clock.now()
        result.update_count += 1
        return result

    def check_returnable(self, stored: Session) -> None:
        """Refuses a return from a session whose state allows none (RET-04)."""
        if stored.state not in self.returnable_states():
            raise Refusal(400, f"nothing can be returned from a session that is {stored.state}")

    def returnable_states(self) -> tuple[str, ...]:
        """The states of a session that allow returns (RET-01, RET-04)."""
        return ("closed", "partially_returned")

    def state_after_return(self, result: Session) -> str:  # noqa: ARG002 - faults need it
        """The state after a return, also where no unit remains (RET-01, RET-U1)."""
        return "partially_returned"

    # --- a line ----------------------------------------------------------------------------

    def position(self, session: Session, line: Mapping[str, Any]) -> int:
        """The position, from 0, of the cart item that ``line`` returns.

        In the current version an SKU without a position means the first item with this SKU.
        """
        items = session.data.get("cartItems", [])
        if "position" not in line and "sku" in line and not self.first_version:
            positions = [index for index, item in enumerate(items) if item["sku"] == line["sku"]]
            if not positions:
                raise Refusal(400, f"no item has the sku {describe(line['sku'])}", _POINTER)
            return positions[0]
        position = line.get("position")
        if type(position) is not int:
            raise Refusal(400, f"position must be an integer, found {describe(position)}", _POINTER)
        self.check_position(position, len(items))
        return position

    def check_position(self, position: int, size: int) -> None:
        """Refuses a position outside a cart of ``size`` items (RET-03)."""
        if not 0 <= position < size:
            raise Refusal(
                400,
                f"position {describe(position)} is outside the cart of {size} items",
                _POINTER,
            )

    def units_to_return(self, session: Session, position: int, line: Mapping[str, Any]) -> int:
        """How many units ``line`` returns; without a quantity all that remain."""
        remaining_units = self.remaining_units(session, position)
        units = line.get("quantity")
        if units is None:
            units = remaining_units
        if type(units) is not int:
            raise Refusal(400, f"quantity must be an integer, found {describe(units)}", _POINTER)
        self.check_units(units, remaining_units)
        return units

    def remaining_units(self, session: Session, position: int) -> int:
        """How many units of the item at ``position`` are not returned yet (RET-02)."""
        quantity: int = session.data["cartItems"][position]["quantity"]
        return quantity - session.returned_units[position]

    def check_units(self, units: int, remaining_units: int) -> None:
        """Refuses a quantity that cannot be returned (RET-03).

        Without flattening only all remaining units together can be returned (RET-05).
        """
        fewest, most = self.min_return_units(), self.max_return_units(remaining_units)
        if units < fewest:
            raise Refusal(
                400, f"quantity must be at least {fewest}, found {describe(units)}", _POINTER
            )
        if units > most:
            raise Refusal(
                400, f"quantity must be at most {most}, found {describe(units)}", _POINTER
            )
        if units < remaining_units and not self.environment.flattens:
            raise Refusal(
                400,
                f"an item is returned whole: {remaining_units} units, found {describe(units)}",
                _POINTER,
            )

    def min_return_units(self) -> int:
        """The smallest quantity of a line (RET-03)."""
        return 1

    def max_return_units(self, remaining_units: int) -> int:
        """The largest quantity of a line (RET-03)."""
        return remaining_units

    def total_returned_units(self, returned_units: int, units: int) -> int:
        """Adds the ``units`` of a line to those that were returned before (RET-02)."""
        return returned_units + units
