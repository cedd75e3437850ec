"""Ends the requests that are still under way a few seconds after a run was stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE_SEC = 3.0
"""How long a stopped run waits for the responses to what it has sent."""
_LOOK_SEC = 0.1


@contextmanager
def cut_off_when_stopped(
    abort: Callable[[], None],
    stopped: Callable[[], bool],
    *,
    patience_sec: float = PATIENCE_SEC,
    wait: Callable[[threading.Event, float], bool] = threading.Event.wait,
) -> Iterator[None]:
    """Calls ``abort`` if the block has not ended ``patience_sec`` after ``stopped``.

    Args:
        abort: ends all requests under way; called from a thread of its own, once.
        stopped: asked ten times a second.
        patience_sec: the time that the requests have.
        wait: waits for an event for some seconds; whether it was set. For tests.
    """
    ended = threading.Event()

    def watch() -> None:
        while not wait(ended, _LOOK_SEC):
            if stopped():
                if not wait(ended, patience_sec):
                    abort()
                return

    watcher = threading.Thread(target=watch, name="cartfuzz-cut-off", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
