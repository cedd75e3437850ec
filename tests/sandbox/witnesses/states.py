"""The state machine."""

from __future__ import annotations

from ..steps import at, get, give, item, put, reopen

CLOSED = put(state="closed", cartItems=[item("a"), item("b")], identifiers=["kept"])
RETURNED = (CLOSED, give(at(0)))
CANCELLED = (put(cartItems=[item("a")]), put(state="cancelled"))

WITNESSES = {
    "creates-cancelled-sessions": (put(state="cancelled"), get()),
    "creates-returned-sessions": (put(state="partially_returned"), get()),
    "refuses-to-create-closed": (put(state="closed"), get()),
    "opens-closed-sessions": (CLOSED, put(state="open"), get()),
    "opens-cancelled-sessions": (*CANCELLED, put(state="open"), get()),
    "closes-cancelled-sessions": (*CANCELLED, put(state="closed"), get()),
    "returns-by-update": (CLOSED, put(state="partially_returned"), get()),
    "opens-returned-sessions": (*RETURNED, put(state="open"), get()),
    "closes-returned-sessions": (*RETURNED, put(state="closed"), get()),
    "refuses-to-close": (put(), put(state="closed"), get()),
    "refuses-to-cancel-open": (put(), put(state="cancelled"), get()),
    "refuses-to-cancel-closed": (CLOSED, put(state="cancelled"), get()),
    "refuses-to-cancel-returned": (*RETURNED, put(state="cancelled"), get()),
    "persists-refused-moves": (CLOSED, put(state="open"), get()),
    "stores-data-before-checking-the-state": (CLOSED, put(state="open", cartItems=[]), get()),
    "ignores-closing": (put(), put(state="closed"), get()),
    "ignores-cancelling": (put(), put(state="cancelled"), get()),
    "changes-data-when-cancelling": (CLOSED, put(state="cancelled", identifiers=["new"]), get()),
    "updates-closed-sessions": (CLOSED, put(state="closed", identifiers=["new"]), get()),
    "reads-states-in-any-case": (put(state="Open"), get()),
    "ignores-unknown-states": (put(state="paused"), get()),
    "closes-when-no-state-is-sent": (put(), put(identifiers=["i"]), get()),
    "reopens-cancelled-sessions": (*CANCELLED, reopen(), get()),
    "reopens-open-sessions": (put(), reopen(), get()),
    "forgets-to-reopen": (CLOSED, reopen(), get()),
    "empties-the-cart-on-reopening": (CLOSED, reopen(), get()),
    "reopening-creates-sessions": (reopen(), get()),
}
