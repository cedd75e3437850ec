"""What ends a run or its workers: the master's beat, the end of a parent, the cut-off."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from cartfuzz.harness.pace.heartbeat import beating
from cartfuzz.harness.pace.pace_state import Field, local_pace
from cartfuzz.harness.pace.rate_limiter import MAX_HEARTBEAT_SEC, RateLimiter
from cartfuzz.harness.pace.request_cutoff import cut_off_when_stopped

from .fake_time import FakeTime

CHILD = """
import time
from cartfuzz.harness.pace.orphans import end_with_parent
end_with_parent()
print("ready", flush=True)
time.sleep(600)
"""
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(600)
"""


def waits(*answers: bool) -> Iterator[bool]:
    """What waiting for the end of a block gives, call by call; then the block has ended."""
    yield from answers
    while True:
        yield True


@pytest.mark.parametrize(
    ("answers", "is_stopped", "aborted"),
    [
        ((False, False, False), True, 1),  # the block is still there when patience is over
        ((False, True), True, 0),  # it ends within the patience
        ((False, False, True), False, 0),  # nobody stops the run
    ],
)
def test_requests_under_way_are_ended_once(
    answers: tuple[bool, ...], is_stopped: bool, aborted: int
) -> None:
    """Only where the run was stopped and the block has not ended in time."""
    results, aborts, over = waits(*answers), [], threading.Event()

    def wait(_event: threading.Event, _seconds: float) -> bool:
        answer = next(results)
        if answer:
            over.set()
        return answer

    def abort() -> None:
        aborts.append(1)
        over.set()

    with cut_off_when_stopped(abort, lambda: is_stopped, wait=wait):
        assert over.wait(60)
    assert len(aborts) == aborted


def test_a_master_beats_for_the_time_of_its_block() -> None:
    """Afterwards nobody has to beat: whoever sends is the master itself."""
    state = local_pace()
    with beating(state):
        assert state[Field.HEARTBEAT] > 0
    assert state[Field.HEARTBEAT] == 0


def test_nothing_is_sent_while_the_master_stands_still() -> None:
    """A worker waits, and goes on with the next beat."""
    time, state = FakeTime(), local_pace()
    state[Field.HEARTBEAT] = time.now - 2 * MAX_HEARTBEAT_SEC
    waited = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        time.pause(seconds)
        if len(waited) == 3:
            state[Field.HEARTBEAT] = time.now

    limiter = RateLimiter(None, state=state, clock=time, pause=pause)
    assert limiter.wait()
    assert len(waited) == 3


def test_a_master_that_is_gone_meanwhile_is_noticed() -> None:
    """A worker that waits for its time on a busy machine looks again before it sends."""
    time, state = FakeTime(), local_pace()
    state[Field.HEARTBEAT] = time.now
    waited = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        # Of the second wait it wakes late; then the master is gone, and the run is over.
        time.pause(2 * MAX_HEARTBEAT_SEC)

    limiter = RateLimiter(10, state=state, clock=time, pause=pause, stopped=lambda: len(waited) > 1)
    assert limiter.wait()
    assert not limiter.wait()
    assert len(waited) > 1


@pytest.mark.skipif(os.name != "posix", reason="other systems give orphans no new parent")
def test_a_process_ends_with_its_parent() -> None:
    """However that one ended: nobody holds their common standard error open any more."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, CHILD], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline().strip().isdigit()
        parent.send_signal(signal.SIGKILL)
        assert parent.communicate(timeout=300)[1] == b""
