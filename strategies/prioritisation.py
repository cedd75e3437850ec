"""The order of a sweep: what tells most for a request comes first, since a run may be cut short."""

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
    """What a session ID holds: a character that means something to some parser, or any of its
    Unicode category."""

    kind: str

    worth = 0.3
    """Of what an aim is worth. All odd session IDs aim at the same two rules, and no rule tells one
    from another; as much as an aim, and they would come before the other rules."""


Trait = Aim | Character

_PLAIN = frozenset(("Ll", "Nd", "Pd"))
"""Categories of what ordinary session IDs are made of."""
_MEANINGFUL = frozenset(("Po", "Sm", "Zs", "Cc"))
"""Categories whose members have little in common."""


def prioritised(scenarios: Iterable[Scenario]) -> tuple[Scenario, ...]:
    """``scenarios`` in rounds, of which each aims at every rule with every kind of step, and has
    session IDs of every kind.

    The first one stays the first. In a round, next comes the one whose traits that the round has
    not seen yet are worth the most, for each of its requests (the greedy cover of a set); it ends
    once no scenario that is left has a new one. Of equals the earlier comes first, so the order is
    always the same.
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
    waiting = [(-_worth(traits[number]) / costs[number], number) for number in left]
    heapq.heapify(waiting)
    chosen = []
    while waiting:
        _, number = heapq.heappop(waiting)
        now = (-_worth(traits[number] - seen) / costs[number], number)
        if now[0] == 0:
            continue
        if waiting and now > waiting[0]:
            heapq.heappush(waiting, now)
            continue
        chosen.append(number)
        seen |= traits[number]
    return chosen


def _worth(traits: frozenset[Trait]) -> float:
    # Whole aims first, so that the sum does not hang on the order of a set.
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
        if category not in _PLAIN:
            yield Character(category)
        if category in _MEANINGFUL:
            yield Character(character)
