"""Lists the witnesses of faults of identity: session IDs that a server may confuse."""

from __future__ import annotations

from ..steps import Step, get, item, put


def confusable_pair(one: str, other: str) -> tuple[Step, ...]:
    """Creates two sessions and reads both: each must show its own identifiers."""
    return (put(one, identifiers=["one"]), put(other, identifiers=["other"]), get(one), get(other))


WITNESSES = {
    "folds-the-case-of-ids": confusable_pair("Basket", "basket"),
    "decodes-ids-twice": confusable_pair("100%25", "100%"),
    "composes-ids": confusable_pair("caf\u00e9", "cafe\u0301"),
    "folds-compatible-characters": confusable_pair("\uff41", "a"),
    "cuts-ids-at-64": confusable_pair("x" * 64 + "1", "x" * 64 + "2"),
    "cuts-ids-at-255": confusable_pair("x" * 255 + "1", "x" * 255 + "2"),
    "trims-ids": confusable_pair(" padded ", "padded"),
    "ignores-blanks-at-the-end": confusable_pair("padded ", "padded"),
    "cuts-ids-at-a-slash": confusable_pair("shop/1", "shop/2"),
    "cuts-ids-at-nul": confusable_pair("nul\x001", "nul\x002"),
    "loses-astral-characters": confusable_pair("\U0001f6d2", "\U0001f6cd"),
    "drops-a-dot-at-the-end": confusable_pair("dot.", "dot"),
    "reads-plus-as-blank": confusable_pair("a+b", "a b"),
    "shows-ids-in-lower-case": (put("Basket"), get("Basket")),
    "shows-ids-composed": (put("cafe\u0301"),),
    "sorts-identifiers": (put(identifiers=["b", "a"]),),
    "lowers-identifiers": (put(identifiers=["Device-A"]),),
    "raises-coupon-codes": (put(couponCodes=["summer"]),),
    "removes-blanks-from-coupon-codes": (put(couponCodes=["high summer"]),),
    "lowers-profiles": (put(profileId="Ann"),),
    "trims-skus": (put(cartItems=[item(" a ")]),),
    "cuts-cards": (put(loyaltyCards=["1234567890" * 3]),),
    "takes-anonymity-for-a-profile": (put("one"), put("two")),
    "ignores-the-empty-profile": (put(profileId="ann"), put(profileId=""), get()),
}
