"""Lists the witnesses of faults of returns."""

from __future__ import annotations

from ..steps import get, item, put, return_items, return_line

CLOSED_SESSION = put(state="closed", cartItems=[item("a", 3), item("b", 3), item("a", 3)])
ALL_UNITS = return_line(0, 3)

WITNESSES = {
    "returns-one-too-many": (CLOSED_SESSION, return_items(return_line(0, 4))),
    "keeps-the-last-unit": (CLOSED_SESSION, return_items(ALL_UNITS)),
    "compares-with-the-quantity": (
        CLOSED_SESSION,
        return_items(return_line(0, 2)),
        return_items(return_line(0, 2)),
    ),
    "returns-nothing": (CLOSED_SESSION, return_items(return_line(0, 0))),
    "returns-negative-quantities": (CLOSED_SESSION, return_items(return_line(0, -1))),
    "counts-positions-from-the-end": (CLOSED_SESSION, return_items(return_line(-1, 3))),
    "returns-empty-lists": (CLOSED_SESSION, return_items()),
    "stays-closed-after-returns": (CLOSED_SESSION, return_items(ALL_UNITS)),
    "returns-from-open-sessions": (put(cartItems=[item("a", 3)]), return_items(ALL_UNITS)),
    "returns-from-cancelled-sessions": (
        CLOSED_SESSION,
        put(state="cancelled"),
        return_items(ALL_UNITS),
    ),
    "returns-only-once": (CLOSED_SESSION, return_items(ALL_UNITS), return_items(return_line(1, 3))),
    "forgets-the-first-return": (
        CLOSED_SESSION,
        return_items(return_line(0, 2)),
        return_items(return_line(0, 1)),
    ),
    "shows-full-remainders": (CLOSED_SESSION, return_items(ALL_UNITS)),
    "counts-positions-from-one": (CLOSED_SESSION, return_items(return_line(1, 3))),
    "returns-the-first-line-only": (CLOSED_SESSION, return_items(ALL_UNITS, return_line(1, 3))),
    "returns-the-last-of-the-sku": (CLOSED_SESSION, return_items({"sku": "b", "quantity": 1})),
    "ignores-idempotency-keys": (
        CLOSED_SESSION,
        return_items(return_line(0, 1), idempotency_key="k"),
        return_items(return_line(0, 1), idempotency_key="k"),
        get(),
    ),
    "refuses-used-idempotency-keys": (
        CLOSED_SESSION,
        return_items(return_line(0, 1), idempotency_key="k"),
        return_items(return_line(0, 1), idempotency_key="k"),
    ),
    "forgets-returns-when-cancelling": (
        CLOSED_SESSION,
        return_items(ALL_UNITS),
        put(state="cancelled"),
        get(),
    ),
}
