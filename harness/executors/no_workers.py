"""The workers of a part of a run whose phases are over already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ...wire.secrets import TargetSecrets
from ..plan import Plan
from ..scheduling.phase_schedule import Shares
from ..worker import Message, WorkerDone
from .base import Workers


class _None:
    """Workers that have nothing to do."""

    def receive(self, timeout_sec: float) -> Message | None:  # noqa: ARG002 - the protocol's
        return WorkerDone()

    def steer(self, shares: Shares) -> None:
        """There is nothing to share."""

    def halt(self) -> None:
        """Nothing runs."""

    def lost(self) -> bool:
        return False


@contextmanager
def no_workers(_plan: Plan, _secrets: TargetSecrets, _run_id: str) -> Iterator[Workers]:
    """Workers that send nothing."""
    yield _None()
