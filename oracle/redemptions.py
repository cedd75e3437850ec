"""Which coupon codes a close redeems, as far as the effects of its answer show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .model.codes import folded

_ACCEPT, _REJECT = "acceptCoupon", "rejectCoupon"


def redeemed_by(fields: Mapping[str, Any], answer: object) -> frozenset[str]:
    """The codes that a session redeems by the close that ``answer`` accepts.

    A coupon that is used up is rejected by an effect, and the session closes all the same. A target
    whose answer has no effect for a code is taken to redeem it.

    Args:
        fields: what the session holds.
        answer: the body of the answer, decoded.
    """
    codes = fields.get("couponCodes")
    if not isinstance(codes, list):
        return frozenset()
    rejected = set(_codes_of(_REJECT, answer)) - set(_codes_of(_ACCEPT, answer))
    return frozenset(
        code for code in codes if isinstance(code, str) and folded(code) not in rejected
    )


def _codes_of(kind: str, answer: object) -> Iterator[str]:
    """The codes, folded, for which an answer has an effect of ``kind``."""
    effects = answer.get("effects") if isinstance(answer, dict) else None
    for effect in effects if isinstance(effects, list) else ():
        props = effect.get("props") if isinstance(effect, dict) else None
        value = props.get("value") if isinstance(props, dict) else None
        if isinstance(value, str) and effect.get("effectType") == kind:
            yield folded(value)
