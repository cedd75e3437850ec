"""Lists the witnesses of faults of the state machine."""

from __future__ import annotations

from ..steps import get, item, put, reopen, return_items, return_line

CLOSED_SESSION = put(state="closed", cartItems=[item("a"), item("b")], identifiers=["kept"])
RETURNED_SESSION = (CLOSED_SESSION, return_items(return_line(0)))
CANCELLED_SESSION = (put(cartItems=[item("a")]), put(state="cancelled"))

WITNESSES = {
    "creates-cancelled-sessions": (put(state="cancelled"), get()),
    "creates-returned-sessions": (put(state="partially_returned"), get()),
    "refuses-to-create-closed": (put(state="closed"), get()),
    "opens-closed-sessions": (CLOSED_SESSION, put(state="open"), get()),
    "opens-cancelled-sessions": (*CANCELLED_SESSION, put(state="open"), get()),
    "closes-cancelled-sessions": (*CANCELLED_SESSION, put(state="closed"), get()),
    "returns-by-update": (CLOSED_SESSION, put(state="partially_returned"), get()),
    "opens-returned-sessions": (*RETURNED_SESSION, put(state="open"), get()),
    "closes-returned-sessions": (*RETURNED_SESSION, put(state="closed"), get()),
    "refuses-to-close": (put(), put(state="closed"), get()),
    "refuses-to-cancel-open": (put(), put(state="cancelled"), get()),
    "refuses-to-cancel-closed": (CLOSED_SESSION, put(state="cancelled"), get()),
    "refuses-to-cancel-returned": (*RETURNED_SESSION, put(state="cancelled"), get()),
    "persists-refused-moves": (CLOSED_SESSION, put(state="open"), get()),
    "stores-data-before-checking-the-state": (
        CLOSED_SESSION,
        put(state="open", cartItems=[]),
        get(),
    ),
    "ignores-closing": (put(), put(state="closed"), get()),
    "ignores-cancelling": (put(), put(state="cancelled"), get()),
    "changes-data-when-cancelling": (
        CLOSED_SESSION,
        put(state="cancelled", identifiers=["new"]),
        get(),
    ),
    "updates-closed-sessions": (CLOSED_SESSION, put(state="closed", identifiers=["new"]), get()),
    "reads-states-in-any-case": (put(state="Open"), get()),
    "ignores-unknown-states": (put(state="paused"), get()),
    "closes-when-no-state-is-sent": (put(), put(identifiers=["i"]), get()),
    "reopens-cancelled-sessions": (*CANCELLED_SESSION, reopen(), get()),
    "reopens-open-sessions": (put(), reopen(), get()),
    "forgets-to-reopen": (CLOSED_SESSION, reopen(), get()),
    "empties-the-cart-on-reopening": (CLOSED_SESSION, reopen(), get()),
    "reopening-creates-sessions": (reopen(), get()),
}
