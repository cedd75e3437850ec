"""Lists the witnesses of faults of the counters of coupons."""

from __future__ import annotations

from ..steps import item, put, reopen, return_items, return_line
from .codes import SALE, cancel, closed, shown

_OPEN = put(couponCodes=[SALE])
_SHOWN = shown("t", SALE)

WITNESSES = {
    "cancels-without-giving-back": (closed("s", SALE), cancel("s"), _SHOWN),
    "reopens-without-giving-back": (closed("s", SALE), reopen(), _SHOWN),
    "keeps-what-is-partly-returned": (
        closed("s", SALE),
        return_items(return_line(0)),
        cancel("s"),
        _SHOWN,
    ),
    "gives-back-what-is-open": (_OPEN, cancel("s"), _SHOWN),
    "gives-back-on-dry-cancels": (closed("s", SALE), cancel("s", dry=True), _SHOWN),
    "redeems-nothing-after-a-reopen": (
        closed("s", SALE),
        reopen(),
        put(state="closed"),
        _SHOWN,
    ),
    "redeems-on-dry-closes": (put(state="closed", couponCodes=[SALE], dry=True), _SHOWN),
    "redeems-on-open-updates": (_SHOWN,),
    "redeems-on-refused-closes": (
        _OPEN,
        put(state="closed", cartItems=[item("a", -1)]),
        _SHOWN,
    ),
    "redeems-again-though-closed": (closed("s", SALE), put(state="closed")),
    "counts-doubled-codes-twice": (closed("s", SALE, SALE),),
    "redeems-on-returns": (closed("s", SALE), return_items(return_line(0)), _SHOWN),
    "shows-one-redemption-more": (closed("s", SALE), _SHOWN),
    "shows-unused-coupons": (closed("s", SALE), _SHOWN),
    "shows-the-highest-usage": (closed("s", SALE), _SHOWN, cancel("s"), _SHOWN),
    "counts-answers-as-uses": (_SHOWN, _SHOWN),
}
