"""What the master of a run and its tasks on a cluster let each other know, by the scheduler.

The master sets a variable there a few times a second: that it is alive, how many shards are under
way, whether the run was stopped, and how long nobody may send. The processes of the cluster read
it. They send nothing once it stands still, since a master that was killed cannot stop its tasks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any

from distributed import Client, Variable, get_client, get_worker

from ..pace.pace_state import Field, PaceState, local_pace
from ..pace.rate_limiter import MAX_HEARTBEAT_SEC, RateLimiter

_EACH_SEC = 0.25
"""How often the variable is set and read, on a cluster of the usual size."""
_THREADS_A_SECOND = 1000
"""So many threads may read it within a second; on a larger cluster each reads less often."""
_HOLD_SEC = 1.0
"""A share grows only once fewer shards have been under way for this time."""
_BETWEEN_SEC = 0.5
"""So long a thread of a process may take from one shard to the next: the others of the process use
its part of the rate meanwhile. Shorter than `_HOLD_SEC`, so that the rate is not exceeded."""
_MISSED_BEATS = 2
"""After so many, nothing is sent until the master is heard of again."""
_GONE_SEC = 10.0
"""After this time without it, the tasks end."""
_ASK_SEC = 5.0
_SLACK_SEC = 0.2
"""Two pauses whose ends are this close are one."""


def _variable(run_id: str, client: Client) -> Variable:
    return Variable(f"cartfuzz-{run_id}", client=client)


def _topic(run_id: str) -> str:
    return f"cartfuzz-pause-{run_id}"


class HeldMost:
    """The larger number that there was before, for a while.

    Args:
        hold_sec: for how long.
    """

    def __init__(self, hold_sec: float) -> None:
        self._hold_sec = hold_sec
        self._most = (0, 0.0)

    def of(self, count: int) -> int:
        """``count``, or the larger one of before."""
        now = monotonic()
        most, since = self._most
        if count >= most or now - since > self._hold_sec:
            self._most = (count, now)
        return self._most[0]


class ClusterMaster:
    """The side of the process that began the run.

    Args:
        client: of the cluster.
        run_id: the run's part of its marks.
        pace: the shared numbers of the run on this machine.
        under_way: returns how many shards are under way.
        threads: of the cluster, at the start.
    """

    def __init__(
        self,
        client: Client,
        run_id: str,
        pace: PaceState,
        *,
        under_way: Callable[[], int],
        threads: int,
    ) -> None:
        self._variable = _variable(run_id, client)
        self._pace = pace
        self._limiter = RateLimiter(None, state=pace)
        self._under_way = under_way
        self._each_sec = max(_EACH_SEC, threads / _THREADS_A_SECOND)
        self._most = HeldMost(_HOLD_SEC)
        self._beat = 0
        self._lock = threading.Lock()
        self._stopped = False
        self._ended = threading.Event()
        client.subscribe_topic(_topic(run_id), self._take)
        self._set()
        self._thread = threading.Thread(target=self._go_on, name="cartfuzz-cluster", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Asks all tasks to end soon."""
        self._stopped = True
        self._set()

    def close(self) -> None:
        """Ends the thread; call it after `stop`."""
        self._ended.set()
        self._thread.join()

    def _go_on(self) -> None:
        while not self._ended.wait(self._each_sec):
            with suppress(OSError, RuntimeError, TimeoutError):  # the scheduler may come back
                self._set()

    def _set(self) -> None:
        with self._lock:
            self._beat += 1
            self._variable.set(
                {
                    "beat": self._beat,
                    "each_sec": self._each_sec,
                    "stopped": self._stopped,
                    "under_way": self._most.of(self._under_way()),
                    "pause_sec": max(0.0, self._pace[Field.PAUSED_UNTIL] - monotonic()),
                }
            )

    def _take(self, event: tuple[float, Any]) -> None:
        """A process of the cluster was asked for a pause: all get it."""
        message = event[1]
        if isinstance(message, dict):
            self._limiter.back_off(float(message.get("pause_sec", 0.0)))


class ClusterMember:
    """The side of one process of the cluster; its threads share it.

    Args:
        run_id: the run's part of its marks.
    """

    def __init__(self, run_id: str) -> None:
        self.pace = local_pace()
        self._limiter = RateLimiter(None, state=self.pace)
        self._variable = _variable(run_id, get_client(timeout=_ASK_SEC))
        self._worker = get_worker()
        self._topic = _topic(run_id)
        self._lock = threading.Lock()
        self._active = 0
        self._most = HeldMost(_BETWEEN_SEC)
        self._under_way = 0
        self._beat = -1
        self._alive_at = monotonic()
        self._each_sec = _EACH_SEC
        self._known_pause = 0.0
        self._is_stopped = False
        self._read()
        threading.Thread(target=self._go_on, name="cartfuzz-cluster", daemon=True).start()

    def stopped(self) -> bool:
        """Whether the run was stopped, or its master is gone for good."""
        return self._is_stopped

    def share(self) -> float:
        """The part of the run's rate that this process may use now: its part of the shards."""
        active = max(1, self._most.of(self._active))
        return active / max(active, self._under_way)

    @contextmanager
    def shard(self) -> Iterator[None]:
        """Counts a shard as active for the time of a block."""
        with self._lock:
            self._active += 1
        try:
            yield
        finally:
            with self._lock:
                self._active -= 1

    def _go_on(self) -> None:
        ended = threading.Event()
        while not self._is_stopped:
            ended.wait(self._each_sec)
            self._read()

    def _read(self) -> None:
        """Takes in what the master has set, and shows the limiters whether it is alive."""
        self._report_pause()
        try:
            found = self._variable.get(timeout=_ASK_SEC)
        except (OSError, RuntimeError, ValueError, TimeoutError):
            found = None  # the scheduler cannot be asked
        now = monotonic()
        if isinstance(found, Mapping) and found["beat"] != self._beat:
            self._beat, self._alive_at = found["beat"], now
            self._each_sec = found["each_sec"]
            self._under_way = found["under_way"]
            self._is_stopped = found["stopped"]
            if found["pause_sec"] > self._pause_left(now) + _SLACK_SEC:
                self._limiter.back_off(found["pause_sec"])
                self._known_pause = self.pace[Field.PAUSED_UNTIL]
        silent_sec = now - self._alive_at
        # The limiters wait once this is too old; here it may be older, or not as old, as usual.
        patience_sec = _MISSED_BEATS * self._each_sec
        self.pace[Field.HEARTBEAT] = self._alive_at + patience_sec - MAX_HEARTBEAT_SEC
        if silent_sec > max(_GONE_SEC, 4 * patience_sec):
            self._is_stopped = True

    def _pause_left(self, now: float) -> float:
        return max(0.0, self.pace[Field.PAUSED_UNTIL] - now)

    def _report_pause(self) -> None:
        """Lets the master know of a pause that the target has asked this process for."""
        until = self.pace[Field.PAUSED_UNTIL]
        if until > self._known_pause + _SLACK_SEC:
            self._known_pause = until
            self._worker.log_event(self._topic, {"pause_sec": self._pause_left(monotonic())})
