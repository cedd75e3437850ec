"""Hands out shards to worker processes, those of a lost worker once more."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from ...wire.marks import new_attempt
from ..worker import TakenShard


class ShardCounter:
    """The shards of a run, in order. Threads may share one.

    Args:
        sweep_shards: returns how many shards the sweeps have; they come first. It may take a
            moment, and is called only where a worker is lost.
    """

    def __init__(self, sweep_shards: Callable[[], int]) -> None:
        self._sweep_shards = sweep_shards
        self._next = 0
        self._again: deque[TakenShard] = deque()
        self._handed_again: set[int] = set()
        self._lock = threading.Lock()

    def __call__(self) -> TakenShard:
        """The next shard for a worker."""
        with self._lock:
            if self._again:
                return self._again.popleft()
            self._next += 1
            return TakenShard(self._next - 1)

    def lost(self, taken: list[int], done: frozenset[str]) -> None:
        """Hands out once more what a lost worker had of the sweeps.

        A shard that two workers were lost over is given up: it may be what kills them. Drawn shards
        are given up at once: which phase fills one depends on the time, and the phases that draw
        have no end in any case.

        Args:
            taken: the indexes of its shards.
            done: the IDs of the scenarios that it had executed.
        """
        sweeps = self._sweep_shards() if taken else 0
        with self._lock:
            for index in taken:
                if index < sweeps and index not in self._handed_again:
                    self._handed_again.add(index)
                    self._again.append(TakenShard(index, done=done, attempt=new_attempt()))
