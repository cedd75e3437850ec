"""Lists the witnesses of contradictions, whose answers differ from those without the fault."""

from __future__ import annotations

from ..steps import get, item, put

FULL_SESSION = put(cartItems=[item("a")], identifiers=["i"], attributes={"channel": "web"})

WITNESSES = {
    "null-clears-old-sessions": (FULL_SESSION, put(), put(), put(identifiers=None)),
    "refuses-unknown-properties-of-full-carts": (FULL_SESSION, put(neverHeardOf=1)),
    "refuses-duplicates-side-by-side": (put(identifiers=["a", "a"]),),
    "takes-late-updates-of-short-lives": (put(state="closed"), put()),
    "dry-answers-forget-full-carts": (FULL_SESSION, put(dry=True, profileId="p")),
    "replaces-attributes-of-full-carts": (
        FULL_SESSION,
        put(attributes={"giftWrapped": True}),
        get(),
    ),
}
