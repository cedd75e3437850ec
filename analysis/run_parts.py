"""Follows the parts of a run: one, and one more for each time that it was resumed."""

from __future__ import annotations

from datetime import datetime

import msgspec

from ..record.events import Event, RunFinished, RunStarted, ScenarioRun, StopReason, Tally
from ..record.latency_buckets import with_bucket


class RunPart(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a run, from its start or resumption to its end."""

    run: str
    """The part's own ID, in the marks of all that it made."""
    started: str
    """RFC 3339, UTC."""
    seconds: float
    """By the clock; of a part that was killed, up to its last scenario."""
    requests: int
    """Of its phases."""
    reason: StopReason | None = None
    """Why it ended; None: it was killed, or has not ended."""


class RunParts:
    """The parts so far, event by event."""

    def __init__(self) -> None:
        self._done: list[RunPart] = []
        self._open: RunStarted | None = None
        self._began = 0.0
        self._last = 0.0
        self._requests = 0
        self._finished: RunFinished | None = None
        self._sec_before = 0.0
        self._phase_sec_before = 0.0

    def add(self, event: Event) -> None:
        """Takes one event in."""
        if isinstance(event, ScenarioRun):
            self._last = max(self._last, event.finished_at)
            self._requests += event.requests
        elif isinstance(event, Tally):
            seconds = (float(with_bucket(key)[0]) for key in event.timeline)
            self._last = max(self._last, *seconds, 0.0)
            self._requests += sum(event.requests.values())
        elif isinstance(event, RunFinished):
            self._finished = event
        elif isinstance(event, RunStarted):
            self._begin(event)

    @property
    def parts(self) -> list[RunPart]:
        """All parts, in order; empty before the run begins."""
        if self._open is None:
            return []
        current = RunPart(
            run=self._open.run,
            started=self._open.started,
            seconds=round(self.seconds - self._sec_before, 3),
            requests=self._requests,
            reason=self._finished.reason if self._finished else None,
        )
        return [*self._done, current]

    @property
    def seconds(self) -> float:
        """How long all parts took."""
        if self._finished is not None:
            return self._finished.seconds
        return self._sec_before + self._current_phases_sec

    @property
    def phases_sec(self) -> float:
        """How long their phases took, without minimisation."""
        return self._phase_sec_before + self._current_phases_sec

    @property
    def _current_phases_sec(self) -> float:
        return max(0.0, self._last - self._began)

    def _begin(self, event: RunStarted) -> None:
        if event.resumption:
            self._done, seconds, phases_sec = self.parts, self.seconds, self.phases_sec
            self._sec_before, self._phase_sec_before = seconds, phases_sec
            self._finished, self._last, self._requests = None, 0.0, 0
        self._open, self._began = event, _timestamp(event.started)


def _timestamp(moment: str) -> float:
    try:
        return datetime.fromisoformat(moment).timestamp()
    except ValueError:
        return 0.0
