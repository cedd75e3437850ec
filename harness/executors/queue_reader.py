"""Reads the messages of processes; one that dies in the middle of a message blocks nobody."""

from __future__ import annotations

import queue
import threading
from typing import Any

from ..worker import Message
from .base import TICK_SEC

_MAX_UNRECEIVED = 16
"""Messages that were read from the processes and not yet received by the campaign."""
_MAX_LEAVE_SEC = 1.0
"""How long the thread may take to end; one that has read a part of a message never ends."""


class QueueReader:
    """Moves messages out of a `multiprocessing.Queue`, in a thread of its own.

    A process that is killed while it writes leaves a part of a message, and whoever reads that
    waits for the rest for ever, whatever timeout it was given.
    """

    def __init__(self, messages: Any) -> None:
        self._messages = messages
        self._arrived: queue.Queue[Message] = queue.Queue(_MAX_UNRECEIVED)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._read, name="cartfuzz-reader", daemon=True)
        self._thread.start()

    def receive(self, timeout_sec: float) -> Message | None:
        """The next message; None if none came whole in time."""
        try:
            return self._arrived.get(timeout=timeout_sec)
        except queue.Empty:
            return None

    def close(self) -> None:
        """Ends the thread and the queue; call it once no process writes any more."""
        self._closing.set()
        self._thread.join(_MAX_LEAVE_SEC)
        if not self._thread.is_alive():
            self._messages.close()

    def _read(self) -> None:
        while not self._closing.is_set():
            try:
                message: Message = self._messages.get(timeout=TICK_SEC)
            except queue.Empty:
                continue
            except (EOFError, OSError):
                return  # nobody is left who could write
            self._pass_on(message)

    def _pass_on(self, message: Message) -> None:
        while not self._closing.is_set():
            try:
                self._arrived.put(message, timeout=TICK_SEC)
            except queue.Full:
                continue
            return
