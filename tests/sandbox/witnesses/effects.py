"""Lists the witnesses of faults of effects."""

from __future__ import annotations

from ..steps import get, put, reopen
from .codes import CART, SALE, TEA, cancel, closed, shown

_OPEN = put(couponCodes=[SALE], cartItems=CART)

WITNESSES = {
    "leaves-out-the-rule-name": (_OPEN,),
    "writes-campaign-ids-as-texts": (_OPEN,),
    "writes-one-effect-without-its-list": (put(couponCodes=["nobody"]),),
    "reads-without-effects": (put(), get()),
    "reopens-without-effects": (closed("s"), reopen()),
    "rejects-without-a-reason": (put(couponCodes=["nobody"]),),
    "names-no-discount": (_OPEN,),
    "forgets-the-position-of-a-discount": (put(couponCodes=[TEA], cartItems=CART),),
    "rolls-back-without-the-code": (closed("s", SALE), cancel("s")),
    "rejects-what-it-accepts": (put(couponCodes=["nobody", SALE]),),
    "keeps-the-effects-of-the-last-request": (_OPEN, put("other")),
    "keeps-codes-that-were-removed": (_OPEN, put(couponCodes=[])),
    "cuts-codes-in-effects": (_OPEN,),
    "accepts-unknown-coupons": (put(couponCodes=["nobody"]),),
    "ignores-unknown-coupons": (put(couponCodes=["nobody"]),),
    "counts-positions-from-one": (put(couponCodes=[TEA], cartItems=CART),),
    "discounts-a-unit-too-many": (put(couponCodes=[TEA], cartItems=CART),),
    "reads-show-cancelled-effects": (closed("s", SALE), cancel("s"), get()),
    "reads-show-the-effects-of-the-last-closing": (closed("s", SALE), reopen(), get()),
    "adds-effects-to-earlier-ones": (_OPEN, _OPEN),
    "takes-a-second-update-for-a-second-use": (_OPEN, _OPEN),
    "shows-the-eligibility-always": (put(),),
    "shows-the-eligibility-with-the-coupons": (shown("s", SALE),),
}
