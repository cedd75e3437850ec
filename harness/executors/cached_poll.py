"""Polls a slow source now and then, and serves the last answer in between."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

_PAUSE_PER_POLL = 20
"""The pause after a poll is at least this many times as long as the poll took."""


class CachedPoll:
    """The last answer of a source; threads share one.

    One thread polls while the others go on with the last answer. The longer a poll takes, the
    longer the pause after it.

    Args:
        ask: the source; once it has returned True it is not asked again.
        every_sec: the shortest pause between two polls.
        clock: the time source, in seconds; for tests.
    """

    def __init__(
        self,
        ask: Callable[[], bool],
        *,
        every_sec: float,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._ask = ask
        self._every_sec = every_sec
        self._clock = clock
        self._lock = threading.Lock()
        self._known = False
        self._due = clock() + every_sec

    def __call__(self) -> bool:
        if self._known or self._clock() < self._due or not self._lock.acquire(blocking=False):
            return self._known
        try:
            began = self._clock()
            self._known = self._ask()
            now = self._clock()
            self._due = now + max(self._every_sec, _PAUSE_PER_POLL * (now - began))
        finally:
            self._lock.release()
        return self._known
