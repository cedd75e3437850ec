"""Lists the witnesses of faults of dry runs."""

from __future__ import annotations

from ..steps import get, item, items, put, return_items, return_line

CLOSED_SESSION = put(state="closed", cartItems=[item("a")])
PAST_TIME = "2001-01-01T00:00:00Z"
FUTURE_TIME = "2999-01-01T00:00:00Z"

WITNESSES = {
    "dry-creation-stores": (put(dry=True), get()),
    "dry-updates-store": (put(), put(dry=True, referralCode="dry"), get()),
    "dry-closing-closes": (put(), put(dry=True, state="closed"), get()),
    "dry-updates-touch-the-time": (put(), put(dry=True), get()),
    "dry-updates-count": (put(), put(dry=True), get()),
    "dry-updates-replace-identifiers": (put(), put(dry=True, identifiers=["dry"]), get()),
    "dry-runs-know-no-limits": (put(dry=True, cartItems=items(1001)),),
    "dry-runs-know-no-states": (CLOSED_SESSION, put(dry=True, state="open")),
    "dry-runs-cannot-close": (put(dry=True, state="closed"),),
    "dry-returns-store": (CLOSED_SESSION, return_items(return_line(0), dry=True), get()),
    "dry-returns-take-units": (CLOSED_SESSION, return_items(return_line(0), dry=True), get()),
    "takes-now-for-real": (put(now=FUTURE_TIME), get()),
    "takes-now-in-the-past": (put(dry=True, now=PAST_TIME),),
}
