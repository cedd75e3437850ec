"""Lists the witnesses of faults of whole shop flows."""

from __future__ import annotations

from ..steps import get, item, put, reopen, return_items, return_line

CLOSE, CANCEL = put("one", state="closed"), put("one", state="cancelled")
ACCOUNT = put("one", profileId="ann", cartItems=[item("a")])
GUEST = put("two", cartItems=[item("b")])
ORDER = put("one", profileId="ann", cartItems=[item("a", 3)], couponCodes=["c"])
AGAIN = put("two", profileId="ann", cartItems=[item("a", 3)], couponCodes=["c"])

WITNESSES = {
    "adds-the-open-cart-at-sign-in": (ACCOUNT, GUEST, put("two", profileId="ann"), get("two")),
    "replaces-the-open-cart-at-sign-in": (ACCOUNT, GUEST, put("two", profileId="ann"), get("one")),
    "empties-abandoned-carts": (ACCOUNT, put("two", profileId="ann", state="closed"), get("one")),
    "caches-reads-by-sku": (
        put(cartItems=[item("a", 1)]),
        get(),
        put(cartItems=[item("a", 2)]),
        get(),
    ),
    "takes-earlier-carts-for-retries": (
        put(cartItems=[item("a", 1)]),
        put(cartItems=[item("a", 2)]),
        put(cartItems=[item("a", 1)]),
    ),
    "refuses-cancelled-orders-again": (
        ORDER,
        CLOSE,
        CANCEL,
        AGAIN,
        put("two", state="closed"),
    ),
    "keeps-codes-of-cancelled-orders": (ORDER, CANCEL, AGAIN),
    "counts-returns-by-profile": (
        ORDER,
        CLOSE,
        return_items(return_line(0, 3), session="one"),
        AGAIN,
        put("two", state="closed"),
        return_items(return_line(0, 3), session="two"),
    ),
    "restores-the-first-order": (
        ORDER,
        CLOSE,
        reopen("one"),
        put("one", cartItems=[item("b")]),
        CLOSE,
        get("one"),
    ),
    "masks-ip-addresses": (put(identifiers=["192.0.2.7"]),),
}
