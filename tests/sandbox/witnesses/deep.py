"""Lists the witnesses of faults of long or specific sequences of requests."""

from __future__ import annotations

from ..steps import get, item, items, put, reopen

CLOSE = put(state="closed")

WITNESSES = {
    "closes-only-once": (CLOSE, reopen(), CLOSE),
    "freezes-reopened-sessions": (CLOSE, reopen(), put(cartItems=[item()])),
    "loses-identifiers-on-the-third-update": (put(identifiers=["i"]), put(), put()),
    "ignores-coupons-from-the-fourth-update": (put(), put(), put(), put(couponCodes=["c"])),
    "shares-coupons-within-a-profile": (
        put("one", profileId="ann"),
        put("two", profileId="ann", couponCodes=["c"]),
        get("one"),
    ),
    "closes-the-other-sessions-of-a-profile": (
        put("one", profileId="ann"),
        put("two", profileId="ann", state="closed"),
        get("one"),
    ),
    "bars-profiles-after-a-cancellation": (
        put("one", profileId="ann"),
        put("one", state="cancelled"),
        put("two", profileId="ann"),
    ),
    "swaps-items-past-256": (put(cartItems=items(258)),),
    "loses-names-past-500": (put(cartItems=items(501)),),
    "drops-referrals-beside-coupons": (put(referralCode="r"), put(couponCodes=["c"])),
    "ignores-the-cart-when-closing": (put(), put(state="closed", cartItems=[item()])),
    "empties-the-cart-when-the-profile-changes": (
        put(profileId="ann", cartItems=[item()]),
        put(profileId="bob"),
    ),
    "stops-the-clock-backwards": (put(), put(), put(), put(), put()),
    "forgets-costs-when-repeated": (
        put(cartItems=[item()], additionalCosts={"shipping": {"price": 1}}),
        put(cartItems=[item()]),
    ),
}
