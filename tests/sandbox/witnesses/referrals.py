"""Lists the witnesses of faults of referrals."""

from __future__ import annotations

from ..steps import put, reopen
from .codes import FRIEND, SALE, cancel, referred

_TWO = (referred("a", profileId="p"), referred("b", profileId="q"))

WITNESSES = {
    "redeems-referrals-without-end": _TWO,
    "counts-referrals-by-profile": _TWO,
    "accepts-one-referral-too-many": _TWO,
    "ignores-used-up-referrals": _TWO,
    "evaluates-referrals-of-open-sessions-only": _TWO[:1],
    "cancels-without-giving-referrals-back": (_TWO[0], cancel("a"), _TWO[1]),
    "cancels-without-rolling-referrals-back": (_TWO[0], cancel("a")),
    "rolls-referrals-back-as-coupons": (_TWO[0], cancel("a")),
    "reopens-without-rolling-referrals-back": (_TWO[0], reopen("a")),
    "rolls-referrals-back-twice": (_TWO[0], cancel("a")),
    "accepts-unknown-referrals": (put(referralCode="nobody"),),
    "takes-coupons-for-referrals": (put(referralCode=SALE, couponCodes=[FRIEND]),),
}
