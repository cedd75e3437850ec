"""When a run ends because nothing new is learnt, on a clock of the test's own."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from cartfuzz.analysis import RunState
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.harness import campaign
from cartfuzz.harness.pace.pace_state import local_pace
from cartfuzz.harness.plan import Plan
from cartfuzz.harness.scheduling.phase_schedule import Shares
from cartfuzz.harness.worker import Message, WorkerDone

from ..record.events import scenario_run

QUIET_SEC = 60.0
Received = tuple[float, Message | None]
"""The seconds until a message comes, and the message; None: none comes in time."""


def shown(number: int, behaviour: str, seconds: float = 5.0) -> Message:
    return scenario_run(
        number, phase="explore", reached=Counter([behaviour]), elapsed_ms=seconds * 1000
    )


class Script:
    """Workers that send what is written, until they are halted."""

    def __init__(self, received: list[Received]) -> None:
        self.now = 0.0
        self.halted = False
        self._script = iter(received)

    @property
    def share_pace(self) -> bool:
        return False

    def receive(self, timeout_sec: float) -> Message | None:
        seconds, message = (
            (timeout_sec, WorkerDone()) if self.halted else next(self._script, (0, WorkerDone()))
        )
        self.now += seconds
        return message

    def halt(self) -> None:
        self.halted = True

    def steer(self, shares: Shares) -> None:
        """Shares change nothing here."""


@pytest.mark.parametrize(
    ("received", "detail"),
    [
        ([(1, shown(0, "a")), *[(7, shown(1, "a"))] * 20], "nothing new was learnt for 60 s"),
        ([(9, shown(number, f"{number}")) for number in range(20)], ""),
        ([(200, None), (1, shown(0, "a")), (1, shown(1, "b"))], ""),
        ([(1, shown(0, "a")), *[(100, None)] * 3, (1, shown(1, "b"))], ""),
    ],
    ids=["nothing new", "always something", "a slow start", "a long silence"],
)
def test_until_quiet(
    monkeypatch: pytest.MonkeyPatch, received: list[Received], detail: str
) -> None:
    """Scenarios that show nothing new end a run, silence does not: a cluster sends in lumps."""
    workers = Script(received)
    monkeypatch.setattr(campaign, "monotonic", lambda: workers.now)
    plan = Plan(
        url="http://127.0.0.1", environment=EXAMPLE_ENVIRONMENT, seed=1, quiet_sec=QUIET_SEC
    )
    gathering = campaign._Gathering(
        plan,
        workers,
        RunState(),
        pace=local_pace(),
        notice=lambda _: None,
        stop=threading.Event(),
        started=0.0,
    )
    events: Iterator[object] = gathering.events()
    yielded = len(list(events))
    assert gathering.detail == detail
    assert workers.halted == bool(detail)
    if not detail:
        assert yielded == sum(message is not None for _, message in received)
