"""Slows a run down where its target suffers: answers take far longer, or many are failures.

The rate is halved, and creeps up again while the target is well (additive increase, multiplicative
decrease). What is sent does not depend on it, only when.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from statistics import median
from time import monotonic

from ...wire import NoResponse, Response
from .pace_state import Field, PaceState

_WINDOW = 50
"""Answers that are judged together."""
_WINDOW_SEC = 5.0
_LEAST = 10
"""After that time fewer answers are enough, but no fewer than these."""
_TIMES_SLOWER = 4.0
_SLOW_SEC = 0.25
"""A median below this is never slow, whatever it was before."""
_BAD_SHARE = 0.5
"""Of the answers: so many statuses from 500 on, or requests that were not answered."""
_CALM_GROWTH = 1.02
"""So much may the calm median grow from one window to the next: what is sent changes, too."""
_DOWN_EACH_SEC = 2.0
_UP_EACH_SEC = 5.0
_UP_SHARE = 0.05
"""Of the full rate, by which the rate grows."""
_LEAST_RPS = 1.0


class SlowDown:
    """Judges the answers of one process. Threads may share one.

    Args:
        state: what all that send share; the rate in it holds for all.
        rps: the bound of the run; None: none.
        senders: processes that send; each has about the same rate.
        clock: the time source, in seconds; for tests.
    """

    def __init__(
        self,
        state: PaceState,
        *,
        rps: float | None,
        senders: int = 1,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._state = state
        self._rps = rps
        self._senders = senders
        self._clock = clock
        self._lock = threading.Lock()
        self._elapsed: list[float] = []
        self._bad = 0
        self._began = clock()
        self._calm_sec = 0.0
        self._calm_rate = 0.0

    def note(self, outcome: Response | NoResponse) -> None:
        """Takes in what became of an ordinary request."""
        with self._lock:
            self._elapsed.append(outcome.elapsed_sec)
            self._bad += isinstance(outcome, NoResponse) or outcome.status >= 500
            if len(self._elapsed) < _LEAST:
                return
            took = self._clock() - self._began
            if len(self._elapsed) < _WINDOW and took < _WINDOW_SEC:
                return
            self._judge(took)
            self._elapsed, self._bad, self._began = [], 0, self._clock()

    def _judge(self, took: float) -> None:
        """Slows down, or lets the rate grow, by what came within ``took`` seconds."""
        middle, count = median(self._elapsed), len(self._elapsed)
        rate = count / max(took, 1e-3) * self._senders
        slow = (
            middle > _SLOW_SEC and bool(self._calm_sec) and middle > _TIMES_SLOWER * self._calm_sec
        )
        if slow or self._bad >= _BAD_SHARE * count:
            self._slow(rate)
            return
        self._calm_sec = min(middle, _CALM_GROWTH * self._calm_sec) if self._calm_sec else middle
        if self._state[Field.SLOW_RPS]:
            self._grow()
        else:
            self._calm_rate = max(rate, self._calm_rate)

    def _slow(self, rate: float) -> None:
        state = self._state
        with state.locked():
            now = self._clock()
            before = state[Field.SLOW_RPS]
            if before and now - state[Field.SLOW_CHANGED] < _DOWN_EACH_SEC:
                return  # another process has seen the same
            if not before:
                full = max(rate, self._calm_rate)
                state[Field.FULL_RPS] = min(full, self._rps) if self._rps else full
                state[Field.SLOW_SINCE] = now
                before = min(rate, state[Field.FULL_RPS])
            least = min(_LEAST_RPS, state[Field.FULL_RPS])
            state[Field.SLOW_RPS] = rate = max(before / 2, least)
            state[Field.LOWEST_RPS] = min(state[Field.LOWEST_RPS] or rate, rate)
            state[Field.SLOW_CHANGED] = now

    def _grow(self) -> None:
        state = self._state
        with state.locked():
            now = self._clock()
            before, full = state[Field.SLOW_RPS], state[Field.FULL_RPS]
            if not before or now - state[Field.SLOW_CHANGED] < _UP_EACH_SEC:
                return
            rate = before + _UP_SHARE * full
            state[Field.SLOW_CHANGED] = now
            if rate < full:
                state[Field.SLOW_RPS] = rate
                return
            state[Field.SLOW_RPS] = 0
            state[Field.SLOW_SEC] += now - state[Field.SLOW_SINCE]
            state[Field.SLOW_SINCE] = 0
