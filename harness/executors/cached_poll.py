"""Asks now and then whether something is so, and never lets the asking hold up the work."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

_REST = 20
"""After an answer it is not asked again for so many times as long as the answer took."""


class CachedPoll:
    """What was last answered; threads share one.

    One thread asks while the others go on with what is known. A peer that answers slowly, or
    not at all until a timeout, is asked the more seldom.

    Args:
        ask: may take its time; once it said True it is not asked again.
        every_sec: at most so often.
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
            self._due = now + max(self._every_sec, _REST * (now - began))
        finally:
            self._lock.release()
        return self._known
