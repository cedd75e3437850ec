"""Lists the witnesses of faults of discounts."""

from __future__ import annotations

from ..steps import item, put
from .codes import CART, COSTS, SALE, TEA, closed

_RATE = put(couponCodes=["WELCOME"], cartItems=CART, additionalCosts=COSTS)
_UNITS = put(couponCodes=[TEA], cartItems=CART)

WITNESSES = {
    "discounts-the-items-only": (_RATE,),
    "discounts-the-costs-too": (
        put(couponCodes=["WELCOME"], cartItems=CART, additionalCosts=COSTS),
    ),
    "rounds-discounts-to-whole-units": (_RATE,),
    "cuts-discounts-to-tenths": (_RATE,),
    "discounts-the-cart-before": (_RATE, put(cartItems=CART[:1])),
    "adds-discounts-up": (_RATE, _RATE),
    "gives-negative-discounts": (_RATE,),
    "takes-amounts-for-percents": (put(couponCodes=[SALE], cartItems=CART),),
    "discounts-units-by-the-whole-item": (_UNITS,),
    "discounts-with-the-first-price": (_UNITS,),
    "accepts-without-a-discount": (put(couponCodes=["WELCOME", SALE], cartItems=CART),),
    "keeps-discounts-of-removed-codes": (_RATE, put(couponCodes=[])),
    "discounts-large-carts-anyway": (put(cartItems=[item("a", 1, 101)]),),
    "shares-discounts-by-profile": (
        closed("s", SALE, profileId="p"),
        put("other", profileId="p"),
    ),
}
