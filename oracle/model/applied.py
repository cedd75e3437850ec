"""What a closed session applied: the codes it redeemed, its discounts and points.

Built from the effects of the answer that closed it, reduced by those of returns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

import msgspec

from ..effects import DISCOUNTS, NO_EFFECTS, Effect, EffectKind, Effects
from .codes import folded, trimmed
from .knowledge import UNKNOWN, UnknownType

_APPLYING = (
    EffectKind.ACCEPT_COUPON,
    EffectKind.ACCEPT_REFERRAL,
    EffectKind.ADD_POINTS,
    *DISCOUNTS,
)


class AppliedDiscount(msgspec.Struct, frozen=True, kw_only=True):
    """One discount of a closed session."""

    campaign_id: int
    name: str
    value: int | float
    position: int | None = None
    """Index of the item in the cart; None: a discount of the session or of a cost."""
    sub_position: int | None = None
    """Index of the unit in the item; None: of no single unit."""


class AppliedPoints(msgspec.Struct, frozen=True, kw_only=True):
    """Loyalty points that a closed session added."""

    campaign_id: int
    name: str
    value: int | float
    transaction: str
    """The ``transactionUUID``, which differs from one execution to the next."""


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What the answer to a close applied, without what was rolled back since."""

    coupons: frozenset[str] = frozenset()
    """The redeemed codes, as the session holds them."""
    referral: str = ""
    """The redeemed referral code, as the session holds it; empty: none."""
    discounts: tuple[AppliedDiscount, ...] = ()
    points: tuple[AppliedPoints, ...] = ()
    reduced: bool = False
    """Whether a return has rolled back something."""
    points_returned: tuple[int | float, ...] = ()
    """The points that returns have rolled back, one number for each effect."""
    is_sure: bool = True
    """Whether `discounts` and `points` are surely all: no return evaluated the campaigns anew, or
    rolled back what is not among them."""


NOTHING_APPLIED = Applied()


def applied_by(
    effects: Effects,
    coupon_codes: object,
    referral_code: object,
    *,
    earlier: Effects | None = NO_EFFECTS,
) -> Applied | UnknownType:
    """What a session applies by the close that was answered with ``effects``.

    A redemption is a close whose answer accepts the code by an effect. A code that is used up is
    rejected by one, and the session closes all the same.

    Args:
        effects: of the answer.
        coupon_codes: what the session holds, as `SessionModel.fields` has it.
        referral_code: likewise.
        earlier: of the last answer to the session while it was open; None: not known.

    Returns:
        `UNKNOWN` where effects are missing or malformed, where the session may not hold the codes
        that they accept, or where an answer without any may mean that all is as before.
    """
    if not effects.is_whole:
        return UNKNOWN
    if not effects.known:
        is_nothing = earlier is not None and next(earlier.of(*_APPLYING), None) is None
        return NOTHING_APPLIED if is_nothing else UNKNOWN
    coupons = {effect.code for effect in effects.of(EffectKind.ACCEPT_COUPON)}
    referrals = {effect.code for effect in effects.of(EffectKind.ACCEPT_REFERRAL)}
    if (coupons and coupon_codes is UNKNOWN) or (referrals and referral_code is UNKNOWN):
        return UNKNOWN
    held = coupon_codes if isinstance(coupon_codes, list) else []
    texts = [code for code in held if isinstance(code, str)]
    referral = referral_code if isinstance(referral_code, str) else ""
    redeemed = [held_code(code, texts) for code in coupons]
    referred = [held_code(code, [referral]) for code in referrals]
    if None in redeemed or None in referred:
        return UNKNOWN  # EFF-04: what it accepts is not what the session holds
    return Applied(
        coupons=frozenset(code for code in redeemed if code is not None),
        referral=referral if referred else "",
        discounts=tuple(map(_discount, effects.of(*DISCOUNTS))),
        points=tuple(map(_points, effects.of(EffectKind.ADD_POINTS))),
    )


def reduced_by(
    applied: Applied | UnknownType | None, effects: Effects
) -> Applied | UnknownType | None:
    """What is left of ``applied`` after a return that was answered with ``effects``."""
    if applied is UNKNOWN or applied is None or (effects.is_whole and not effects.known):
        return applied
    if not effects.is_whole:
        return UNKNOWN
    gone = {effect.code for effect in effects.of(EffectKind.ROLLBACK_COUPON)}
    given_back = {held_code(code, applied.coupons) for code in gone}
    referrals = [effect.code for effect in effects.of(EffectKind.ROLLBACK_REFERRAL)]
    referral_is_gone = any(held_code(code, [applied.referral]) for code in referrals)
    discounts, strange = _without(applied.discounts, effects.of(EffectKind.ROLLBACK_DISCOUNT))
    anew = any(effects.of(EffectKind.ADD_POINTS, *DISCOUNTS))
    return msgspec.structs.replace(
        applied,
        coupons=applied.coupons - given_back,
        referral="" if referral_is_gone else applied.referral,
        discounts=discounts,
        reduced=True,
        points_returned=(
            *applied.points_returned,
            *(effect.value for effect in effects.of(EffectKind.ROLLBACK_ADDED_POINTS)),
        ),
        is_sure=applied.is_sure and not (strange or anew),
    )


def held_code(code: str, held: Collection[str]) -> str | None:
    """The code of ``held`` that an effect means by ``code``; None: none of them.

    An effect may name a code as it was sent or as the application keeps it. The code that is the
    same text comes first, then one without outer blanks, then one in another case.
    """
    if code and code in held:
        return code
    known = [one for one in held if one]
    for form in (trimmed, folded):
        wanted = form(code)
        found = next((one for one in known if form(one) == wanted), None)
        if found is not None:
            return found
    return None


def _without(
    discounts: Iterable[AppliedDiscount], rolled_back: Iterable[Effect]
) -> tuple[tuple[AppliedDiscount, ...], bool]:
    """``discounts`` without one for each that was rolled back, by name, value and place.

    Returns:
        What is left, and whether something was rolled back that is not among them.
    """
    gone = Counter(
        (effect.name, effect.value, effect.position, effect.sub_position) for effect in rolled_back
    )
    left = []
    for one in discounts:
        key = (one.name, one.value, one.position, one.sub_position)
        if gone[key] > 0:
            gone[key] -= 1
        else:
            left.append(one)
    return tuple(left), gone.total() > 0


def _discount(effect: Effect) -> AppliedDiscount:
    return AppliedDiscount(
        campaign_id=effect.campaign_id,
        name=effect.name,
        value=effect.value,
        position=effect.position,
        sub_position=effect.sub_position,
    )


def _points(effect: Effect) -> AppliedPoints:
    return AppliedPoints(
        campaign_id=effect.campaign_id,
        name=effect.name,
        value=effect.value,
        transaction=effect.transaction,
    )
