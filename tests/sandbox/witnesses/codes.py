"""Names the declared codes that witnesses use, and what sessions that redeem them hold."""

from __future__ import annotations

from typing import Any

from ..steps import RESPONSE_CONTENT, Step, item, put, put_body

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
