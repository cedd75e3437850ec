"""What a lawful dialect is, and the decorator that makes one of a mixin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import msgspec

from ...contract import ContractVersion, Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A lawful choice where the contract is silent."""

    name: str
    rules: tuple[str, ...]
    """The silent rules that it is about, or those that allow it."""
    summary: str
    versions: tuple[ContractVersion, ...]
    changes: Mapping[str, Any]
    """Fields of the environment that differ where this dialect is spoken."""
    mixin: type = field(repr=False, compare=False)

    def environment(self, base: Environment) -> Environment:
        """``base``, changed as little as it takes for the dialect to be spoken."""
        contract = base.contract if base.contract in self.versions else self.versions[0]
        return msgspec.structs.replace(base, contract=contract, **self.changes)


def dialect(
    *rules: str, versions: tuple[ContractVersion, ...] = tuple(ContractVersion), **changes: Any
) -> Callable[[type], Dialect]:
    """Makes a dialect of a mixin: the class name becomes its name, the docstring its summary."""

    def of(mixin: type) -> Dialect:
        return Dialect(
            name=mixin.__name__,
            rules=rules,
            summary=" ".join((mixin.__doc__ or "").split()),
            versions=versions,
            changes=changes,
            mixin=mixin,
        )

    return of


def dialects_of(module: ModuleType) -> tuple[Dialect, ...]:
    """The dialects that a module defines, in its order."""
    return tuple(value for value in vars(module).values() if isinstance(value, Dialect))
