"""What the effects of an answer decide about codes, as far as counting needs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from ..model.codes import folded
from ..model.knowledge import is_number
from .declared_limits import MICRO, Kind

_ACCEPT = {"acceptCoupon": Kind.COUPON, "acceptReferral": Kind.REFERRAL}
_REJECT = {"rejectCoupon": Kind.COUPON, "rejectReferral": Kind.REFERRAL}
_DISCOUNTS = frozenset(("setDiscount", "setDiscountPerItem"))
_CENT = MICRO // 100


class Decisions(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer decides, by kind and folded code."""

    accepted: Mapping[tuple[Kind, str], str] = {}
    """To the code as the effect names it."""
    rejected: frozenset[tuple[Kind, str]] = frozenset()
    discounts: Mapping[tuple[Kind, str], int] = {}
    """To the discounts of the campaigns that accept the code, at least, in parts of `MICRO`."""

    def texts(self, kind: Kind) -> frozenset[str]:
        """The codes of one kind that are accepted, as the effects name them."""
        return frozenset(text for (of, _), text in self.accepted.items() if of is kind)


NO_DECISIONS = Decisions()


def decisions_of(answer: object) -> Decisions:
    """The decisions of the body of an answer, decoded."""
    accepted: dict[tuple[Kind, str], str] = {}
    campaigns: dict[tuple[Kind, str], set[int]] = {}
    rejected: set[tuple[Kind, str]] = set()
    sums: dict[int, int] = {}
    for effect, kind_of_effect, props in _effects(answer):
        value, campaign = props.get("value"), effect.get("campaignId")
        if isinstance(value, str) and kind_of_effect in _ACCEPT:
            code = (_ACCEPT[kind_of_effect], folded(value))
            accepted[code] = value
            if type(campaign) is int:
                campaigns.setdefault(code, set()).add(campaign)
        elif isinstance(value, str) and kind_of_effect in _REJECT:
            rejected.add((_REJECT[kind_of_effect], folded(value)))
        elif is_number(value) and kind_of_effect in _DISCOUNTS and type(campaign) is int:
            # A cent less, since values may be rounded.
            sums[campaign] = sums.get(campaign, 0) + max(0, int(value * MICRO) - _CENT)
    if not (accepted or rejected):
        return NO_DECISIONS
    return Decisions(
        accepted=accepted,
        # A code may stand in several campaigns.
        rejected=frozenset(rejected - accepted.keys()),
        discounts={
            code: sum(sums.get(campaign, 0) for campaign in of) for code, of in campaigns.items()
        },
    )


def shown_counters(answer: object) -> Iterator[tuple[str, int, int | None]]:
    """The coupons that an answer shows: code, ``usageCounter`` and ``usageLimit`` (None: none)."""
    coupons = answer.get("coupons") if isinstance(answer, dict) else None
    for coupon in coupons if isinstance(coupons, list) else ():
        if not isinstance(coupon, dict):
            continue
        code, used, limit = (coupon.get(k) for k in ("value", "usageCounter", "usageLimit"))
        if isinstance(code, str) and type(used) is int:
            yield code, used, limit if type(limit) is int else None


def _effects(answer: object) -> Iterator[tuple[Mapping[str, Any], str, Mapping[str, Any]]]:
    effects = answer.get("effects") if isinstance(answer, dict) else None
    for effect in effects if isinstance(effects, list) else ():
        if isinstance(effect, dict):
            kind, props = effect.get("effectType"), effect.get("props")
            if isinstance(kind, str) and isinstance(props, dict):
                yield effect, kind, props
