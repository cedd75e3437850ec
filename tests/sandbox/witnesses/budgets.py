"""Lists the witnesses of faults of budgets."""

from __future__ import annotations

from ..steps import Step, put, reopen
from .codes import TEA, cancel, closed


def _of_profile(session: str, code: str = TEA) -> Step:
    return closed(session, code, profileId="p")


def _of_identifier(session: str, profile: str = "", code: str = TEA) -> Step:
    return closed(session, code, profileId=profile, identifiers=["i"])


_CAMPAIGN = tuple(
    closed(f"s{number}", f"SALE-{number}", profileId=f"p{number}") for number in (1, 2)
)
_TWO = (_of_profile("a"), _of_profile("b"))
_THREE = tuple(_of_identifier(name) for name in "abc")

WITNESSES = {
    "ignores-the-limit-of-profiles": _TWO,
    "counts-the-limit-of-profiles-by-session": _TWO,
    "lets-profiles-redeem-once-more": _TWO,
    "forgets-the-limit-of-profiles-on-updates": (
        _TWO[0],
        put("b", profileId="p", couponCodes=[TEA]),
        put("b", state="closed"),
    ),
    "counts-the-limit-of-one-profile-for-all": (_TWO[0], closed("b", TEA, profileId="q")),
    "ignores-the-budget-of-profiles": (_of_profile("a", "SALE-1"), _of_profile("b", "SALE-1")),
    "ignores-the-budget-of-identifiers": _THREE,
    "binds-identifiers-to-profiles": tuple(_of_identifier(name, name) for name in "abc"),
    "lets-identifiers-redeem-once-more": _THREE,
    "counts-identifiers-by-code": (*_THREE[:2], _of_identifier("c", code="TEA-2")),
    "ignores-the-budget-of-a-campaign": _CAMPAIGN,
    "counts-the-budget-of-a-campaign-by-profile": _CAMPAIGN,
    "counts-discounts-as-redemptions": _CAMPAIGN,
    "allows-the-last-discount-whole": _CAMPAIGN,
    "cancels-without-giving-budgets-back": (_TWO[0], cancel("a"), _TWO[1]),
    "reopens-without-giving-budgets-back": (_TWO[0], reopen("a"), _TWO[1]),
    "gives-one-budget-back-only": (
        _of_identifier("a"),
        cancel("a"),
        _of_identifier("b"),
        _of_identifier("c"),
    ),
}
