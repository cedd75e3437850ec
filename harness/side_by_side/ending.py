"""When a comparison sends no more."""

from __future__ import annotations

import threading
from collections.abc import Callable
from math import inf
from time import monotonic


class Ending:
    """Ends a comparison at once, or the part of it that is under way at a deadline.

    Args:
        stop: is set to end it all.
        clock: the time source, in seconds.
    """

    def __init__(self, stop: threading.Event, *, clock: Callable[[], float] = monotonic) -> None:
        self._stop = stop
        self._clock = clock
        self._deadline = inf

    @property
    def is_stopped(self) -> bool:
        """Whether it all has ended."""
        return self._stop.is_set()

    def is_due(self) -> bool:
        """Whether nothing more may be sent now."""
        return self._stop.is_set() or self._clock() >= self._deadline

    def set_deadline(self, seconds: float | None) -> None:
        """Lets the part that begins now end after ``seconds``; None: it may take any time."""
        self._deadline = inf if seconds is None else self._clock() + seconds
