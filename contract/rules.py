"""Reads the rule catalogue: every promise of the contract that Cartfuzz checks, as data.

The rules are in ``data/rules.toml``. Each has an ID that discrepancies name, the contract versions
in which it holds, what it demands, how sure it is, and its source.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import Annotated

import msgspec

from .about import About
from .versions import ContractVersion


class Demand(StrEnum):
    """What a rule demands of the target."""

    ACCEPT = "accept"
    """It must accept requests of this kind."""
    REFUSE = "refuse"
    """It must refuse requests of this kind, and must not change anything."""
    SHOW = "show"
    """Its responses must show something."""
    NOTHING = "nothing"
    """The contract is silent: behaviour is recorded, never judged."""


class Sureness(StrEnum):
    """How sure it is that the contract means a rule."""

    DOCUMENTED = "documented"
    IMPLIED = "implied"
    """Not documented, but the documented text makes no sense without it."""
    SILENT = "silent"
    """The contract leaves it open."""


class Level(StrEnum):
    """How a target's configuration treats a rule."""

    ENFORCE = "enforce"
    """A violation is a discrepancy."""
    OBSERVE = "observe"
    """A violation is recorded, but fails no run."""


class RuleLevel(msgspec.Struct, frozen=True, kw_only=True):
    """The level of a rule in a target's configuration, with the user's reason."""

    level: Annotated[
        Level,
        About("`observe`: a violation is recorded, but fails no run. `enforce`: it fails the run."),
    ]
    reason: Annotated[
        str, About("Why, for those who read the report.", default="none", example='"SHOP-8"')
    ] = ""


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One promise of one contract version."""

    id: str
    statement: str
    demands: tuple[Demand, ...]
    sureness: Sureness
    source: str
    statuses: tuple[int, ...] = ()
    """The HTTP statuses that a refusal may have; empty: the rule refuses nothing."""
    untestable: str = ""
    """Why a client cannot observe whether the rule is kept; empty: it can."""
    needs: str = ""
    """What must be declared so that a client can test it, a field of `Environment`; empty:
    nothing."""
    since: str = ""
    """The first release of `current` that has the rule, such as ``"26.11"``; empty: all have."""


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule in the data file: for all its versions at once."""

    id: str
    statement: str
    demands: tuple[Demand, ...]
    source: str
    sure: Sureness | dict[ContractVersion, Sureness]
    versions: tuple[ContractVersion, ...] = tuple(ContractVersion)
    statuses: tuple[int, ...] = ()
    untestable: str = ""
    needs: str = ""
    since: str = ""

    def in_version(self, version: ContractVersion) -> Rule:
        sure = self.sure
        return Rule(
            id=self.id,
            statement=self.statement,
            demands=self.demands,
            sureness=sure if isinstance(sure, Sureness) else sure[version],
            source=self.source,
            statuses=self.statuses,
            untestable=self.untestable,
            needs=self.needs,
            since=self.since if version is ContractVersion.CURRENT else "",
        )


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rule: tuple[_Entry, ...]


class Catalogue(Mapping[str, Rule]):
    """The rules of one contract version by their IDs, in the order of the data file.

    Args:
        version: the version of the contract.
        rules: its rules, in order.
    """

    def __init__(self, version: ContractVersion, rules: tuple[Rule, ...]) -> None:
        self.version = version
        self._rules = {rule.id: rule for rule in rules}

    def __getitem__(self, rule_id: str) -> Rule:
        return self._rules[rule_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)


_READING = Lock()


@cache
def _entries() -> tuple[_Entry, ...]:
    text = files(__package__).joinpath("data", "rules.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _File).rule


@cache
def catalogue(version: ContractVersion) -> Catalogue:
    """All rules that hold in ``version``."""
    with _READING:
        # msgspec prepares a type at its first conversion, and two threads that do so at once crash
        # the interpreter; `cache` does not keep the second one out.
        entries = _entries()
    return Catalogue(
        version,
        tuple(entry.in_version(version) for entry in entries if version in entry.versions),
    )


def catalogue_with(version: ContractVersion, own: tuple[Rule, ...]) -> Catalogue:
    """All rules that hold in ``version``, then those of plugins."""
    rules = catalogue(version)
    return Catalogue(version, (*rules.values(), *own)) if own else rules
