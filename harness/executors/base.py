"""The seam between a campaign and whatever runs its workers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from ..plan import Plan
from ..scheduling.phase_schedule import Shares
from ..worker import Message

TICK_SEC = 0.1
"""How often the time and the user's wish to stop are looked at while nothing happens."""
BACKLOG = 1_000
"""Messages that may wait; workers pause while the reader is behind."""


class Workers(Protocol):
    """Running workers, however they run."""

    def receive(self, timeout_sec: float) -> Message | None:
        """The next message; None if none came in time."""

    def steer(self, shares: Shares) -> None:
        """Shares the shards that are handed out from now on among the phases without an end."""

    def halt(self) -> None:
        """Asks all workers to end soon."""

    def lost(self) -> bool:
        """Whether a worker ended without a word."""


Executor = Callable[[Plan, str, str], AbstractContextManager[Workers]]
"""Starts the workers of a plan, given the API key and the run's part of its marks; ends them when
the context is left."""


def drain(workers: Workers, going_on: Callable[[], bool]) -> None:
    """Empties the queue until the workers have left: a full queue would keep them."""
    while going_on():
        workers.receive(TICK_SEC)
