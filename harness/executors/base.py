"""The interface between a campaign and the executor that runs its workers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from ...wire.secrets import TargetSecrets
from ..plan import Plan
from ..scheduling.phase_schedule import Shares
from ..worker import Message

TICK_SEC = 0.1
"""How often a campaign checks the time and the user's wish to stop while no message comes."""
BACKLOG = 1_000
"""Maximum messages that may wait in a thread; the worker pauses while the reader is behind."""

MAX_LEAVE_SEC = 10.0
"""How long a stopped worker may take to end. Its requests are cut off before; only the look-up of a
host's name may take longer."""


class Workers(Protocol):
    """Workers that run."""

    @property
    def share_pace(self) -> bool:
        """Whether they wait for what the campaign writes into the shared numbers of the run."""

    def receive(self, timeout_sec: float) -> Message | None:
        """The next message; None if none came in time."""

    def steer(self, shares: Shares) -> None:
        """Sets how the phases without an end share the shards that are handed out from now on."""

    def halt(self) -> None:
        """Asks all workers to end soon."""


Executor = Callable[[Plan, TargetSecrets, str], AbstractContextManager[Workers]]
"""Starts the workers of a plan, given the API key and the run's part of its marks; ends them when
the context is left."""


def drain(workers: Workers, running: Callable[[], bool]) -> None:
    """Empties the queue until the workers have ended: a full queue would block them."""
    while running():
        workers.receive(TICK_SEC)
