"""The order of a sweep: what tells most for a request comes first, since a run may be cut short."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from ..contract import Scenario, Step

Trait = tuple[type[Step], bool, str]
"""The kind of a step, whether it is dry, and a rule that it aims at."""


def most_telling_first(scenarios: Iterable[Scenario]) -> tuple[Scenario, ...]:
    """``scenarios`` in rounds, of which each aims at every rule with every kind of step.

    The first one stays the first. In a round, next comes the one with the most traits that the
    round has not seen yet, for each of its requests (the greedy cover of a set); it ends once no
    scenario that is left has a new one. Of equals the earlier comes first, so the order is always
    the same.
    """
    listed = list(scenarios)
    traits = [_traits(scenario) for scenario in listed]
    ordered, left = [0][: len(listed)], list(range(1, len(listed)))
    seen = set(traits[0]) if listed else set()
    while left:
        chosen = _round(left, traits, seen, [len(scenario.steps) for scenario in listed])
        ordered += chosen or left
        left = [] if not chosen else sorted(set(left).difference(chosen))
        seen = set()
    return tuple(listed[number] for number in ordered)


def _round(
    left: list[int], traits: list[frozenset[Trait]], seen: set[Trait], costs: list[int]
) -> list[int]:
    """One round of the numbers ``left``. What a number adds only ever gets less, so it is looked
    at again only when it comes first."""
    waiting = [(-len(traits[number]) / costs[number], number) for number in left]
    heapq.heapify(waiting)
    chosen = []
    while waiting:
        _, number = heapq.heappop(waiting)
        now = (-len(traits[number] - seen) / costs[number], number)
        if now[0] == 0:
            continue
        if waiting and now > waiting[0]:
            heapq.heappush(waiting, now)
            continue
        chosen.append(number)
        seen |= traits[number]
    return chosen


def _traits(scenario: Scenario) -> frozenset[Trait]:
    return frozenset(
        (type(step), getattr(step, "dry", False), rule)
        for step in scenario.steps
        for rule in step.aims
    )
