"""Defines the lawful dialect and the decorator that makes one of a mixin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import ModuleType
from typing import Any

import msgspec

from ...contract import ContractVersion, Environment
from ..http_stack import HttpStack
from ..service import Service

CURRENT_VERSION = (ContractVersion.CURRENT,)
VERSION_2_5_1 = (ContractVersion.V2_5_1,)


class Area(StrEnum):
    """What a dialect decides."""

    HTTP = "HTTP stack"
    JSON = "JSON text"
    NUMBERS = "numbers"
    TIMES = "times"
    ERRORS = "error bodies"
    MEMBERS = "null and empty members"
    MAPS = "maps"
    CARTS = "carts"
    CODES = "codes"
    TEXTS = "identifiers and texts"
    STATES = "states"
    RETURNS = "returns"
    KEYS = "idempotency keys"
    DRY = "dry runs"
    EFFECTS = "effects"
    CAMPAIGNS = "campaigns"
    DISCOUNTS = "discounts and points"
    ROLLBACKS = "rollbacks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A lawful choice where the contract is silent: a mixin with decisions of `Service`."""

    name: str
    area: Area
    rules: tuple[str, ...]
    """The IDs of the silent rules that it decides, or of the rules that allow it."""
    source: str
    """What else allows it, such as a section of an RFC; empty: the rules say it."""
    note: str
    """The rule that forbids it if read strictly; empty: none."""
    summary: str
    """One sentence on the choice, for people."""
    versions: tuple[ContractVersion, ...]
    """The contract versions that it exists in."""
    decides: frozenset[str]
    """Points on which no other dialect may decide at the same time."""
    changes: Mapping[str, Any]
    """Values of environment fields that it needs, by field name."""
    real_time: bool
    """Whether it depends on the time between two requests."""
    mixin: type = field(repr=False, compare=False)
    """The class that overrides decisions of `Service`."""

    def environment(self, base: Environment) -> Environment:
        """``base`` with the changes that the dialect needs, and no others."""
        contract = base.contract if base.contract in self.versions else self.versions[0]
        return msgspec.structs.replace(base, contract=contract, **self.changes)

    def exists_in(self, environment: Environment) -> bool:
        """Whether it exists in the contract version and the flattening of ``environment``."""
        return (
            environment.contract in self.versions
            and self.changes.get("flattening", environment.flattening) == environment.flattening
        )

    @property
    def needs_server(self) -> bool:
        """Whether only a real server shows it: it decides on connections or real time."""
        return self.real_time or any(hook in vars(HttpStack) for hook in self.hooks)

    @property
    def hooks(self) -> Mapping[str, bool]:
        """The decisions that it overrides, each with whether the former decision still counts."""
        return {
            name: _calls_super(function)
            for kind in reversed(self.mixin.__mro__)
            if issubclass(kind, Service) and kind is not Service
            for name, function in vars(kind).items()
            if callable(function) and not name.startswith("_")
        }

    def is_compatible(self, other: Dialect) -> bool:
        """Whether a target can speak both.

        Not if both decide one point, need different environments, or override one decision and
        either of them discards the other's.
        """
        return (
            not self.decides & other.decides
            and all(
                self.changes[name] == other.changes[name]
                for name in self.changes.keys() & other.changes.keys()
            )
            and not any(
                self._replaces(name, other) and other._replaces(name, self)
                for name, calls_super in self.hooks.items()
                if name in other.hooks and not (calls_super and other.hooks[name])
            )
        )

    def _replaces(self, hook: str, other: Dialect) -> bool:
        """Whether the class that overrides ``hook`` is none that ``other`` derives from too."""
        owner = next(kind for kind in self.mixin.__mro__ if hook in vars(kind))
        return not issubclass(other.mixin, owner)


def _calls_super(function: Callable[..., Any]) -> bool:
    """Whether ``function`` is a method that refers to its class, as a call of super() does."""
    code = getattr(function, "__code__", None)
    return code is not None and "__class__" in code.co_freevars


def dialect(
    area: Area,
    *rules: str,
    source: str = "",
    note: str = "",
    versions: tuple[ContractVersion, ...] = tuple(ContractVersion),
    decides: tuple[str, ...] = (),
    real_time: bool = False,
    **changes: Any,
) -> Callable[[type], Dialect]:
    """Makes a dialect of a mixin: the class name becomes its name, the docstring its summary.

    Args:
        area: what it decides.
        rules: the IDs of the silent rules that it decides, or of the rules that allow it.
        source: what else allows it, such as a section of an RFC.
        note: the rule that forbids it if read strictly.
        versions: the contract versions that it exists in.
        decides: points on which no other dialect may decide at the same time. Two dialects that
            override one decision need no point, unless both call super() and must not meet.
        real_time: whether it depends on the time between two requests.
        changes: values of environment fields that it needs, by field name.
    """

    def make(mixin: type) -> Dialect:
        return Dialect(
            name=mixin.__name__,
            area=area,
            rules=rules,
            source=source,
            note=note,
            summary=" ".join((mixin.__doc__ or "").split()),
            versions=versions,
            decides=frozenset(decides),
            changes=changes,
            real_time=real_time,
            mixin=mixin,
        )

    return make


def dialects_of(module: ModuleType) -> tuple[Dialect, ...]:
    """The dialects that ``module`` defines, in the order of their definition."""
    return tuple(value for value in vars(module).values() if isinstance(value, Dialect))
