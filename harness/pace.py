"""Keeps a worker below its share of the rate that the user allows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic, sleep


class Pace:
    """Lets requests pass no faster than a steady rate; threads share one.

    The requests are spaced evenly: no burst comes first, and pauses are not saved up.

    Args:
        rps: requests per second; None: no limit.
        clock, pause: the time source and how to wait, in seconds; for tests.
    """

    def __init__(
        self,
        rps: float | None,
        *,
        clock: Callable[[], float] = monotonic,
        pause: Callable[[float], None] = sleep,
    ) -> None:
        self._gap = 1 / rps if rps else 0.0
        self._clock = clock
        self._pause = pause
        self._lock = threading.Lock()
        self._next = clock()

    def wait(self) -> None:
        """Returns once the next request may go out."""
        if not self._gap:
            return
        with self._lock:
            now = self._clock()
            due = max(self._next, now)
            self._next = due + self._gap
        if due > now:
            self._pause(due - now)

    def back_off(self, seconds: float) -> None:
        """Holds all requests back for ``seconds``, as a target's Retry-After asks."""
        with self._lock:
            self._next = max(self._next, self._clock() + seconds)
        if not self._gap:
            self._pause(seconds)
