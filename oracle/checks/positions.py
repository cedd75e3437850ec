"""Checks the positions that a session shows of its items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...record import SESSION_SHOWN, Holds, Outcome, pointer
from ..judged_response import VIEW, Finding, JudgedResponse, brief
from ..model import UNKNOWN, is_number
from .cart import cart_difference

_NO_INDEX = Outcome.other("the position of a cart item is not its index")


def check_positions(response: JudgedResponse) -> Iterator[Finding]:
    """CART-10: the position of an item is its index, by which returns address it.

    Not where a client sent positions (CART-U2), nor after a return, where the cart is open.
    """
    shown, items = response.stored_view, response.after.items
    if shown is None or items is UNKNOWN or response.after.returned != {}:
        return
    found = shown.get("cartItems", ())
    wrong = _wrong_position(found)
    # What follows is looked at only here: nearly no response gets so far.
    if wrong is None or not _is_untouched(items, found):
        return
    if cart_difference(items, found, (), response.environment) is not None:
        return  # they are the positions of another cart
    index, position = wrong
    yield Finding(
        rule="CART-10",
        situation=SESSION_SHOWN,
        operation=VIEW,
        outcome=_NO_INDEX,
        expected=f"position: {index}",
        found=f"position: {brief(position)}",
        claim=Holds(
            pointer=pointer("customerSession", "cartItems", index, "position"), value=index
        ),
    )


def _wrong_position(found: object) -> tuple[int, Any] | None:
    """The first item's index that shows another number as its position, and this number."""
    if not isinstance(found, list):
        return None
    for index, item in enumerate(found):
        position = item.get("position") if isinstance(item, dict) else None
        if position != index and is_number(position):
            return index, position
    return None


def _is_untouched(items: Iterable[Mapping[str, Any]], found: Iterable[Any]) -> bool:
    """Whether the client sent no positions, and no item shows a return."""
    return not any("position" in item for item in items) and all(
        isinstance(item, dict) and not item.get("returnedQuantity") for item in found
    )
