"""Pauses a run while its target is away, looks now and then whether it is back, and gives up.

All that share a `PaceState` share the outage: whoever meets it stops all, and one of those that
wait sends the probe. Nobody has to survive for that: a probe that never returns is followed by
another one.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep

from ...wire import NoResponse, Response
from ..plan import DEFAULT_GIVE_UP_SEC
from .pace_state import Field, PaceState

MAX_PROBE_SEC = 10.0
"""A probe that takes longer is not answered."""
_MAX_MISSES = 5
"""So many requests in a row without a usable response, over all workers: the target is away."""
GATEWAY_STATUSES = frozenset((502, 503, 504))
"""Statuses of a gateway whose target does not answer, or of a target that serves nobody now."""
_FIRST_WAIT_SEC = 0.25
_MAX_WAIT_SEC = 5.0
_SLICE_SEC = 0.05


class CircuitBreaker:
    """Stops all sending while the target gives no usable responses. Threads may share one.

    Args:
        state: what all that send to the target share.
        probe: sends one harmless request; whether it was answered as a target that works does.
        give_up_sec: after an outage of this time the target is lost.
        stopped: returns whether the run was stopped; nobody waits any longer then.
        clock, pause: the time source and how to wait, in seconds; for tests.
    """

    def __init__(
        self,
        state: PaceState,
        probe: Callable[[], bool],
        *,
        give_up_sec: float = DEFAULT_GIVE_UP_SEC,
        stopped: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = monotonic,
        pause: Callable[[float], None] = sleep,
    ) -> None:
        self._state = state
        self._probe = probe
        self._give_up_sec = give_up_sec
        self._stopped = stopped
        self._clock = clock
        self._pause = pause

    @property
    def is_open(self) -> bool:
        """Whether nothing may be sent now."""
        return bool(self._state[Field.AWAY_SINCE] or self._state[Field.LOST])

    @property
    def is_lost(self) -> bool:
        """Whether the target stayed away for too long."""
        return bool(self._state[Field.LOST])

    @property
    def outages(self) -> int:
        """How often the target went away so far."""
        return int(self._state[Field.OUTAGES])

    def note(self, outcome: Response | NoResponse) -> None:
        """Takes in what became of an ordinary request."""
        state = self._state
        if isinstance(outcome, Response) and outcome.status not in GATEWAY_STATUSES:
            if state[Field.MISSES]:
                state[Field.MISSES] = 0
            return
        if isinstance(outcome, NoResponse) and outcome.held_back:
            return
        if self._stopped():
            return  # its connection was closed for that
        # Where no connection can be made, nothing listens: there is no need of further proof.
        never = isinstance(outcome, NoResponse) and outcome.unreachable
        with state.locked():
            state[Field.MISSES] += _MAX_MISSES if never else 1
            if state[Field.MISSES] >= _MAX_MISSES:
                open_circuit(state, self._clock())

    def passes(self) -> bool:
        """Returns once the target is there; False: it is lost, or the run was stopped."""
        state = self._state
        while state[Field.AWAY_SINCE]:
            if state[Field.LOST] or self._stopped():
                return False
            if self._takes_probe():
                self._look()
            else:
                self._pause(_SLICE_SEC)
        return not state[Field.LOST]

    def _takes_probe(self) -> bool:
        """Whether this thread is to send the next probe; no other one is meanwhile."""
        state = self._state
        with state.locked():
            now = self._clock()
            if not state[Field.AWAY_SINCE] or now < state[Field.PROBE_AT]:
                return False
            state[Field.PROBE_AT] = now + 2 * MAX_PROBE_SEC
            return True

    def _look(self) -> None:
        answers = self._probe()
        state = self._state
        with state.locked():
            now, since = self._clock(), state[Field.AWAY_SINCE]
            if not since:
                return
            if answers:
                state[Field.AWAY_SEC] += now - since
                state[Field.AWAY_SINCE] = state[Field.MISSES] = 0
                return
            give_up = since + self._give_up_sec
            if now >= give_up:
                state[Field.LOST] = 1
                return
            wait = min(max(2 * state[Field.PROBE_WAIT], _FIRST_WAIT_SEC), _MAX_WAIT_SEC)
            state[Field.PROBE_WAIT] = wait
            state[Field.PROBE_AT] = min(now + wait, give_up)


def open_circuit(state: PaceState, now: float) -> None:
    """Notes that the target is away, unless that was noted; the caller holds the lock."""
    if state[Field.AWAY_SINCE] or state[Field.LOST]:
        return
    state[Field.OUTAGES] += 1
    state[Field.PROBE_AT] = state[Field.PROBE_WAIT] = 0
    state[Field.MISSES] = 0
    state[Field.AWAY_SINCE] = now
