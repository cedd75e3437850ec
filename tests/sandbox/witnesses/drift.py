"""Contradictions: the first answer is lawful, and so is the second, but not both."""

from __future__ import annotations

from ..steps import get, item, put

FULL = put(cartItems=[item("a")], identifiers=["i"], attributes={"channel": "web"})

WITNESSES = {
    "null-clears-old-sessions": (FULL, put(), put(), put(identifiers=None)),
    "refuses-unknown-properties-of-full-carts": (FULL, put(neverHeardOf=1)),
    "refuses-duplicates-side-by-side": (put(identifiers=["a", "a"]),),
    "takes-late-updates-of-short-lives": (put(state="closed"), put()),
    "dry-answers-forget-full-carts": (FULL, put(dry=True, profileId="p")),
    "replaces-attributes-of-full-carts": (FULL, put(attributes={"giftWrapped": True}), get()),
}
