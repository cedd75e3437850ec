"""Keeps the requests of a worker at or below a rate, and lets a target ask for a pause."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic, sleep

_MAX_PAUSE_SEC = 0.25
"""A longer wait is cut into pauses, with a look in between whether the run was stopped."""


class RateLimiter:
    """Lets requests pass no faster than a steady rate; threads share one.

    Requests are spaced evenly. Unused time is not saved up, so no burst follows a pause.

    Args:
        rps: requests per second; None: no limit.
        stopped: returns whether the run was stopped; nobody waits any longer then.
        clock, pause: the time source and how to wait, in seconds; for tests.
    """

    def __init__(
        self,
        rps: float | None,
        *,
        stopped: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = monotonic,
        pause: Callable[[float], None] = sleep,
    ) -> None:
        self._gap = 1 / rps if rps else 0.0
        self._stopped = stopped
        self._clock = clock
        self._pause = pause
        self._lock = threading.Lock()
        self._next = clock()

    def wait(self) -> bool:
        """Returns once the next request may go out; False: not at all, the run was stopped."""
        if not self._gap and self._next <= self._clock():
            return True  # no rate, and no pause is due: no need for the lock
        with self._lock:
            now = self._clock()
            due = max(self._next, now)
            self._next = due + self._gap
        left = due - now
        while left > 0:
            if self._stopped():
                return False
            self._pause(min(left, _MAX_PAUSE_SEC))
            left -= _MAX_PAUSE_SEC
        return True

    def back_off(self, seconds: float) -> None:
        """Holds all requests back for ``seconds``, as a target's Retry-After asks."""
        with self._lock:
            # The later of the two: the same wish in several responses is one wish.
            self._next = max(self._next, self._clock() + seconds)
