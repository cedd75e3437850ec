"""Lists the witnesses of faults of limits."""

from __future__ import annotations

from ..steps import get, item, items, put

WITNESSES = {
    "takes-costs-without-a-price": (put(additionalCosts={"shipping": {}}),),
    "accepts-one-item-too-many": (put(cartItems=items(1001)),),
    "refuses-the-last-item": (put(cartItems=items(1000)),),
    "has-no-item-limit": (put(cartItems=items(1500)),),
    "limits-items-on-creation-only": (put(), put(cartItems=items(1001))),
    "counts-distinct-skus": (put(cartItems=[item("a")] * 1001),),
    "refuses-the-last-unit": (put(cartItems=[item("a", 10_000)]),),
    "accepts-one-unit-too-many": (put(cartItems=[item("a", 10_001)]),),
    "limits-units-on-creation-only": (put(), put(cartItems=[item("a", 10_001)])),
    "counts-units-without-flattening": (put(cartItems=[item("a", 10_001)]),),
    "checks-units-line-by-line": (put(cartItems=[item("a", 6_000), item("b", 6_000)]),),
    "counts-lines-as-units": (put(cartItems=[item("a", 10_001)]),),
    "accepts-quantity-zero": (put(cartItems=[item("a", 0)]),),
    "truncates-fractional-quantities": (put(cartItems=[item("a", 1.5)]),),
    "reads-quantities-from-strings": (put(cartItems=[item("a", "2")]),),
    "accepts-empty-skus": (put(cartItems=[item("")]),),
    "prices-are-optional": (put(cartItems=[{"name": "a", "sku": "a", "quantity": 1}]),),
    "accepts-long-referral-codes": (put(referralCode="r" * 101),),
    "refuses-the-longest-referral-code": (put(referralCode="r" * 100),),
    "counts-bytes-for-characters": (put(referralCode="é" * 100), get()),
    "accepts-long-coupon-codes": (put(couponCodes=["c" * 101]),),
    "refuses-the-longest-coupon-code": (put(couponCodes=["c" * 100]),),
    "accepts-a-sixth-identifier": (put(identifiers=list("abcdef")),),
    "refuses-the-fifth-identifier": (put(identifiers=list("abcde")),),
    "accepts-a-second-card": (put(loyaltyCards=["one", "two"]),),
    "accepts-empty-stores": (put(storeIntegrationId=""),),
    "accepts-long-stores": (put(storeIntegrationId="s" * 1001),),
    "creates-unknown-costs": (put(additionalCosts={"nobody made it": {"price": 1}}),),
    "takes-undeclared-attributes": (put(attributes={"undeclared": 1}),),
    "takes-attributes-of-any-type": (put(attributes={"giftWrapped": "yes"}),),
    "reads-numbers-as-texts": (put(profileId=5),),
    "reads-one-text-as-a-list": (put(identifiers="one"),),
    "ignores-carts-that-are-no-lists": (put(cartItems={}),),
    "ignores-maps-that-are-none": (put(attributes=[]),),
}
