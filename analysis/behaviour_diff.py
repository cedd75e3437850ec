"""Compares what two runs saw besides discrepancies: silent behaviour, and rules put to the test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from ..contract import Level
from .contradictions import Behaviour, contradict
from .summary import Summary


class SideOfDrift(msgspec.Struct, frozen=True, kw_only=True):
    """What one run saw in the situation."""

    outcomes: tuple[str, ...]
    """More than one where the run contradicts itself."""
    scenario: str = msgspec.field(name="scenario_id")
    """ID of the scenario that showed the first of them; ``scenario_id`` in JSON."""
    step: int
    """Index of the step of the scenario that was answered so."""
    operations: tuple[dict[str, Any], ...] = ()
    """The requests of the scenario up to that step, as `Bug.operations` has them; empty: the record
    was not looked into, or does not hold the scenario."""


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """One situation in which the contract is silent, and which the two runs saw end otherwise."""

    rule: str
    situation: str
    old: SideOfDrift
    new: SideOfDrift


class LostCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that the older run put to the test and the newer one did not."""

    rule: str
    sides: tuple[str, ...]
    """``accept``, ``refuse`` or ``show``: what was judged before and is not now."""
    note: str = ""


def drifts(old: Summary, new: Summary) -> list[Drift]:
    """The situations that both runs met and in which no outcome of one goes with one of the other.

    Where the outcomes overlap, one of the runs contradicts itself, which is a discrepancy of its
    own.
    """
    if old.contract is not new.contract:
        return []
    before, after = _by_situation(old.behaviours), _by_situation(new.behaviours)
    return [
        Drift(rule=rule, situation=situation, old=_side(before[key]), new=_side(after[key]))
        for key in sorted(before.keys() & after.keys())
        for rule, situation in (key,)
        if all(
            contradict(one.outcome, other.outcome) for one in before[key] for other in after[key]
        )
    ]


def lost_coverage(old: Summary, new: Summary) -> list[LostCoverage]:
    """What of the rules the older run judged and the newer one did not, by rule."""
    return list(_lost(old, new))


def _by_situation(behaviours: Iterable[Behaviour]) -> dict[tuple[str, str], list[Behaviour]]:
    found: dict[tuple[str, str], list[Behaviour]] = {}
    for one in behaviours:
        found.setdefault((one.rule, one.situation), []).append(one)
    return found


def _side(behaviours: list[Behaviour]) -> SideOfDrift:
    first = behaviours[0]
    return SideOfDrift(
        outcomes=tuple(one.outcome for one in behaviours), scenario=first.scenario, step=first.step
    )


def _lost(old: Summary, new: Summary) -> Iterator[LostCoverage]:
    known = new.catalogue
    for rule, judged in sorted(old.coverage.rules.items()):
        sides = tuple(side for side, count in judged.items() if count)
        if rule not in known:
            if old.contract is new.contract:
                yield LostCoverage(rule=rule, sides=sides)
        elif _observed(new, rule) and not _observed(old, rule):
            yield LostCoverage(rule=rule, sides=sides, note="only observed now")
        else:
            now = new.coverage.rules.get(rule, {})
            lost = tuple(side for side in sides if not now.get(side))
            if lost:
                yield LostCoverage(rule=rule, sides=lost)


def _observed(summary: Summary, rule: str) -> bool:
    level = summary.rules.get(rule)
    return level is not None and level.level is Level.OBSERVE
