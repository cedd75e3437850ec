"""The settings that the tests of the sandbox run under."""

from __future__ import annotations

import msgspec

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion, Environment

FIRST = EXAMPLE_ENVIRONMENT
FLATTENED = msgspec.structs.replace(FIRST, flattening=True)
CURRENT = msgspec.structs.replace(FIRST, contract=ContractVersion.CURRENT)

ALL: dict[str, Environment] = {
    "2.5.1": FIRST,
    "2.5.1 flattened": FLATTENED,
    "current": CURRENT,
}


def limiting(**coupons: int) -> Environment:
    """The current version with coupons that may be redeemed so often."""
    return msgspec.structs.replace(CURRENT, coupon_limits=coupons)
