"""What remarks of the model are in a few words, and the environments that they are made in."""

from __future__ import annotations

from typing import Any

import msgspec

from cartfuzz.contract import ContractVersion, Coupon, Referral, Ruling, UnknownCodes
from cartfuzz.oracle.model.remarks.remark import Remark

from ..histories import ENVIRONMENT

FIRST = msgspec.structs.replace(ENVIRONMENT, contract=ContractVersion.V2_5_1)
CURRENT = msgspec.structs.replace(ENVIRONMENT, contract=ContractVersion.CURRENT)
FLATTENING = msgspec.structs.replace(FIRST, flattening=True)
ASKING = msgspec.structs.replace(
    CURRENT,
    unknown_codes=UnknownCodes.UNSPECIFIED,
    coupons=(Coupon(code="KNOWN", amount=2, campaign="spring"),),
    referrals=(Referral(code="FRIEND"),),
)


def short(remarks: Any) -> list[str]:
    """``"refuse ERR-07"`` for a refusal; for an open point its detail and field as well."""
    return [_short(remark) for remark in remarks]


def _short(remark: Remark) -> str:
    if remark.ruling is Ruling.REFUSE:
        return f"refuse {remark.rule}"
    hidden = "hidden " if remark.hidden else ""
    text = f"{hidden}{remark.rule} {remark.field or '-'}"
    return f"{text}: {remark.detail}" if remark.detail else text
