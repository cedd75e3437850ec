"""Names the fields of a customer session, as requests and answers spell them."""

from __future__ import annotations

TEXT_FIELDS = ("profileId", "referralCode", "storeIntegrationId")
LIST_FIELDS = (
    "couponCodes",
    "loyaltyCards",
    "cartItems",
    "identifiers",
    "experimentVariantAllocations",
)
MAP_FIELDS = ("attributes", "additionalCosts")
DATA_FIELDS = (*TEXT_FIELDS, *LIST_FIELDS, *MAP_FIELDS)
"""The fields that an update may set and an answer shows, without ``state``."""
