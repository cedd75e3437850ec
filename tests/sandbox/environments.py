"""Defines the environments that the tests of the sandbox run in."""

from __future__ import annotations

import msgspec

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion, Environment

ENVIRONMENT_2_5_1 = EXAMPLE_ENVIRONMENT
ENVIRONMENT_FLATTENING = msgspec.structs.replace(ENVIRONMENT_2_5_1, flattening=True)
ENVIRONMENT_CURRENT = msgspec.structs.replace(ENVIRONMENT_2_5_1, contract=ContractVersion.CURRENT)

ENVIRONMENTS: dict[str, Environment] = {
    "2.5.1": ENVIRONMENT_2_5_1,
    "2.5.1 flattened": ENVIRONMENT_FLATTENING,
    "current": ENVIRONMENT_CURRENT,
}


def with_coupon_limits(**coupons: int) -> Environment:
    """The current version with ``coupons``: the limit of redemptions by coupon code."""
    return msgspec.structs.replace(ENVIRONMENT_CURRENT, coupon_limits=coupons)
