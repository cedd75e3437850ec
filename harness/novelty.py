"""What a worker has seen before: the first scenario that shows an outcome is kept whole."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock

from ..record import Observation

MOST_SEEN = 20_000
"""Beyond so many outcomes nothing counts as new: a worker's memory must not grow for ever."""


def distinct(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """The first of each (rule, situation, outcome): a record need not say it twice a scenario."""
    first: dict[tuple[str, str, str], Observation] = {}
    for seen in observations:
        first.setdefault((seen.rule, seen.situation, seen.outcome), seen)
    return tuple(first.values())


class Novelty:
    """The comparable (situation, outcome) pairs that were seen. Threads may share one."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str, str]] = set()
        self._lock = Lock()

    def take(self, observations: Iterable[Observation]) -> bool:
        """Takes ``observations`` in; whether one of them is new."""
        new = False
        with self._lock:
            for seen in observations:
                key = (seen.rule, seen.situation, seen.outcome)
                if seen.comparable and key not in self._seen and len(self._seen) < MOST_SEEN:
                    self._seen.add(key)
                    new = True
        return new
