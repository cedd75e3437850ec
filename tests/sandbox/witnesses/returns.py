"""Returns."""

from __future__ import annotations

from ..steps import at, get, give, item, put

SOLD = put(state="closed", cartItems=[item("a", 3), item("b", 3), item("a", 3)])
ALL = at(0, 3)

WITNESSES = {
    "returns-one-too-many": (SOLD, give(at(0, 4))),
    "keeps-the-last-unit": (SOLD, give(ALL)),
    "compares-with-the-quantity": (SOLD, give(at(0, 2)), give(at(0, 2))),
    "returns-nothing": (SOLD, give(at(0, 0))),
    "returns-negative-quantities": (SOLD, give(at(0, -1))),
    "counts-positions-from-the-end": (SOLD, give(at(-1, 3))),
    "returns-empty-lists": (SOLD, give()),
    "stays-closed-after-returns": (SOLD, give(ALL)),
    "returns-from-open-sessions": (put(cartItems=[item("a", 3)]), give(ALL)),
    "returns-from-cancelled-sessions": (SOLD, put(state="cancelled"), give(ALL)),
    "returns-only-once": (SOLD, give(ALL), give(at(1, 3))),
    "forgets-the-first-return": (SOLD, give(at(0, 2)), give(at(0, 1))),
    "shows-full-remainders": (SOLD, give(ALL)),
    "counts-positions-from-one": (SOLD, give(at(1, 3))),
    "returns-the-first-line-only": (SOLD, give(ALL, at(1, 3))),
    "returns-the-last-of-the-sku": (SOLD, give({"sku": "b", "quantity": 1})),
    "ignores-idempotency-keys": (SOLD, give(at(0, 1), once="k"), give(at(0, 1), once="k"), get()),
    "refuses-used-idempotency-keys": (SOLD, give(at(0, 1), once="k"), give(at(0, 1), once="k")),
    "forgets-returns-when-cancelling": (SOLD, give(ALL), put(state="cancelled"), get()),
}
