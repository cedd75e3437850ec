"""Lists the seeded faults: realistic mistakes of an implementer, each switched on by name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from ...contract import Environment, UsageError
from . import (
    boundaries,
    budgets,
    concurrency,
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
    limit_races,
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
from .fault import Difficulty, Fault, FaultClass, faults_of

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
    concurrency,
    lost,
    wire,
    drift,
    ledger,
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
    limit_races,
)

FAULTS: Mapping[str, Fault] = {
    fault.name: fault for module in _MODULES for fault in faults_of(module)
}
"""The faults by name."""


class UnknownFaultError(UsageError, ValueError):
    """No fault has this name. The message suggests the most similar one."""


def fault_named(name: str) -> Fault:
    """The fault of this kebab-case name.

    Raises:
        UnknownFaultError: no fault has it.
    """
    if name in FAULTS:
        return FAULTS[name]
    similar = difflib.get_close_matches(name, FAULTS, n=1)
    hint = f'did you mean "{similar[0]}"?' if similar else "cartfuzz serve --list-faults shows all"
    raise UnknownFaultError(f'there is no fault "{name}"; {hint}')


def environment_with(names: Iterable[str], base: Environment) -> Environment:
    """``base``, changed as little as it takes for the faults ``names`` to show.

    Raises:
        UnknownFaultError: there is no fault of one of these names.
    """
    for name in names:
        base = fault_named(name).environment(base)
    return base


__all__ = [
    "FAULTS",
    "Difficulty",
    "Fault",
    "FaultClass",
    "UnknownFaultError",
    "environment_with",
    "fault_named",
]
