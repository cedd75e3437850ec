"""Notices worker processes that stand still: stopped by a signal, or frozen with their machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from time import monotonic

MAX_STILL_SEC = 15.0
"""A worker that has not beaten for so long stands still."""
_MAX_START_SEC = 90.0
"""The same before its first beat: a busy machine starts slowly."""
_MAX_STEP_SEC = 0.5
"""Of time between two looks that counts: where this process stood still itself, as after Ctrl-Z,
the workers had no chance."""


class StillnessWatch:
    """Compares the beats of workers from look to look.

    Args:
        beats: returns how often each worker has beaten.
        clock: seconds that only grow.
    """

    def __init__(
        self, beats: Callable[[], Sequence[int]], *, clock: Callable[[], float] = monotonic
    ) -> None:
        self._beats = beats
        self._clock = clock
        self._looked = clock()
        self._seen = list(beats())
        self._still_sec = [0.0] * len(self._seen)

    def standing_still(self, *, ending: bool = False) -> Iterator[int]:
        """The numbers of the workers that stand still; those that have ended as well.

        Args:
            ending: whether the run is at its end, and waits for no worker that has yet to start.
        """
        now = self._clock()
        passed, self._looked = min(now - self._looked, _MAX_STEP_SEC), now
        for number, count in enumerate(self._beats()):
            moved = count != self._seen[number]
            self._seen[number] = count
            self._still_sec[number] = 0.0 if moved else self._still_sec[number] + passed
            if self._still_sec[number] > (MAX_STILL_SEC if count or ending else _MAX_START_SEC):
                yield number
