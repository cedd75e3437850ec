"""Dry runs."""

from __future__ import annotations

from ..steps import at, get, give, item, items, put

CLOSED = put(state="closed", cartItems=[item("a")])
PAST = "2001-01-01T00:00:00Z"
FUTURE = "2999-01-01T00:00:00Z"

WITNESSES = {
    "dry-creation-stores": (put(dry=True), get()),
    "dry-updates-store": (put(), put(dry=True, referralCode="dry"), get()),
    "dry-closing-closes": (put(), put(dry=True, state="closed"), get()),
    "dry-updates-touch-the-time": (put(), put(dry=True), get()),
    "dry-updates-count": (put(), put(dry=True), get()),
    "dry-updates-replace-identifiers": (put(), put(dry=True, identifiers=["dry"]), get()),
    "dry-runs-know-no-limits": (put(dry=True, cartItems=items(1001)),),
    "dry-runs-know-no-states": (CLOSED, put(dry=True, state="open")),
    "dry-runs-cannot-close": (put(dry=True, state="closed"),),
    "dry-returns-store": (CLOSED, give(at(0), dry=True), get()),
    "dry-returns-take-units": (CLOSED, give(at(0), dry=True), get()),
    "takes-now-for-real": (put(now=FUTURE), get()),
    "takes-now-in-the-past": (put(dry=True, now=PAST),),
}
