"""Checks the positions that a session shows of its items."""

from __future__ import annotations

from collections.abc import Iterator

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
    found = shown.get("cartItems")
    if not isinstance(found, list) or any("position" in item for item in items):
        return
    if cart_difference(items, found, (), response.environment) is not None:
        return  # they are the positions of another cart
    for index, item in enumerate(found):
        position = item.get("position")
        if is_number(position) and position != index:
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
            return
