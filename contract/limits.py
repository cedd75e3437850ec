"""Defines the documented limits of each contract version, as numbers.

``None`` means that the version documents no limit; the contract is then silent about any size.
"""

from __future__ import annotations

from dataclasses import dataclass

from .versions import ContractVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Sizes in items, units or characters (Unicode code points), all inclusive."""

    cart_items: int
    """Greatest number of cart items in a session (CART-01, CART-02)."""
    quantity_sum: int
    """Greatest number of units over all cart items, where the sum counts (CART-03, CART-04)."""
    quantity_sum_always_counts: bool
    """False: the sum counts only while cart item flattening is on (CART-05)."""
    integration_id: int
    """Longest ``integrationId`` in a response; a longer session ID is IDENT-U1."""
    referral_code: int
    """Longest referral code (IDENT-06)."""
    coupon_code: int | None
    """Longest coupon code (IDENT-05)."""
    identifiers: int | None
    """Greatest number of identifiers in a session (IDENT-03)."""
    loyalty_cards: int | None
    """Greatest number of loyalty cards in a session (IDENT-04)."""
    profile_id: int | None
    """Longest ``integrationId`` of a profile in a response; a longer one is IDENT-U5."""
    store_integration_id: int | None
    """Longest ``storeIntegrationId``; the shortest is 1 (IDENT-10)."""


_LIMITS = {
    ContractVersion.V2_5_1: Limits(
        cart_items=1_000,
        quantity_sum=10_000,
        quantity_sum_always_counts=False,
        integration_id=1_000,
        referral_code=100,
        coupon_code=None,
        identifiers=None,
        loyalty_cards=None,
        profile_id=None,
        store_integration_id=None,
    ),
    ContractVersion.CURRENT: Limits(
        cart_items=1_000,
        quantity_sum=10_000,
        quantity_sum_always_counts=True,
        integration_id=1_000,
        referral_code=100,
        coupon_code=100,
        identifiers=5,
        loyalty_cards=1,
        profile_id=1_000,
        store_integration_id=1_000,
    ),
}


def limits_of(version: ContractVersion) -> Limits:
    """The limits that ``version`` documents."""
    return _LIMITS[version]
