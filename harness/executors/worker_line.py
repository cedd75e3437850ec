"""The line between the parent and one worker process: no lock and no pipe is shared by workers.

So a process that is killed at any moment, or stands still, holds up nobody else.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection

from ...record import Phase, ScenarioRun
from ..worker import Message, TakenShard, WorkerDone, WorkerFailed, WorkerLost
from .base import TICK_SEC

_SWEEPS = frozenset((Phase.CORPUS, Phase.EDGES, Phase.WIRE, Phase.LOST))
_MAX_IDS = 20_000
"""Of sweep scenarios that are remembered for a worker; sweeps come first, and are smaller."""
_MAX_LEAVE_SEC = 1.0


class WorkerEnd:
    """The worker's end: its threads send messages, one of them takes shards."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def put(self, message: Message) -> None:
        """Sends ``message``; waits while the parent is behind."""
        self._send(message)

    def next_shard(self) -> TakenShard:
        """Asks the parent for a shard."""
        self._send(None)
        taken: TakenShard = self._connection.recv()
        return taken

    def _send(self, message: Message | None) -> None:
        with self._lock:
            self._connection.send(message)

    def __getstate__(self) -> Connection:
        return self._connection

    def __setstate__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()  # of the threads of the process that it was sent to


class ParentEnd:
    """The parent's end, which a thread of its own reads.

    Args:
        connection: to the worker.
        arrived: where messages go, `WorkerLost` where the worker is gone without a last one.
        hand_out: takes the next shard for the worker.
        lost: gets what a lost worker had taken, before `WorkerLost` is handed on.
    """

    def __init__(
        self,
        connection: Connection,
        arrived: queue.Queue[Message],
        *,
        hand_out: Callable[[], TakenShard],
        lost: Callable[[list[int], frozenset[str]], None],
    ) -> None:
        self._connection = connection
        self._arrived = arrived
        self._hand_out = hand_out
        self._lost = lost
        self._taken: list[int] = []
        self._done: set[str] = set()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._read, name="cartfuzz-reader", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the thread; call it once the worker is gone."""
        self._closing.set()
        self._thread.join(_MAX_LEAVE_SEC)
        if not self._thread.is_alive():
            self._connection.close()

    def _read(self) -> None:
        while not self._closing.is_set():
            try:
                message: Message | None = self._connection.recv()
                if message is None:
                    self._connection.send(self._next_shard())
                    continue
            except (EOFError, OSError):
                # Killed, perhaps in the middle of a message.
                self._lost(self._taken, frozenset(self._done))
                self._pass_on(WorkerLost())
                return
            self._note(message)
            self._pass_on(message)
            if isinstance(message, WorkerDone | WorkerFailed):
                return

    def _next_shard(self) -> TakenShard:
        shard = self._hand_out()
        if len(self._done) < _MAX_IDS:
            self._taken.append(shard.index)
            self._done |= shard.done
        return shard

    def _note(self, message: Message) -> None:
        if not isinstance(message, ScenarioRun) or message.is_late_read:
            return
        if message.phase in _SWEEPS and len(self._done) < _MAX_IDS:
            self._done.add(message.id)

    def _pass_on(self, message: Message) -> None:
        while not self._closing.is_set():
            try:
                self._arrived.put(message, timeout=TICK_SEC)
            except queue.Full:
                continue
            return
