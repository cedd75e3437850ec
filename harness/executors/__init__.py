"""Runs workers: in a thread, in processes of this machine, or on a dask cluster.

All do the same work (`cartfuzz.harness.worker`) and send the same messages. What differs is how a
worker is started, how it gets the next shard, and how its messages come back.
"""

from __future__ import annotations

from .base import TICK_SEC, Executor, Workers
from .no_workers import no_workers
from .processes import processes
from .thread import thread

__all__ = ["TICK_SEC", "Executor", "Workers", "no_workers", "processes", "thread"]
