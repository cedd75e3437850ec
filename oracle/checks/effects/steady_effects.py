"""Which effects of the same update once more may differ from those of before (EFF-09).

Others may use a limit up in between, or give a redemption back, and a campaign that is not declared
may have conditions that nobody knows. So the decisions on declared coupons without a limit remain,
the discounts that are declared of them, and that no decision is listed twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from ....contract import Coupon
from ....wire.codes import SMALL_RANGE
from ...effects import DISCOUNTS, Effect, EffectKind, Effects
from ...judged_response import JudgedResponse
from ...model.codes import trimmed
from .context import ACCEPTANCES, COUPONS, REJECTIONS, held_codes

Counted: TypeAlias = Counter[tuple[object, ...]]
_NO_CAMPAIGN = -1
"""The ``campaignId`` where no campaign has the code."""
_REJECTIONS = tuple(REJECTIONS.values())
_DECISIONS = (*ACCEPTANCES.values(), *_REJECTIONS)


def changed_effects(response: JudgedResponse, earlier: Effects) -> tuple[Counted, Counted]:
    """The effects that must not differ from ``earlier`` and do: those too many, those too few."""
    now = response.effects
    added, gone = _counted(now.known), _counted(earlier.known)
    added, gone = added - gone, gone - added
    if not added and not gone:
        return added, gone
    before_by, now_by = _acceptances(response, earlier), _acceptances(response, now)
    own = dict.fromkeys((*before_by, *now_by))
    lost = [e for coupon in own if not now_by.get(coupon) for e in before_by.get(coupon, ())]
    new = [e for coupon in own if not before_by.get(coupon) for e in now_by.get(coupon, ())]
    steady = [e for coupon in own for e in now_by.get(coupon, ())]
    again = _listed_again(now, earlier, steady)
    more, less = _counted(new) + again, _counted(lost)
    if more or less:
        return more, less
    campaigns = _campaigns(response, earlier, before_by) & _campaigns(response, now, now_by)
    return _changed_discounts(campaigns, earlier, now)


def has_steady_effects(response: JudgedResponse, effects: Effects) -> bool:
    """Whether `changed_effects` can find that an effect of ``effects`` differs."""
    return bool(_acceptances(response, effects)) or any(
        effect.campaign_id == _NO_CAMPAIGN for effect in effects.of(*_REJECTIONS)
    )


def _counted(effects: tuple[Effect, ...] | list[Effect]) -> Counted:
    """Without the reasons of rejections (EFF-U1), and the points, which count with the close."""
    points = (EffectKind.ADD_POINTS, EffectKind.ROLLBACK_ADDED_POINTS)
    return Counter(_key(effect) for effect in effects if effect.kind not in points)


def _key(one: Effect) -> tuple[object, ...]:
    return (
        one.kind.value,
        one.campaign_id,
        one.code,
        one.name,
        one.value,
        one.position,
        one.sub_position,
    )


def _acceptances(response: JudgedResponse, effects: Effects) -> Mapping[Coupon, list[Effect]]:
    """The acceptances of declared coupons whose fate no one else changes."""
    found: dict[Coupon, list[Effect]] = {}
    for effect in effects.of(ACCEPTANCES[COUPONS]):
        coupon = _steady_coupon(response, effect)
        if coupon is not None:
            found.setdefault(coupon, []).append(effect)
    return found


def _steady_coupon(response: JudgedResponse, effect: Effect) -> Coupon | None:
    coupon = response.environment.coupon(trimmed(effect.code))
    if coupon is None or coupon.campaign_id not in (None, effect.campaign_id):
        return None
    return coupon if coupon in response.once(_steady_coupons) else None


def _steady_coupons(response: JudgedResponse) -> frozenset[Coupon]:
    declared = response.environment.declared_coupons
    return frozenset(coupon for coupon in declared if _is_steady(response, coupon))


def _is_steady(response: JudgedResponse, coupon: Coupon) -> bool:
    """Whether a coupon has no limit that somebody else may use up or give back."""
    environment = response.environment
    if any(budget.campaign == coupon.campaign for budget in environment.budgets):
        return False
    if not coupon.limit and not coupon.per_profile:
        return True
    if not environment.sole_user or coupon.size < SMALL_RANGE:
        return False
    # The codes of a large pattern are the execution's own, but for those that it writes out.
    held = held_codes(response, COUPONS)
    if held is None:
        return False
    codes = map(trimmed, held)
    return all(code in coupon.spellings() for code in codes if coupon.matches(code))


def _listed_again(now: Effects, earlier: Effects, steady: list[Effect]) -> Counted:
    """The decisions that are listed more often than before, where no campaign can have two."""
    before, after = _counted([*earlier.of(*_DECISIONS)]), _counted([*now.of(*_DECISIONS)])
    of_no_campaign = (e for e in now.of(*_REJECTIONS) if e.campaign_id == _NO_CAMPAIGN)
    keys = {_key(effect) for effect in (*steady, *of_no_campaign)}
    return Counter({key: after[key] - before[key] for key in keys if after[key] > before[key] > 0})


def _campaigns(
    response: JudgedResponse, effects: Effects, accepted: Mapping[Coupon, list[Effect]]
) -> set[tuple[int, EffectKind]]:
    """The campaigns that accept such coupons alone, each with the kind of its declared discount."""
    others = {
        effect.campaign_id
        for effect in effects.of(*_DECISIONS)
        if _steady_coupon(response, effect) is None
    }
    of_coupons = {
        coupon: {effect.campaign_id for effect in listed} for coupon, listed in accepted.items()
    }
    return {
        (campaign, kind)
        for coupon, campaigns in of_coupons.items()
        if len(campaigns) == 1
        for campaign in campaigns - others
        for kind in _kind_of_discount(coupon)
    }


def _kind_of_discount(coupon: Coupon) -> Iterator[EffectKind]:
    if coupon.item_discount is not None:
        yield EffectKind.SET_DISCOUNT_PER_ITEM
    elif coupon.discount is not None or coupon.amount is not None:
        yield EffectKind.SET_DISCOUNT


def _changed_discounts(
    campaigns: set[tuple[int, EffectKind]], earlier: Effects, now: Effects
) -> tuple[Counted, Counted]:
    """The discounts of ``campaigns`` that differ.

    None where those of others differ as well: they may use the total up, or leave it to these.
    """
    parts: list[tuple[Counted, Counted]] = []
    for effects in (earlier, now):
        listed = list(effects.of(*DISCOUNTS))
        own = [effect for effect in listed if (effect.campaign_id, effect.kind) in campaigns]
        parts.append((_counted(own), _counted(listed) - _counted(own)))
    (before, before_others), (after, after_others) = parts
    if before_others != after_others:
        return Counter(), Counter()
    return after - before, before - after
