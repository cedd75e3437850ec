"""What a seeded fault is, and the decorator that makes one of a mixin."""

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
    DRIFT = "drift"
    """Contradictions where the contract is silent."""
    LEDGER = "ledger"
    """What only many sessions together show."""
    LOST = "lost answers"
    WIRE = "wire"


class Difficulty(StrEnum):
    """How much a tester has to do right to meet it."""

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
    """The rules that it breaks, the most fitting first."""
    summary: str
    versions: tuple[ContractVersion, ...]
    """The contract versions in which it shows."""
    flattening: bool | None
    """The flattening that it needs; None: either."""
    mixin: type = field(repr=False, compare=False)
    operations: int = 1
    """The fewest requests that are known to show it."""
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the environment that must differ for it to show."""

    def environment(self, base: Environment) -> Environment:
        """``base``, changed as little as it takes for the fault to show."""
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
        difficulty: how hard it is to meet.
        rules: the rules that it breaks, the most fitting first.
        versions: the contract versions in which it shows.
        flattening: the flattening that it needs; None: either.
        operations: the fewest requests that are known to show it.
        changes: fields of the environment that must differ for it to show.
    """

    def of(mixin: type) -> Fault:
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

    return of


def faults_of(module: ModuleType) -> tuple[Fault, ...]:
    """The faults that a module defines, in its order."""
    return tuple(value for value in vars(module).values() if isinstance(value, Fault))


def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z]|(?<!\d)\d)", "-", name).lower()
