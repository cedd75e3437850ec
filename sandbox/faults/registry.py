"""What a seeded fault is, and the registry that they enter by a decorator."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from ...contract import ContractVersion, Environment
from ..service import Service


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

    def environment(self, base: Environment) -> Environment:
        """``base``, changed as little as it takes for the fault to show."""
        contract = base.contract if base.contract in self.versions else self.versions[0]
        flattening = base.flattening if self.flattening is None else self.flattening
        return msgspec.structs.replace(base, contract=contract, flattening=flattening)


class UnknownFaultError(ValueError):
    """There is no fault of this name; the text names the nearest one."""


class Registry:
    """All faults by name, in the order in which they were written down."""

    def __init__(self) -> None:
        self.faults: dict[str, Fault] = {}

    def fault(
        self,
        fault_class: FaultClass,
        difficulty: Difficulty,
        *rules: str,
        versions: tuple[ContractVersion, ...] = tuple(ContractVersion),
        flattening: bool | None = None,
    ) -> Callable[[type], type]:
        """Enters a mixin as a fault: its class name is the name, its docstring the summary."""

        def enter(mixin: type) -> type:
            name = _kebab(mixin.__name__)
            self.faults[name] = Fault(
                name=name,
                fault_class=fault_class,
                difficulty=difficulty,
                rules=rules,
                summary=" ".join((mixin.__doc__ or "").split()),
                versions=versions,
                flattening=flattening,
                mixin=mixin,
            )
            return mixin

        return enter

    def service(self, environment: Environment, names: Sequence[str], api_key: str) -> Service:
        """A service with the faults ``names`` switched on.

        Raises:
            UnknownFaultError: there is no such fault.
        """
        mixins = tuple(self.named(name).mixin for name in dict.fromkeys(names))
        kind = type("FaultyService", (*mixins, Service), {}) if mixins else Service
        service: Service = kind(environment, api_key)
        return service

    def named(self, name: str) -> Fault:
        """The fault ``name``.

        Raises:
            UnknownFaultError: there is none.
        """
        if name in self.faults:
            return self.faults[name]
        near = difflib.get_close_matches(name, self.faults, n=1)
        hint = f'did you mean "{near[0]}"?' if near else "cartfuzz serve --list-faults shows all"
        raise UnknownFaultError(f'there is no fault "{name}"; {hint}')


def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z]|(?<!\d)\d)", "-", name).lower()
