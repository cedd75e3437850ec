"""What master and members of a cluster let each other know, without a cluster."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest

from cartfuzz.harness.executors import cluster_state
from cartfuzz.harness.executors.cluster_state import ClusterMaster, ClusterMember
from cartfuzz.harness.pace.pace_state import Field, PaceState, local_pace
from cartfuzz.harness.pace.rate_limiter import MAX_HEARTBEAT_SEC

from ..pace.fake_time import FakeTime


class Scheduler:
    """Holds one variable and hands events over; time passes only where a test says so."""

    def __init__(self) -> None:
        self.value: Any = None
        self.is_away = False
        self.events: list[dict[str, float]] = []
        self._listeners: list[Callable[[tuple[float, Any]], None]] = []
        self.time = FakeTime(monotonic())

    def set(self, value: dict[str, Any]) -> None:
        self._check()
        self.value = value

    def get(self, timeout: float) -> Any:  # noqa: ARG002 - that of a variable
        self._check()
        return self.value

    def subscribe_topic(self, _topic: str, listener: Callable[[tuple[float, Any]], None]) -> None:
        self._listeners.append(listener)

    def log_event(self, _topic: str, message: dict[str, float]) -> None:
        self.events.append(message)
        for listener in self._listeners:
            listener((0.0, message))

    def _check(self) -> None:
        if self.is_away:
            raise TimeoutError

    def master(self, pace: PaceState, under_way: Callable[[], int]) -> ClusterMaster:
        return ClusterMaster(
            self,
            "therun12",
            pace,
            under_way=under_way,
            threads=2,
        )


class _NoThread:
    """A thread that does nothing: the test makes each step of its loop."""

    def __init__(self, **_: object) -> None:
        """Takes what a thread takes."""

    def start(self) -> None:
        """Nothing runs."""

    def join(self) -> None:
        """Nothing runs."""


@pytest.fixture
def scheduler(monkeypatch: pytest.MonkeyPatch) -> Scheduler:
    made = Scheduler()
    names = SimpleNamespace(Thread=_NoThread, Lock=threading.Lock, Event=threading.Event)
    monkeypatch.setattr(cluster_state, "threading", names)
    monkeypatch.setattr(cluster_state, "monotonic", made.time)
    monkeypatch.setattr(cluster_state, "Variable", lambda *_, **__: made)
    monkeypatch.setattr(cluster_state, "get_client", lambda **_: None)
    monkeypatch.setattr(cluster_state, "get_worker", lambda: made)
    return made


def test_the_master_shows_that_it_is_alive_and_when_it_ends(scheduler: Scheduler) -> None:
    """Each beat is another one; a member is stopped once it has read of the end."""
    master = scheduler.master(local_pace(), lambda: 1)
    member = ClusterMember("therun12")
    first = scheduler.value["beat"]
    assert not member.stopped()
    master.stop()
    assert scheduler.value["beat"] > first
    member._read()
    assert member.stopped()
    master.close()


def test_the_rate_is_shared_by_shards_under_way(scheduler: Scheduler) -> None:
    """A share grows only once fewer shards have been under way for a second: what others still
    send must not come on top."""
    under_way = [4]
    master = scheduler.master(local_pace(), lambda: under_way[0])
    member = ClusterMember("therun12")
    with member.shard():
        assert member.share() == 1 / 4
        with member.shard():
            assert member.share() == 2 / 4
        under_way[0] = 1
        assert member.share() == 2 / 4  # the other thread may be between two shards
        for passed, share in ((0.6, 1 / 4), (0.6, 1.0)):
            scheduler.time.pause(passed)
            master._set()
            member._read()
            assert member.share() == share


@pytest.mark.parametrize("scheduler_is_away", [False, True])
def test_nothing_is_sent_without_a_master(scheduler: Scheduler, scheduler_is_away: bool) -> None:
    """Two beats that are missed hold requests back, ten seconds end the tasks; a master that is
    back in time lets them go on."""
    master = scheduler.master(local_pace(), lambda: 1)
    member = ClusterMember("therun12")

    def may_send() -> bool:
        return scheduler.time.now - member.pace[Field.HEARTBEAT] <= MAX_HEARTBEAT_SEC

    assert may_send()
    scheduler.is_away = scheduler_is_away
    scheduler.time.pause(0.4)
    member._read()
    assert may_send()
    scheduler.time.pause(0.2)
    member._read()
    assert not may_send()
    assert not member.stopped()
    scheduler.is_away = False
    master._set()
    member._read()
    assert may_send()
    scheduler.is_away = scheduler_is_away
    scheduler.time.pause(10.1)
    member._read()
    assert member.stopped()


def test_a_pause_that_one_process_was_asked_for_holds_for_all(scheduler: Scheduler) -> None:
    """It goes to the master once, from there to the others, and not back again."""
    pace = local_pace()
    master = scheduler.master(pace, lambda: 2)
    one, other = ClusterMember("therun12"), ClusterMember("therun12")
    one.pace[Field.PAUSED_UNTIL] = scheduler.time.now + 5
    for _ in range(2):
        one._read()
        master._set()
        other._read()
    assert len(scheduler.events) == 1
    assert pace[Field.PAUSED_UNTIL] == pytest.approx(scheduler.time.now + 5, abs=2)
    assert other.pace[Field.PAUSED_UNTIL] == pytest.approx(scheduler.time.now + 5, abs=2)


def test_what_is_no_pause_changes_nothing(scheduler: Scheduler) -> None:
    """Whoever can reach the scheduler can log events."""
    pace = local_pace()
    scheduler.master(pace, lambda: 2)._take((0.0, "pause"))
    assert pace[Field.PAUSED_UNTIL] == 0
    scheduler.value = "no mapping"
    assert not ClusterMember("therun12").stopped()
