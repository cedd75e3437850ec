"""What a run put to the test, as tables: rules, boundaries, and what was not judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from ...analysis import Summary
from ...analysis.tested_rules import is_testable, untested_rules, was_tested
from ...contract import Demand, Rule


class HowTested(StrEnum):
    """How far a rule was tested."""

    WHOLLY = "tested"
    PARTLY = "one side only"
    NOT = "not tested"
    NOT_TESTABLE = "not testable"
    OPEN = "open in the contract"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """One rule."""

    id: str
    statement: str
    tested: HowTested
    counts: tuple[int | None, ...]
    """Judged requests by `SIDES`; None: the rule does not demand it, or it counts elsewhere."""
    note: str
    """Why it cannot be tested, or what it takes."""
    found: int
    """Discrepancies by it."""


SIDES = (Demand.ACCEPT, Demand.REFUSE, Demand.SHOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The rules with one prefix, such as ``CART``."""

    name: str
    rows: tuple[RuleRow, ...]

    @property
    def testable(self) -> int:
        return sum(row.tested not in (HowTested.NOT_TESTABLE, HowTested.OPEN) for row in self.rows)

    @property
    def tested(self) -> int:
        return sum(row.tested in (HowTested.WHOLLY, HowTested.PARTLY) for row in self.rows)


def families_of(summary: Summary) -> tuple[Family, ...]:
    """All rules of the contract version, by family."""
    remedies = {one.rule.id: one.remedy for one in untested_rules(summary)}
    rows = [_row(rule, summary, remedies) for rule in summary.catalogue.values()]
    by_name: dict[str, list[RuleRow]] = {}
    for row in rows:
        by_name.setdefault(row.id.partition("-")[0], []).append(row)
    return tuple(Family(name=name, rows=tuple(rows)) for name, rows in by_name.items())


def _row(rule: Rule, summary: Summary, remedies: dict[str, str]) -> RuleRow:
    judged = summary.coverage.rules.get(rule.id, {})
    # A request that must be accepted, and must show something, counts on the one side.
    counts = tuple(
        judged.get(side.value, None if side is Demand.SHOW and judged else 0)
        if side in rule.demands or side.value in judged
        else None
        for side in SIDES
    )
    return RuleRow(
        id=rule.id,
        statement=rule.statement,
        tested=_tested(rule, summary, counts),
        counts=counts,
        note=rule.untestable or remedies.get(rule.id, ""),
        found=sum(bug.rule == rule.id for bug in summary.found),
    )


def _tested(rule: Rule, summary: Summary, counts: Iterable[int | None]) -> HowTested:
    if rule.untestable:
        return HowTested.NOT_TESTABLE
    if not is_testable(rule):
        return HowTested.OPEN
    if not was_tested(rule, summary):
        return HowTested.NOT
    has_gap = any(count == 0 for count in counts) and any(counts)
    return HowTested.PARTLY if has_gap else HowTested.WHOLLY


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """One limit, with the requests that were sent at values around it."""

    name: str
    values: tuple[tuple[str, int], ...]
    """Each value with its requests, in order."""


def boundaries_of(summary: Summary) -> tuple[Boundary, ...]:
    """The limits that the run sent values around."""
    split = sorted(
        (_split(key, count) for key, count in summary.coverage.boundaries.items()),
        key=lambda one: (one[0], len(one[1]), one[1]),
    )
    return tuple(
        Boundary(name=name, values=tuple((value, count) for _, value, count in group))
        for name, group in groupby(split, key=lambda one: one[0])
    )


def _split(key: str, count: int) -> tuple[str, str, int]:
    name, _, value = key.rpartition(" ")
    return name or key, value, count


def untested_by_remedy(summary: Summary) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What it takes, each with the rules that it would test."""
    by_remedy: dict[str, list[str]] = {}
    for one in untested_rules(summary):
        by_remedy.setdefault(one.remedy, []).append(one.rule.id)
    for remedy, rules in by_remedy.items():
        yield remedy, tuple(rules)
