"""What the effects of an answer decide about codes, as far as counting needs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from ..effects import EffectKind, Effects
from ..model.codes import folded
from .declared_limits import MICRO, HeldCode, Kind

_ACCEPT = {
    EffectKind.ACCEPT_COUPON: Kind.COUPON,
    EffectKind.ACCEPT_REFERRAL: Kind.REFERRAL,
}
_REJECT = {
    EffectKind.REJECT_COUPON: Kind.COUPON,
    EffectKind.REJECT_REFERRAL: Kind.REFERRAL,
}
_DISCOUNTS = frozenset(
    (
        EffectKind.SET_DISCOUNT,
        EffectKind.SET_DISCOUNT_PER_ITEM,
        EffectKind.SET_DISCOUNT_PER_COST,
    )
)
_CENT = MICRO // 100
_ENORMOUS = 10**15
"""The greatest limit of a budget: beyond it doubles are whole numbers."""


class Decisions(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer decides, by kind and folded code."""

    listed: bool = False
    """The answer lists its effects, all of them well-formed."""
    accepted: Mapping[tuple[Kind, str], str] = {}
    """To the code as the effect names it."""
    rejected: frozenset[tuple[Kind, str]] = frozenset()
    campaigns: Mapping[tuple[Kind, str], frozenset[int]] = {}
    """To the campaigns that accept the code."""
    discounts: Mapping[int, int] = {}
    """By campaign: its discounts, at least, in parts of `MICRO`."""

    def texts(self, kind: Kind) -> frozenset[str]:
        """The codes of one kind that are accepted, as the effects name them."""
        return frozenset(text for (of, _), text in self.accepted.items() if of is kind)

    def discount(self, code: HeldCode) -> int:
        """What the campaign of ``code`` discounts, at least, in parts of `MICRO`.

        A code may stand in several campaigns, and a budget belongs to one of them.
        """
        if code.campaign_id is not None:
            return self.discounts.get(code.campaign_id, 0)
        of = self.campaigns.get((code.kind, folded(code.code)), ())
        return min((self.discounts.get(campaign, 0) for campaign in of), default=0)


NO_DECISIONS = Decisions()


def decisions_of(effects: Effects) -> Decisions:
    """What the effects of an answer decide."""
    accepted: dict[tuple[Kind, str], str] = {}
    campaigns: dict[tuple[Kind, str], set[int]] = {}
    rejected: set[tuple[Kind, str]] = set()
    sums: dict[int, int] = {}
    for effect in effects.known:
        if effect.kind in _ACCEPT:
            code = (_ACCEPT[effect.kind], folded(effect.code))
            accepted[code] = effect.code
            campaigns.setdefault(code, set()).add(effect.campaign_id)
        elif effect.kind in _REJECT:
            rejected.add((_REJECT[effect.kind], folded(effect.code)))
        elif effect.kind in _DISCOUNTS:
            # A cent less, since values may be rounded.
            least = _in_parts(effect.value) - _CENT
            sums[effect.campaign_id] = sums.get(effect.campaign_id, 0) + least
    return Decisions(
        listed=effects.is_whole,
        accepted=accepted,
        # A code may stand in several campaigns.
        rejected=frozenset(rejected - accepted.keys()),
        campaigns={code: frozenset(of) for code, of in campaigns.items()},
        discounts={campaign: max(0, least) for campaign, least in sums.items()},
    )


def _in_parts(value: int | float) -> int:
    """``value`` in parts of `MICRO`, exactly where doubles have no parts."""
    return int(value) * MICRO if abs(value) >= _ENORMOUS else int(value * MICRO)


def shown_counters(answer: object) -> Iterator[tuple[str, int, int | None]]:
    """The coupons that an answer shows: code, ``usageCounter`` and ``usageLimit`` (None: none)."""
    coupons = answer.get("coupons") if isinstance(answer, dict) else None
    for coupon in coupons if isinstance(coupons, list) else ():
        if not isinstance(coupon, dict):
            continue
        code, used, limit = (coupon.get(k) for k in ("value", "usageCounter", "usageLimit"))
        if isinstance(code, str) and type(used) is int:
            yield code, used, limit if type(limit) is int else None
