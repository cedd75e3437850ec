"""Shows the workers of a run that its master is alive: without one nothing may be sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from .pace_state import Field, PaceState

_EACH_SEC = 0.2


@contextmanager
def beating(state: PaceState) -> Iterator[None]:
    """Beats for the time of a block, in a thread; workers that share ``state`` watch it.

    A master that was killed beats no more, and neither does one that stands still (SIGSTOP).
    """
    ended = threading.Event()

    def beat() -> None:
        while not ended.is_set():
            state[Field.HEARTBEAT] = monotonic()
            ended.wait(_EACH_SEC)

    state[Field.HEARTBEAT] = monotonic()
    thread = threading.Thread(target=beat, name="cartfuzz-heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        state[Field.HEARTBEAT] = 0  # whoever sends from now on is the master itself
