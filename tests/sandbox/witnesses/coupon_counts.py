"""Lists the witnesses of faults of the counters of coupons."""

from __future__ import annotations

from ..steps import item, put, reopen, return_items, return_line
from .codes import SALE, TEA, cancel, closed, shown

_OPEN = put(couponCodes=[SALE])
_AGAIN = (closed("b", SALE), closed("c", SALE), closed("d", SALE))
"""With nothing redeemed before, two are accepted."""

WITNESSES = {
    "cancels-without-giving-back": (closed("s", SALE), cancel("s"), *_AGAIN),
    "reopens-without-giving-back": (closed("s", SALE), reopen(), *_AGAIN),
    "keeps-what-is-partly-returned": (
        closed("s", SALE),
        return_items(return_line(0)),
        cancel("s"),
        *_AGAIN,
    ),
    "gives-back-what-is-open": (_OPEN, cancel("s"), *_AGAIN),
    "gives-back-on-dry-cancels": (closed("s", SALE), cancel("s", dry=True), *_AGAIN),
    "redeems-nothing-after-a-reopen": (
        closed("s", SALE),
        reopen(),
        put(state="closed"),
        *_AGAIN,
    ),
    "redeems-on-dry-closes": (put(state="closed", couponCodes=[SALE], dry=True), *_AGAIN),
    "redeems-on-open-updates": (_OPEN, *_AGAIN),
    "redeems-on-refused-closes": (
        _OPEN,
        put(state="closed", cartItems=[item("a", -1)]),
        *_AGAIN,
    ),
    "redeems-again-though-closed": (closed("s", SALE), put(state="closed")),
    "counts-doubled-codes-twice": (closed("s", SALE, SALE),),
    "redeems-on-returns": (closed("s", SALE), return_items(return_line(0)), *_AGAIN),
    "shows-one-redemption-more": (closed("s", SALE), shown("t", SALE)),
    "shows-unused-coupons": (closed("s", SALE), shown("t", SALE)),
    "shows-the-highest-usage": (
        closed("s", TEA),
        shown("t", TEA),
        cancel("s"),
        shown("t", TEA),
    ),
    "counts-answers-as-uses": (shown("s", SALE), shown("s", SALE)),
}
