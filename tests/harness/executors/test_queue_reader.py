"""Messages of processes, whole and in part."""

from __future__ import annotations

import multiprocessing
import os
import struct

from cartfuzz.harness.executors.queue_reader import QueueReader
from cartfuzz.harness.worker import WorkerDone, WorkerFailed

PATIENCE_SEC = 30.0


def test_messages_come_in_their_order() -> None:
    """However many more there are than may wait."""
    messages = multiprocessing.get_context("spawn").Queue()
    reader = QueueReader(messages)
    sent = [WorkerFailed(trace=str(number)) for number in range(100)]
    for message in sent:
        messages.put(message)
    assert [reader.receive(PATIENCE_SEC) for _ in sent] == sent
    assert reader.receive(0.0) is None
    reader.close()


def test_a_part_of_a_message_holds_up_nobody() -> None:
    """What a process leaves that is killed while it writes: a length, and less than that."""
    messages = multiprocessing.get_context("spawn").Queue()
    reader = QueueReader(messages)
    messages.put(WorkerDone())
    assert isinstance(reader.receive(PATIENCE_SEC), WorkerDone)
    os.write(messages._writer.fileno(), struct.pack("!i", 1_000_000) + b"part")  # type: ignore[attr-defined]
    assert reader.receive(0.3) is None
    reader.close()
