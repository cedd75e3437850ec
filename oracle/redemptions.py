"""Which coupon codes a close redeems, as far as the effects of its answer show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .model.codes import folded

_ACCEPT = "acceptCoupon"


def redeemed_by(fields: Mapping[str, Any], answer: object) -> frozenset[str]:
    """The codes that a session redeems by the close that ``answer`` accepts.

    A redemption is a close whose answer accepts the code by an effect. A coupon that is used up is
    rejected by one, and the session closes all the same.

    Args:
        fields: what the session holds.
        answer: the body of the answer, decoded.
    """
    codes = fields.get("couponCodes")
    if not isinstance(codes, list):
        return frozenset()
    accepted = set(_accepted_codes(answer))
    return frozenset(code for code in codes if isinstance(code, str) and folded(code) in accepted)


def _accepted_codes(answer: object) -> Iterator[str]:
    """The codes, folded, that an answer accepts."""
    effects = answer.get("effects") if isinstance(answer, dict) else None
    for effect in effects if isinstance(effects, list) else ():
        props = effect.get("props") if isinstance(effect, dict) else None
        value = props.get("value") if isinstance(props, dict) else None
        if isinstance(value, str) and effect.get("effectType") == _ACCEPT:
            yield folded(value)
