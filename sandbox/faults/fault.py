"""Defines the seeded fault and the decorator that makes one of a mixin."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import ModuleType
from typing import Any

import msgspec

from ...contract import ContractVersion, Environment


class FaultClass(StrEnum):
    """The kind of mistake."""

    BOUNDARIES = "boundaries"
    STATES = "states"
    IDENTITY = "identity"
    INTEGRITY = "integrity"
    TOTALS = "totals"
    DRY = "dry"
    ERRORS = "errors"
    DEEP = "deep"
    RETURNS = "returns"
    CONCURRENCY = "concurrency"
    FLOWS = "flows"
    """Whole flows of shops show it: signing in, two tabs, buying again."""
    IDEMPOTENCY = "idempotency"
    DRIFT = "drift"
    """The target contradicts itself where the contract is silent."""
    LEDGER = "ledger"
    """Only many sessions together show it."""
    EFFECTS = "effects"
    COUPONS = "coupons"
    REFERRALS = "referrals"
    BUDGETS = "budgets"
    DISCOUNTS = "discounts"
    POINTS = "loyalty points"
    LOST = "lost answers"
    WIRE = "wire"


class Difficulty(StrEnum):
    """How specific the requests are that show a fault."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A realistic mistake of an implementer: a mixin that overrides decisions of `Service`."""

    name: str
    fault_class: FaultClass
    difficulty: Difficulty
    rules: tuple[str, ...]
    """The IDs of the rules that it breaks, the best match first."""
    summary: str
    """One sentence on the mistake, for people."""
    versions: tuple[ContractVersion, ...]
    """The contract versions that it shows in."""
    flattening: bool | None
    """The setting of cart item flattening that it needs; None: either."""
    mixin: type = field(repr=False, compare=False)
    """The class that overrides decisions of `Service`."""
    operations: int = 1
    """The smallest number of requests that is known to show it."""
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Values of environment fields that it needs, by field name."""

    def environment(self, base: Environment) -> Environment:
        """``base`` with the changes that the fault needs, and no others."""
        contract = base.contract if base.contract in self.versions else self.versions[0]
        flattening = base.flattening if self.flattening is None else self.flattening
        return msgspec.structs.replace(
            base, contract=contract, flattening=flattening, **self.changes
        )


def fault(
    fault_class: FaultClass,
    difficulty: Difficulty,
    *rules: str,
    versions: tuple[ContractVersion, ...] = tuple(ContractVersion),
    flattening: bool | None = None,
    operations: int = 1,
    **changes: Any,
) -> Callable[[type], Fault]:
    """Makes a fault of a mixin: the class name becomes its name, the docstring its summary.

    Args:
        fault_class: the kind of mistake.
        difficulty: how specific the requests are that show it.
        rules: the IDs of the rules that it breaks, the best match first.
        versions: the contract versions that it shows in.
        flattening: the setting of cart item flattening that it needs; None: either.
        operations: the smallest number of requests that is known to show it.
        changes: values of environment fields that it needs, by field name.
    """

    def make(mixin: type) -> Fault:
        return Fault(
            name=_kebab(mixin.__name__),
            fault_class=fault_class,
            difficulty=difficulty,
            rules=rules,
            summary=" ".join((mixin.__doc__ or "").split()),
            versions=versions,
            flattening=flattening,
            mixin=mixin,
            operations=operations,
            changes=changes,
        )

    return make


def faults_of(module: ModuleType) -> tuple[Fault, ...]:
    """The faults that ``module`` defines, in the order of their definition."""
    return tuple(value for value in vars(module).values() if isinstance(value, Fault))


def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z]|(?<!\d)\d)", "-", name).lower()
