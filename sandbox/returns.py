"""Returns of cart items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .calls import Refusal
from .lifecycle import Lifecycle
from .sessions import Session

_POINTER = "/return/returnedCartItems"


class Returns(Lifecycle):
    """What can be returned, and what a return does."""

    def return_lines(self, body: Any) -> list[dict[str, Any]]:
        """The lines of a return request."""
        if not isinstance(body, dict):
            raise Refusal(400, "the body must be an object")
        self.check_response_content(body)
        wanted = body.get("return")
        lines = wanted.get("returnedCartItems") if isinstance(wanted, dict) else None
        if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
            raise Refusal(400, "returnedCartItems must be a list of objects", _POINTER)
        self.check_lines(lines)
        return lines

    def check_lines(self, lines: list[dict[str, Any]]) -> None:
        if not lines:
            raise Refusal(400, "nothing to return", _POINTER)

    def with_returns(self, before: Session | None, lines: list[dict[str, Any]]) -> Session:
        """The session after a return; ``before`` is left alone."""
        if before is None:
            raise Refusal(404, "no such session")
        self.check_returnable(before)
        after = before.copied()
        for line in lines:
            position = self.position(after, line)
            units = self.units_of(after, position, line)
            after.returned[position] = self.returned_units(after.returned[position], units)
        after.state = self.state_after_return(after)
        after.updated = self.store.clock.now()
        after.updates += 1
        return after

    def check_returnable(self, before: Session) -> None:
        if before.state not in self.returnable_states():
            raise Refusal(400, f"nothing can be returned from a session that is {before.state}")

    def returnable_states(self) -> tuple[str, ...]:
        return ("closed", "partially_returned")

    def state_after_return(self, after: Session) -> str:  # noqa: ARG002 - faults need it
        return "partially_returned"

    def position(self, session: Session, line: Mapping[str, Any]) -> int:
        """The index of the item that a line means."""
        items = session.data.get("cartItems", [])
        if "position" not in line and "sku" in line and not self.first_version:
            places = [place for place, item in enumerate(items) if item["sku"] == line["sku"]]
            if not places:
                raise Refusal(400, "no item has this sku", _POINTER)
            return places[0]
        position = line.get("position")
        if type(position) is not int:
            raise Refusal(400, "position must be an integer", _POINTER)
        self.check_position(position, len(items))
        return position

    def check_position(self, position: int, size: int) -> None:
        if not 0 <= position < size:
            raise Refusal(400, "position is outside the cart", _POINTER)

    def units_of(self, session: Session, position: int, line: Mapping[str, Any]) -> int:
        """How many units a line returns."""
        remaining = self.remaining(session, position)
        units = line.get("quantity")
        if units is None:
            units = remaining
        if type(units) is not int:
            raise Refusal(400, "quantity must be an integer", _POINTER)
        self.check_units(units, remaining)
        return units

    def remaining(self, session: Session, position: int) -> int:
        quantity: int = session.data["cartItems"][position]["quantity"]
        return quantity - session.returned[position]

    def check_units(self, units: int, remaining: int) -> None:
        if units < self.fewest_units():
            raise Refusal(400, "quantity must be at least 1", _POINTER)
        if units > self.most_returnable(remaining):
            raise Refusal(400, "more than remains", _POINTER)
        if units < remaining and not self.environment.flattens:
            raise Refusal(400, "an item is returned whole", _POINTER)

    def fewest_units(self) -> int:
        return 1

    def most_returnable(self, remaining: int) -> int:
        return remaining

    def returned_units(self, before: int, units: int) -> int:
        return before + units
