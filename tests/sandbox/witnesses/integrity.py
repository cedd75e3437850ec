"""Lists the witnesses of faults of stored data."""

from __future__ import annotations

from ..steps import get, item, put

FULL_SESSION = put(
    profileId="ann",
    couponCodes=["one", "two"],
    referralCode="friend",
    identifiers=["device"],
    attributes={"channel": "web", "giftWrapped": True},
    cartItems=[
        item("b", weight=12.5, category="hats", attributes={"color": "red", "fragile": True}),
        item("a", 2, additionalCosts={"engraving": {"price": 3}}),
    ],
)

WITNESSES = {
    "sorts-items-by-sku": (FULL_SESSION,),
    "merges-equal-skus": (put(cartItems=[item("a"), item("a")]),),
    "rounds-prices-to-cents": (put(cartItems=[item(price=0.125)]),),
    "keeps-prices-in-float-32": (put(cartItems=[item(price=0.1)]),),
    "appends-to-lists": (FULL_SESSION, put(identifiers=["other"])),
    "appends-items": (FULL_SESSION, put(cartItems=[item("c")])),
    "ignores-empty-coupons": (FULL_SESSION, put(couponCodes=[])),
    "ignores-the-empty-referral": (FULL_SESSION, put(referralCode="")),
    "ignores-the-empty-cart": (FULL_SESSION, put(cartItems=[])),
    "resets-omitted-fields": (FULL_SESSION, put(identifiers=["other"]), get()),
    "forgets-coupons-on-updates": (FULL_SESSION, put(identifiers=["other"]), get()),
    "forgets-the-referral-on-cart-updates": (FULL_SESSION, put(cartItems=[]), get()),
    "reads-without-coupons": (FULL_SESSION, get()),
    "reads-without-item-attributes": (FULL_SESSION, get()),
    "keeps-item-attributes": (
        FULL_SESSION,
        put(cartItems=[item("b", attributes={"color": "blue"})]),
    ),
    "drops-the-weight": (FULL_SESSION,),
    "drops-the-category": (FULL_SESSION,),
    "drops-item-costs": (FULL_SESSION,),
    "keeps-whole-session-costs": (put(additionalCosts={"shipping": {"price": 4.9}}),),
    "clamps-quantities": (put(cartItems=[item("a", 10_000)]),),
    "renews-the-creation-time": (put(), put()),
    "renews-the-number": (put(), put()),
    "shares-one-number": (put("one"), put("two")),
    "turns-time-back-on-reads": (put(), put(), get()),
    "counts-no-updates": (put(), put()),
    "counts-closing-twice": (put(), put(state="closed")),
    "stores-booleans-as-numbers": (FULL_SESSION,),
}
