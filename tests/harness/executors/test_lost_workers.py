"""Worker processes that are killed or stand still: the others go on, and nothing comes twice."""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import struct
from collections import Counter

import msgspec
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.harness.campaign import run_campaign
from cartfuzz.harness.executors import stillness
from cartfuzz.harness.executors.shard_counter import ShardCounter
from cartfuzz.harness.executors.stillness import MAX_STILL_SEC, StillnessWatch
from cartfuzz.harness.executors.worker_line import ParentEnd, WorkerEnd
from cartfuzz.harness.pace.pacing import Notice, NoticeKind
from cartfuzz.harness.plan import Plan
from cartfuzz.harness.worker import Message, TakenShard, WorkerDone, WorkerFailed, WorkerLost
from cartfuzz.record import Phase, RunFinished, ScenarioRun, StopReason
from cartfuzz.sandbox import start

PATIENCE_SEC = 60.0


def test_the_sweep_shards_of_a_lost_worker_are_handed_out_once_more() -> None:
    """Without what is done, under other marks; drawn ones and those lost twice are given up."""
    shards = ShardCounter(lambda: 2)
    assert [shards().index for _ in range(3)] == [0, 1, 2]
    shards.lost([1, 2], frozenset({"edges/1/0"}))
    again = shards()
    assert (again.index, again.done) == (1, frozenset({"edges/1/0"}))
    assert again.attempt
    shards.lost([1], frozenset())
    assert shards() == TakenShard(3)


def test_a_part_of_a_message_is_a_lost_worker() -> None:
    """What a process leaves that is killed while it writes; whole messages before it count."""
    own, other = multiprocessing.Pipe()
    arrived: queue.Queue[Message] = queue.Queue()
    lost: list[list[int]] = []
    line = ParentEnd(
        own, arrived, hand_out=lambda: TakenShard(7), lost=lambda taken, _: lost.append(taken)
    )
    end = WorkerEnd(other)
    assert end.next_shard() == TakenShard(7)
    os.write(other.fileno(), struct.pack("!i", 1_000_000) + b"part")
    other.close()
    assert isinstance(arrived.get(timeout=PATIENCE_SEC), WorkerLost)
    assert lost == [[7]]
    line.close()


def test_messages_come_in_their_order() -> None:
    """However many more there are than may wait."""
    own, other = multiprocessing.Pipe()
    arrived: queue.Queue[Message] = queue.Queue(4)
    line = ParentEnd(own, arrived, hand_out=lambda: TakenShard(0), lost=lambda *_: None)
    sent: list[Message] = [*(WorkerFailed(trace=str(number)) for number in range(1)), WorkerDone()]
    end = WorkerEnd(other)
    for message in sent:
        end.put(message)
    assert arrived.get(timeout=PATIENCE_SEC) == sent[0]
    other.close()
    line.close()


def test_a_worker_that_does_not_beat_stands_still() -> None:
    """Time in which the watch itself stood still does not count."""
    now, beats = [0.0], [1, 1]
    watch = StillnessWatch(lambda: beats, clock=lambda: now[0])
    now[0] += 1_000
    assert list(watch.standing_still()) == []
    for _ in range(int(MAX_STILL_SEC / 0.5) + 1):
        now[0] += 0.5
        beats[1] += 1
        still = list(watch.standing_still())
    assert still == [0]


def test_a_killed_worker_costs_no_scenario_of_a_sweep() -> None:
    """Each comes once, the run ends in order; record and user hear of the worker."""
    environment = msgspec.structs.replace(EXAMPLE_ENVIRONMENT)
    with start(environment) as sandbox:
        plan = Plan(
            url=sandbox.url, environment=environment, phases=(Phase.EDGES,), scenarios=60, workers=2
        )
        ids: Counter[str] = Counter()
        finished = None
        notices: list[Notice] = []
        for event in run_campaign(plan, sandbox.api_key, notice=notices.append):
            if isinstance(event, ScenarioRun) and not event.is_late_read:
                if not ids:
                    victim = multiprocessing.active_children()[0]
                    os.kill(victim.pid or 0, signal.SIGKILL)
                ids[event.id] += 1
            elif isinstance(event, RunFinished):
                finished = event
    assert finished is not None
    assert finished.reason is StopReason.COMPLETED
    assert finished.lost_workers == 1
    assert [one.kind for one in notices] == [NoticeKind.WORKER_LOST]
    assert notices[0].text.endswith("another one goes on")
    assert set(ids.values()) == {1}
    assert len(ids) == 60


def test_a_worker_that_stands_still_while_it_starts_counts_as_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is stopped before its first beat; the other one does all, and the run ends in order."""
    monkeypatch.setattr(stillness, "_MAX_START_SEC", 12.0)
    began = multiprocessing.process.BaseProcess.start
    stopped: list[int] = []

    def start_and_stop(process: multiprocessing.process.BaseProcess) -> None:
        began(process)
        if not stopped:
            stopped.append(process.pid or 0)
            os.kill(stopped[0], signal.SIGSTOP)

    monkeypatch.setattr(multiprocessing.process.BaseProcess, "start", start_and_stop)
    with start(EXAMPLE_ENVIRONMENT) as sandbox:
        plan = Plan(
            url=sandbox.url,
            environment=EXAMPLE_ENVIRONMENT,
            phases=(Phase.EDGES,),
            scenarios=20,
            workers=2,
        )
        *events, finished = run_campaign(plan, sandbox.api_key)
    assert isinstance(finished, RunFinished)
    assert (finished.reason, finished.lost_workers) == (StopReason.COMPLETED, 1)
    ids = [one.id for one in events if isinstance(one, ScenarioRun) and not one.is_late_read]
    assert len(ids) == len(set(ids)) == 20
