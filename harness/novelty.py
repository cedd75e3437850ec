"""Remembers what a worker has seen: the first scenario that shows an outcome is kept whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from threading import Lock

from ..analysis import MAX_JUDGED_RIGHT
from ..record import Observation

MAX_OUTCOMES = 20_000
"""Beyond these nothing counts as new: a worker's memory must not grow without bound."""


def distinct(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """The first of each (rule, situation, outcome): a scenario shows it once in the record."""
    first: dict[tuple[str, str, str], Observation] = {}
    for seen in observations:
        first.setdefault((seen.rule, seen.situation, seen.outcome), seen)
    return tuple(first.values())


class Novelty:
    """The (rule, situation, outcome) triples that were seen and that something is compared with.

    Threads may share one.
    """

    def __init__(self) -> None:
        self._seen: set[tuple[str, str, str]] = set()
        self._right: set[str] = set()
        self._lock = Lock()

    def take(self, observations: Iterable[Observation]) -> bool:
        """Takes ``observations`` in; whether one of them is new."""
        new = False
        with self._lock:
            for seen in observations:
                key = (seen.rule, seen.situation, seen.outcome)
                is_compared = seen.comparable or seen.between_runs
                if is_compared and key not in self._seen and len(self._seen) < MAX_OUTCOMES:
                    self._seen.add(key)
                    new = True
        return new

    def take_right(self, situations: Collection[str]) -> tuple[str, ...]:
        """Takes in the digests of situations that were judged right; those that are new."""
        with self._lock:
            room = MAX_JUDGED_RIGHT - len(self._right)
            new = tuple(sorted(one for one in situations if one not in self._right)[:room])
            self._right.update(new)
        return new
