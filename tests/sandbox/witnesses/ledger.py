"""What takes many sessions to show."""

from __future__ import annotations

from ..steps import get, put

MANY = tuple(put(f"s{number}") for number in range(201))
COUPON = [put(f"c{number}", couponCodes=["WELCOME"], profileId=f"p{number}") for number in range(8)]
CLOSED = [put(f"c{number}", state="closed") for number in range(8)]

WITNESSES = {
    "reuses-ids": MANY,
    "cancels-stale-sessions": (*MANY[:31], get("s0")),
    "touches-old-sessions": (get("s0"), *MANY[:31], get("s0")),
    "counts-coupons-by-profile": (*COUPON, *CLOSED),
    "checks-coupons-when-entered": (*COUPON, *CLOSED),
    "gives-back-twice": (
        *COUPON,
        *CLOSED[:5],
        put("c0", state="cancelled"),
        *CLOSED[5:7],
    ),
}
