"""Names the declared codes that witnesses use, and builds the requests that redeem them."""

from __future__ import annotations

from typing import Any

from ..steps import RESPONSE_CONTENT, Step, item, put, put_body, return_items, return_line

SALE = "SALE-1"
"""A coupon of limit 2 with an amount."""
TEA = "TEA-1"
"""A coupon of limit 3, once a profile, with a discount of units and a budget of identifiers."""
FRIEND = "FRIEND-1"
"""A referral of limit 1."""
CART = [item("a", 2, 9.99), item("b", 1, 30)]
COSTS = {"shipping": {"price": 5}}


def closed(session: str, /, *codes: str, **fields: Any) -> Step:
    """Creates a session with a cart and ``codes``, closed."""
    return put(session, **{"state": "closed", "couponCodes": codes, "cartItems": CART, **fields})


def cancel(session: str, /, *, dry: bool = False) -> Step:
    """Cancels a session."""
    return put(session, state="cancelled", dry=dry)


def referred(session: str, /, **fields: Any) -> Step:
    """Creates a session with a cart and the referral, closed."""
    return closed(session, referralCode=FRIEND, **fields)


def shown(session: str, /, *codes: str) -> Step:
    """Creates an open session that shows the coupons ``codes`` with their usage."""
    return put_body(
        {
            "customerSession": {"couponCodes": codes},
            "responseContent": [*RESPONSE_CONTENT, "coupons"],
        },
        session,
    )


_HUGE_CARTS = (
    [item("a", 9, 1.7e308)],
    [item("a", 1, 1.7e308), item("b", 1, 1.7e308)],
    [item("a", 9, 10**308)],
    [item("a", 9, -1.7e308)],
    [item("a", 9, 1.7e308), item("b", 9, -1.7e308)],
)
HUGE_TOTALS = tuple(
    step
    for number, cart in enumerate(_HUGE_CARTS)
    for step in (
        closed(f"s{number}", "WELCOME", SALE, TEA, profileId=f"p{number}", cartItems=cart),
        return_items(return_line(0), session=f"s{number}"),
        cancel(f"s{number}"),
    )
)
"""Requests on carts whose total no double can hold, or only in the end."""
