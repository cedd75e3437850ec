"""Data."""

from __future__ import annotations

from ..steps import get, item, put

FULL = put(
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
    "sorts-items-by-sku": (FULL,),
    "merges-equal-skus": (put(cartItems=[item("a"), item("a")]),),
    "rounds-prices-to-cents": (put(cartItems=[item(price=0.125)]),),
    "keeps-prices-in-float-32": (put(cartItems=[item(price=0.1)]),),
    "appends-to-lists": (FULL, put(identifiers=["other"])),
    "appends-items": (FULL, put(cartItems=[item("c")])),
    "ignores-empty-coupons": (FULL, put(couponCodes=[])),
    "ignores-the-empty-referral": (FULL, put(referralCode="")),
    "ignores-the-empty-cart": (FULL, put(cartItems=[])),
    "resets-omitted-fields": (FULL, put(identifiers=["other"]), get()),
    "forgets-coupons-on-updates": (FULL, put(identifiers=["other"]), get()),
    "forgets-the-referral-on-cart-updates": (FULL, put(cartItems=[]), get()),
    "reads-without-coupons": (FULL, get()),
    "reads-without-item-attributes": (FULL, get()),
    "keeps-item-attributes": (FULL, put(cartItems=[item("b", attributes={"color": "blue"})])),
    "drops-the-weight": (FULL,),
    "drops-the-category": (FULL,),
    "drops-item-costs": (FULL,),
    "keeps-whole-session-costs": (put(additionalCosts={"shipping": {"price": 4.9}}),),
    "clamps-quantities": (put(cartItems=[item("a", 10_000)]),),
    "renews-the-creation-time": (put(), put()),
    "renews-the-number": (put(), put()),
    "shares-one-number": (put("one"), put("two")),
    "turns-time-back-on-reads": (put(), put(), get()),
    "counts-no-updates": (put(), put()),
    "counts-closing-twice": (put(), put(state="closed")),
    "stores-booleans-as-numbers": (FULL,),
}
