"""Orders a sweep so that a run that is stopped early has covered as many rules as possible."""

from __future__ import annotations

import heapq
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..contract import MARK, Scenario, Step


@dataclass(frozen=True, slots=True)
class Aim:
    """A rule that a step of this kind aims at."""

    kind: type[Step]
    dry: bool
    rule: str

    worth = 1.0


@dataclass(frozen=True, slots=True)
class Character:
    """A character of a session ID that has a meaning for some parser, or its Unicode category."""

    kind: str

    worth = 0.3
    """Relative to an aim. All odd session IDs aim at the same two rules, so that only their
    characters distinguish them; at the worth of an aim they would come before the other rules."""


Trait = Aim | Character

_PLAIN_CATEGORIES = frozenset(("Ll", "Nd", "Pd"))
"""Unicode categories of the characters of ordinary session IDs."""
_DIVERSE_CATEGORIES = frozenset(("Po", "Sm", "Zs", "Cc"))
"""Unicode categories whose characters have little in common, so that each counts by itself."""


def prioritised(scenarios: Iterable[Scenario]) -> tuple[Scenario, ...]:
    """``scenarios`` in rounds that each cover every trait: greedy set cover by cost.

    A trait is a rule with the kind of step that aims at it, or a kind of character in a session ID.
    The next scenario of a round is the one whose uncovered traits are worth most per request. A
    round ends when no remaining scenario has an uncovered trait. The first scenario stays the
    first; of equals the earlier one comes first, so that the order is always the same.
    """
    listed = list(scenarios)
    traits = [_traits(scenario) for scenario in listed]
    costs = [len(scenario.steps) for scenario in listed]
    ordered, remaining = [0][: len(listed)], list(range(1, len(listed)))
    covered = set(traits[0]) if listed else set()
    while remaining:
        chosen = _round(remaining, traits, covered, costs)
        ordered += chosen or remaining
        remaining = [] if not chosen else sorted(set(remaining).difference(chosen))
        covered = set()
    return tuple(listed[index] for index in ordered)


def _round(
    remaining: list[int], traits: list[frozenset[Trait]], covered: set[Trait], costs: list[int]
) -> list[int]:
    """The indices of one round, in order; adds to ``covered``."""
    # Lazy greedy: the worth of a scenario can only decrease as more is covered. So it is computed
    # again only when the scenario comes first in the queue.
    waiting = [(-_worth(traits[index]) / costs[index], index) for index in remaining]
    heapq.heapify(waiting)
    chosen = []
    while waiting:
        _, index = heapq.heappop(waiting)
        updated = (-_worth(traits[index] - covered) / costs[index], index)
        if updated[0] == 0:
            continue
        if waiting and updated > waiting[0]:
            heapq.heappush(waiting, updated)
            continue
        chosen.append(index)
        covered |= traits[index]
    return chosen


def _worth(traits: frozenset[Trait]) -> float:
    # Counted by kind, so that rounding does not depend on the order of the set.
    aims = sum(isinstance(trait, Aim) for trait in traits)
    return aims * Aim.worth + (len(traits) - aims) * Character.worth


def _traits(scenario: Scenario) -> frozenset[Trait]:
    return frozenset((*_aims(scenario.steps), *_characters(scenario.sessions)))


def _aims(steps: Iterable[Step]) -> Iterator[Aim]:
    for step in steps:
        for rule in step.aims:
            yield Aim(type(step), getattr(step, "dry", False), rule)


def _characters(sessions: Iterable[str]) -> Iterator[Character]:
    for character in set[str]().union(*(session.replace(MARK, "") for session in sessions)):
        category = unicodedata.category(character)
        if category not in _PLAIN_CATEGORIES:
            yield Character(category)
        if category in _DIVERSE_CATEGORIES:
            yield Character(character)
