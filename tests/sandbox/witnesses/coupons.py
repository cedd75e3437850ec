"""Lists the witnesses of faults of coupons."""

from __future__ import annotations

from ..steps import put, reopen
from .codes import SALE, TEA, cancel, closed, shown

_USED_UP = (closed("a", SALE), closed("b", SALE))

WITNESSES = {
    "rejects-coupons-one-too-early": _USED_UP,
    "rejects-coupons-of-small-carts": (put(couponCodes=[SALE]),),
    "accepts-one-redemption-too-many": (*_USED_UP, closed("c", SALE)),
    "counts-coupons-by-session": (*_USED_UP, closed("c", SALE)),
    "forgets-limits-on-creation": (*_USED_UP, closed("c", SALE)),
    "checks-the-first-coupon-only": (*_USED_UP, closed("c", "WELCOME", SALE)),
    "stays-open-with-used-up-coupons": (*_USED_UP, closed("c", SALE)),
    "cancels-without-rolling-coupons-back": (closed("s", SALE), cancel("s")),
    "rolls-one-coupon-back-only": (closed("s", SALE, TEA), cancel("s")),
    "rolls-each-coupon-back-twice": (closed("s", SALE), cancel("s")),
    "rolls-rejected-coupons-back": (*_USED_UP, closed("s", SALE), cancel("s")),
    "rolls-back-open-sessions": (put(couponCodes=[SALE]), cancel("s")),
    "reopens-without-rolling-coupons-back": (closed("s", SALE), reopen()),
    "folds-the-case-of-codes": (put(couponCodes=["sale-1"]),),
    "compares-codes-as-they-are-sent": (put(couponCodes=["sale-1"]),),
    "counts-spellings-apart": (*_USED_UP, closed("c", "Sale-1")),
    "gives-back-on-each-cancel": (closed("s", SALE), cancel("s"), cancel("s")),
    "gives-back-before-it-refuses": (
        closed("s", SALE),
        cancel("s"),
        cancel("s"),
        shown("t", SALE),
    ),
}
