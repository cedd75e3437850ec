"""Names. Pairs of IDs that a careless server takes for one another."""

from __future__ import annotations

from ..steps import Step, get, item, put


def twins(one: str, other: str) -> tuple[Step, ...]:
    """Two sessions that must stay two."""
    return (put(one, identifiers=["one"]), put(other, identifiers=["other"]), get(one), get(other))


WITNESSES = {
    "folds-the-case-of-ids": twins("Basket", "basket"),
    "decodes-ids-twice": twins("100%25", "100%"),
    "composes-ids": twins("caf\u00e9", "cafe\u0301"),
    "folds-compatible-characters": twins("\uff41", "a"),
    "cuts-ids-at-64": twins("x" * 64 + "1", "x" * 64 + "2"),
    "cuts-ids-at-255": twins("x" * 255 + "1", "x" * 255 + "2"),
    "trims-ids": twins(" padded ", "padded"),
    "ignores-blanks-at-the-end": twins("padded ", "padded"),
    "cuts-ids-at-a-slash": twins("shop/1", "shop/2"),
    "cuts-ids-at-nul": twins("nul\x001", "nul\x002"),
    "loses-astral-characters": twins("\U0001f6d2", "\U0001f6cd"),
    "drops-a-dot-at-the-end": twins("dot.", "dot"),
    "reads-plus-as-blank": twins("a+b", "a b"),
    "shows-ids-in-lower-case": (put("Basket"), get("Basket")),
    "shows-ids-composed": (put("cafe\u0301"),),
    "sorts-identifiers": (put(identifiers=["b", "a"]),),
    "lowers-identifiers": (put(identifiers=["Device-A"]),),
    "raises-coupon-codes": (put(couponCodes=["summer"]),),
    "trims-coupon-codes": (put(couponCodes=[" summer "]),),
    "lowers-profiles": (put(profileId="Ann"),),
    "trims-skus": (put(cartItems=[item(" a ")]),),
    "cuts-cards": (put(loyaltyCards=["1234567890" * 3]),),
    "takes-anonymity-for-a-profile": (put("one"), put("two")),
    "ignores-the-empty-profile": (put(profileId="ann"), put(profileId=""), get()),
}
