"""The rule catalogue: every promise of the contract that Cartfuzz knows, as data.

The rules stand in ``data/rules.toml``. Each has an ID that discrepancies name, says in which
contract versions it holds, what it demands, how sure we are of it, and where it comes from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from threading import Lock

import msgspec

from .versions import ContractVersion


class Demand(StrEnum):
    """What a rule asks of the target."""

    ACCEPT = "accept"
    """Requests of this kind must be accepted."""
    REFUSE = "refuse"
    """Requests of this kind must be refused, leaving no trace."""
    SHOW = "show"
    """Answers must show something."""
    NOTHING = "nothing"
    """The contract is silent: behaviour is recorded, never judged."""


class Sureness(StrEnum):
    """How sure a rule is."""

    DOCUMENTED = "documented"
    IMPLIED = "implied"
    """What is documented makes no sense otherwise."""
    SILENT = "silent"


class Level(StrEnum):
    """What a target's configuration makes of a rule."""

    ENFORCE = "enforce"
    OBSERVE = "observe"


class RuleLevel(msgspec.Struct, frozen=True, kw_only=True):
    """A level that a target's configuration gives a rule, with the user's reason."""

    level: Level
    reason: str = ""


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One promise, as it stands in one contract version."""

    id: str
    statement: str
    demands: tuple[Demand, ...]
    sureness: Sureness
    source: str
    statuses: tuple[int, ...] = ()
    """The statuses that a refusal may have; empty where the rule refuses nothing."""
    untestable: str = ""
    """Why nobody outside the target can tell whether it is kept; empty: it can be told."""


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule as the data file writes it: for all its versions at once."""

    id: str
    statement: str
    demands: tuple[Demand, ...]
    source: str
    sure: Sureness | dict[ContractVersion, Sureness]
    versions: tuple[ContractVersion, ...] = tuple(ContractVersion)
    statuses: tuple[int, ...] = ()
    untestable: str = ""

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
        )


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rule: tuple[_Entry, ...]


class Catalogue(Mapping[str, Rule]):
    """The rules of one contract version by their IDs, in the order of the data file."""

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
        # msgspec prepares a type when it is first converted to, and two threads that do so at once
        # crash the interpreter; `cache` lets both in.
        entries = _entries()
    return Catalogue(
        version,
        tuple(entry.in_version(version) for entry in entries if version in entry.versions),
    )
