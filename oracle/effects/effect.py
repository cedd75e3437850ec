"""One effect of an answer, and all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

import msgspec


class EffectKind(StrEnum):
    """The kinds of effects that rules speak of, as ``effectType`` spells them."""

    __hash__ = str.__hash__  # kinds are keys, and that of enumerations is written in Python

    ACCEPT_COUPON = "acceptCoupon"
    REJECT_COUPON = "rejectCoupon"
    ROLLBACK_COUPON = "rollbackCoupon"
    ACCEPT_REFERRAL = "acceptReferral"
    REJECT_REFERRAL = "rejectReferral"
    ROLLBACK_REFERRAL = "rollbackReferral"
    SET_DISCOUNT = "setDiscount"
    SET_DISCOUNT_PER_ITEM = "setDiscountPerItem"
    SET_DISCOUNT_PER_COST = "setDiscountPerAdditionalCost"
    ROLLBACK_DISCOUNT = "rollbackDiscount"
    ADD_POINTS = "addLoyaltyPoints"
    ROLLBACK_ADDED_POINTS = "rollbackAddedLoyaltyPoints"


DISCOUNTS = (
    EffectKind.SET_DISCOUNT,
    EffectKind.SET_DISCOUNT_PER_ITEM,
    EffectKind.SET_DISCOUNT_PER_COST,
)
"""The kinds that give a discount."""


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """One effect of a known kind, with what rules look at."""

    kind: EffectKind
    index: int
    """In the ``effects`` of the answer."""
    campaign_id: int
    code: str = ""
    """Of coupons and referrals: the ``value``."""
    name: str = ""
    value: int | float = 0
    """Of discounts and points: how much, in the currency of the application or in points."""
    position: int | None = None
    """Of discounts of an item: its index in the cart; None: of no item."""
    sub_position: int | None = None
    """Of discounts of a unit: its index in the item; None: of no single unit."""
    reason: str = ""
    """Of rejections."""
    transaction: str = ""
    """Of points: the ``transactionUUID``."""


class EffectProblem(msgspec.Struct, frozen=True, kw_only=True):
    """What an effect lacks, or has of another type than it must."""

    rule: str
    """EFF-01: a member of every effect; EFF-02: a property of its kind."""
    kind: EffectKind | None
    """None: of a kind that no rule speaks of, or none that is known."""
    index: int
    member: str
    """``campaignId``, or ``props.value`` for a property."""
    types: tuple[str, ...]
    """The JSON types that it may have; ``number`` for integers as well."""
    expected: str
    """In words: ``a whole number``."""
    found: str
    """In words, of which type it is: ``missing``, ``null`` or a JSON type."""
    is_missing: bool = False


class Effects(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer lists as effects."""

    listed: bool = True
    """Whether the answer has a list of effects at all."""
    known: tuple[Effect, ...] = ()
    """The effects of known kinds that have what they must, in the order of the answer."""
    by_kind: Mapping[EffectKind, Sequence[Effect]] = {}
    """The same, for those who look at one kind."""
    problems: tuple[EffectProblem, ...] = ()
    kinds: frozenset[EffectKind] = frozenset()
    """Those of the known effects."""
    is_whole: bool = True
    """Whether all effects of known kinds are in `known`: none was left alone for a problem, or for
    a number that is too large to be reckoned with."""
    text: bytes = b""
    """The list as JSON, of which this is the only value; empty: the list is not kept."""

    def __hash__(self) -> int:
        return hash(self.text)  # bytes work theirs out once

    def of(self, *kinds: EffectKind) -> Iterator[Effect]:
        """The known effects of these kinds, in the order of the answer."""
        by_kind = self.by_kind
        if len(kinds) == 1:
            return iter(by_kind.get(kinds[0], ()))
        present = [by_kind[kind] for kind in kinds if kind in by_kind]
        if len(present) > 1:
            return (effect for effect in self.known if effect.kind in kinds)
        return iter(present[0] if present else ())

    def has(self, *kinds: EffectKind) -> bool:
        """Whether there is a known effect of one of these kinds."""
        return not self.kinds.isdisjoint(kinds)


NO_EFFECTS = Effects()
"""An answer with an empty list."""
