"""Defines the lawful dialect and the decorator that makes one of a mixin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import msgspec

from ...contract import ContractVersion, Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A lawful choice where the contract is silent: a mixin with decisions of `Service`."""

    name: str
    rules: tuple[str, ...]
    """The IDs of the silent rules that it decides, or of the rules that allow it."""
    summary: str
    """One sentence on the choice, for people."""
    versions: tuple[ContractVersion, ...]
    """The contract versions that it exists in."""
    changes: Mapping[str, Any]
    """Values of environment fields that it needs, by field name."""
    mixin: type = field(repr=False, compare=False)
    """The class that overrides decisions of `Service`."""

    def environment(self, base: Environment) -> Environment:
        """``base`` with the changes that the dialect needs, and no others."""
        contract = base.contract if base.contract in self.versions else self.versions[0]
        return msgspec.structs.replace(base, contract=contract, **self.changes)


def dialect(
    *rules: str, versions: tuple[ContractVersion, ...] = tuple(ContractVersion), **changes: Any
) -> Callable[[type], Dialect]:
    """Makes a dialect of a mixin: the class name becomes its name, the docstring its summary.

    Args:
        rules: the IDs of the silent rules that it decides, or of the rules that allow it.
        versions: the contract versions that it exists in.
        changes: values of environment fields that it needs, by field name.
    """

    def make(mixin: type) -> Dialect:
        return Dialect(
            name=mixin.__name__,
            rules=rules,
            summary=" ".join((mixin.__doc__ or "").split()),
            versions=versions,
            changes=changes,
            mixin=mixin,
        )

    return make


def dialects_of(module: ModuleType) -> tuple[Dialect, ...]:
    """The dialects that ``module`` defines, in the order of their definition."""
    return tuple(value for value in vars(module).values() if isinstance(value, Dialect))
