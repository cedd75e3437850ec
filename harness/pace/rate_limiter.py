"""Keeps the requests of a run at or below a rate, and lets a target ask for a pause."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep

from .pace_state import Field, PaceState, local_pace

_MAX_PAUSE_SEC = 0.125
"""A longer wait is cut into pauses, with a look in between whether the run was stopped."""
MAX_BACK_OFF_SEC = 30.0
"""A target that asks for a longer pause gets this one: a run must go on."""
MAX_HEARTBEAT_SEC = 1.0
"""A master that was not alive for longer is taken for gone: nothing is sent until it is back."""


class RateLimiter:
    """Lets requests pass no faster than a steady rate; all that share ``state`` share the rate.

    Requests are spaced evenly. Unused time is not saved up, so no burst follows a pause. A request
    that waits for its time when a pause begins waits for a new one after the pause.

    Args:
        rps: requests per second; None: no limit.
        share: the part of ``rps`` that goes through ``state``, above 0; less than 1 where others
            that send do not share it.
        max_requests: the most that may go out, over all that share ``state``; None: no bound.
        state: what is shared with other limiters; None: nothing.
        stopped: returns whether the run was stopped; nobody waits any longer then.
        clock, pause: the time source and how to wait, in seconds; for tests.
    """

    def __init__(
        self,
        rps: float | None,
        *,
        share: Callable[[], float] = lambda: 1.0,
        max_requests: int | None = None,
        state: PaceState | None = None,
        stopped: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = monotonic,
        pause: Callable[[float], None] = sleep,
    ) -> None:
        self._rps = rps
        self._share = share
        self._max_requests = max_requests
        self._state = state or local_pace()
        self._stopped = stopped
        self._clock = clock
        self._pause = pause

    def wait(self, requests: int = 1) -> bool:
        """Returns once ``requests`` may go out at once.

        They take as many slots, and go out when the last of these has come.

        Returns:
            False: none may, since the run was stopped, or its requests are used up.
        """
        state = self._state
        if not self._is_left(requests):
            return False
        while True:
            if not self._wait_for_master():
                return False
            gap = self._gap()
            if not gap and state[Field.PAUSED_UNTIL] <= self._clock():
                return True  # no rate, and no pause is due: no need for the lock
            due, left = self._reserve(requests, gap)
            if not self._passed(due, left):
                return False
            if state[Field.PAUSED_UNTIL] <= due and self._hears_master():
                return True

    def rest(self, seconds: float) -> bool:
        """Waits in this thread alone; False: the run was stopped meanwhile."""
        while seconds > 0:
            if self._stopped():
                return False
            self._pause(min(seconds, _MAX_PAUSE_SEC))
            seconds -= _MAX_PAUSE_SEC
        return True

    def back_off(self, seconds: float) -> None:
        """Holds all requests back for ``seconds``, as a target's Retry-After asks."""
        state = self._state
        with state.locked():
            now = self._clock()
            before = max(state[Field.PAUSED_UNTIL], now)
            # The later of the two: the same wish in several responses is one wish.
            until = max(before, now + seconds)
            state[Field.PAUSED_SEC] += until - before
            state[Field.PAUSED_UNTIL] = until

    def _is_left(self, requests: int) -> bool:
        """Whether the run may send so many more; they count as sent from then on."""
        if self._max_requests is None:
            return True
        state = self._state
        with state.locked():
            if state[Field.SENT] + requests > self._max_requests:
                # A burst that does not fit in ends the run as well: what is left fits nothing.
                state[Field.SENT] = max(state[Field.SENT], self._max_requests)
                return False
            state[Field.SENT] += requests
        return True

    def _gap(self) -> float:
        """Seconds between two requests; 0: no bound."""
        bounds = [rate for rate in (self._rps, self._state[Field.SLOW_RPS]) if rate]
        return 1 / (min(bounds) * self._share()) if bounds else 0.0

    def _reserve(self, requests: int, gap: float) -> tuple[float, float]:
        """Takes the next slots: when the last of them comes, and in how many seconds that is."""
        state = self._state
        with state.locked():
            now = self._clock()
            due = max(now, state[Field.PAUSED_UNTIL])
            if gap:
                due = max(due, state[Field.NEXT_SLOT]) + (requests - 1) * gap
                state[Field.NEXT_SLOT] = due + gap
        return due, due - now

    def _passed(self, due: float, left: float) -> bool:
        """Waits for ``left`` seconds, or until a pause makes the slot at ``due`` void.

        Returns:
            False: the run was stopped.
        """
        while left > 0:
            if self._stopped():
                return False
            self._pause(min(left, _MAX_PAUSE_SEC))
            left -= _MAX_PAUSE_SEC
            if self._state[Field.PAUSED_UNTIL] > due:
                break
        return True

    def _wait_for_master(self) -> bool:
        """Returns once the master of the run is alive, as far as anybody knows; False: stopped."""
        while not self._hears_master():
            if self._stopped():
                return False
            self._pause(_MAX_PAUSE_SEC)
        return True

    def _hears_master(self) -> bool:
        beat = self._state[Field.HEARTBEAT]
        return not beat or self._clock() - beat <= MAX_HEARTBEAT_SEC
