"""Lists the witnesses of faults that only many sessions together show."""

from __future__ import annotations

from ..steps import get, put

CREATIONS = tuple(put(f"s{number}") for number in range(201))
COUPON_UPDATES = [
    put(f"c{number}", couponCodes=["SPRING"], profileId=f"p{number}") for number in range(8)
]
CLOSINGS = [put(f"c{number}", state="closed") for number in range(8)]

WITNESSES = {
    "reuses-ids": CREATIONS,
    "cancels-stale-sessions": (*CREATIONS[:31], get("s0")),
    "touches-old-sessions": (get("s0"), *CREATIONS[:31], get("s0")),
    "counts-coupons-by-profile": (*COUPON_UPDATES, *CLOSINGS),
    "checks-coupons-when-entered": (*COUPON_UPDATES, *CLOSINGS),
    "gives-back-twice": (
        *COUPON_UPDATES,
        *CLOSINGS[:5],
        put("c0", state="cancelled"),
        *CLOSINGS[5:7],
    ),
}
