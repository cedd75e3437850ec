"""Lists for each sequential fault its witness: the shortest requests known to show it."""

from __future__ import annotations

from collections.abc import Mapping

from ..steps import Step
from . import (
    boundaries,
    budgets,
    coupon_counts,
    coupons,
    deep,
    discounts,
    drift,
    dry,
    effects,
    errors,
    flows,
    idempotency,
    identity,
    integrity,
    ledger,
    lost,
    points,
    referrals,
    returned_discounts,
    returns,
    states,
    survivors,
    totals,
    wire,
)

_MODULES = (
    boundaries,
    states,
    identity,
    integrity,
    totals,
    dry,
    errors,
    deep,
    returns,
    lost,
    drift,
    ledger,
    wire,
    flows,
    idempotency,
    survivors,
    effects,
    coupons,
    coupon_counts,
    referrals,
    budgets,
    discounts,
    returned_discounts,
    points,
)

WITNESSES: Mapping[str, tuple[Step, ...]] = {
    name: steps for module in _MODULES for name, steps in module.WITNESSES.items()
}
"""The witnesses by name of the fault."""
