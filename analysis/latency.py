"""Counts how long responses took, by operation and over the run, in memory that is bounded."""

from __future__ import annotations

import msgspec

from ..record.events import ScenarioRun, Tally
from ..record.latency_buckets import with_bucket
from .histogram import LatencyHistogram
from .timeline import Timeline, TimeSlice


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """How long responses took. Raw requests, and what triage executed, are not in it."""

    operations: dict[str, LatencyHistogram] = {}
    """By operation; empty: no request was answered, or the version that made the record did not
    keep it."""
    slice_sec: int = 0
    """How long each slice of the timeline is; 0: there is none."""
    timeline: list[TimeSlice] = []
    """In order, `MAX_SLICES` at most. Slices without a response are left out."""


class LatencyCollector:
    """Follows a run; what it knows does not depend on the order of the scenarios."""

    def __init__(self) -> None:
        self._operations: dict[str, dict[int, int]] = {}
        self._timeline = Timeline()

    def add(self, event: ScenarioRun) -> None:
        """Takes the responses of one scenario in."""
        second = int(event.finished_at)
        for key, count in event.latency.items():
            operation, bucket = with_bucket(key)
            self._count(operation, bucket, count)
            if second:
                self._timeline.add(second, bucket, count)

    def add_tally(self, tally: Tally) -> None:
        """Takes those of many scenarios in."""
        for key, count in tally.latency.items():
            self._count(*with_bucket(key), count)
        for key, count in tally.timeline.items():
            second, bucket = with_bucket(key)
            self._timeline.add(int(second), bucket, count)

    def latency(self, started: str) -> Latency:
        """What it knows so far.

        Args:
            started: `RunStarted.started`.
        """
        slices = self._timeline.slices(started)
        return Latency(
            operations={
                name: LatencyHistogram(counts=dict(sorted(counts.items())))
                for name, counts in sorted(self._operations.items())
            },
            slice_sec=self._timeline.slice_sec if slices else 0,
            timeline=slices,
        )

    def by_operation(self) -> dict[str, dict[int, int]]:
        """By operation and bucket, the responses so far; a copy."""
        return {name: dict(counts) for name, counts in self._operations.items()}

    def _count(self, operation: str, bucket: int, count: int) -> None:
        counts = self._operations.setdefault(operation, {})
        counts[bucket] = counts.get(bucket, 0) + count
