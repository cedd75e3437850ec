"""The numbers of a run that goes on, for Prometheus and OpenTelemetry alike.

They come from the same state as the lines of the progress and the status file. Labels are names of
Cartfuzz: phases, operations, rules, statuses. Nothing that a target chooses becomes one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from time import monotonic, time

from ..analysis import RunOutcome, RunState
from ..harness.pace.pace_state import Field, PaceState, shared_pace
from ..harness.pace.pacing import Notice, NoticeKind, pacing_of
from ..record import Event, Pacing, RunFinished, RunStarted, ScenarioRun
from .status_tracker import StatusTracker

_REFRESH_SEC = 1.0
_STATUSES = range(100, 600)
"""Others are counted together: a target may invent some."""


class FamilyKind(StrEnum):
    """How a number changes."""

    COUNTER = "counter"
    """It only grows."""
    GAUGE = "gauge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A number of a run, or several that one label tells apart."""

    name: str
    """With its unit, words joined by ``_``: ``paused_seconds``."""
    kind: FamilyKind
    text: str
    unit: str = ""
    """As OpenTelemetry writes units (UCUM)."""
    label: str = ""
    """Empty: there is one number only."""


def _family(name: str, kind: FamilyKind, text: str, *, unit: str = "", label: str = "") -> Family:
    return Family(name=name, kind=kind, text=text, unit=unit, label=label)


_COUNTER, _GAUGE = FamilyKind.COUNTER, FamilyKind.GAUGE
FAMILIES = (
    _family("requests", _COUNTER, "Requests of the phases", unit="{request}", label="phase"),
    _family("minimisation_requests", _COUNTER, "Requests of minimising", unit="{request}"),
    _family("scenarios", _COUNTER, "Scenarios executed", unit="{scenario}", label="phase"),
    _family("steps", _COUNTER, "Steps judged or not", unit="{step}", label="operation"),
    _family("unjudged_steps", _COUNTER, "Steps not judged", unit="{step}", label="operation"),
    _family("not_judged", _COUNTER, "Requests that could not be judged", unit="{request}"),
    _family(
        "responses",
        _COUNTER,
        "Responses of this part of the run; none: there was no response",
        unit="{response}",
        label="status",
    ),
    _family("findings", _COUNTER, "Signatures found, none known", unit="{finding}", label="rule"),
    _family("known_findings", _COUNTER, "Signatures of the baseline found", unit="{finding}"),
    _family("lost_workers", _COUNTER, "Worker processes that were killed", unit="{worker}"),
    _family("paused_seconds", _COUNTER, "Pauses that the target asked for", unit="s"),
    _family("outages", _COUNTER, "Times that the target went away", unit="{outage}"),
    _family("away_seconds", _COUNTER, "How long the target was away", unit="s"),
    _family("slowed_seconds", _COUNTER, "How long the rate was lowered", unit="s"),
    _family("target_available", _GAUGE, "1: the target gives usable responses; 0: not"),
    _family("request_rate", _GAUGE, "Requests a second over the last seconds", unit="{request}/s"),
    _family("sweeps_ratio", _GAUGE, "Share of the sweeps that is done, from 0 to 1", unit="1"),
    _family("remaining_seconds", _GAUGE, "About how long the activity goes on", unit="s"),
    _family("run_seconds", _GAUGE, "Since the start of the run", unit="s"),
    _family("running", _GAUGE, "1: the run goes on; 0: it has ended"),
    _family("updated_timestamp_seconds", _GAUGE, "When these numbers were taken", unit="s"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunNumbers:
    """All numbers at one moment."""

    info: Mapping[str, str] = field(default_factory=dict)
    """What names the run: its ID, the target, the versions."""
    values: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By name of the family and value of its label, which is empty where it has none."""
    latency: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """By operation and bucket of `cartfuzz.record.bucket_of`, the responses."""


class NumbersOfRun:
    """Takes the numbers of a run, once a second at most. Other threads may read `latest`.

    It is a listener of its own, before those that show the numbers.

    Args:
        tracker: takes in each event before `add` does.
        state: as well.
        clock: the time source, in seconds.
        pace_of: finds the pace of a run by its ID; None: it is not known.
    """

    def __init__(
        self,
        tracker: StatusTracker,
        state: RunState,
        *,
        clock: Callable[[], float] = monotonic,
        pace_of: Callable[[str], PaceState | None] = shared_pace,
    ) -> None:
        self._tracker = tracker
        self._state = state
        self._clock = clock
        self._pace_of = pace_of
        self._taken: float | None = None
        self._pace: PaceState | None = None
        self._pacing = Pacing()
        self._responses: Counter[str] = Counter()
        self._lost_workers = 0
        self._is_available = True
        self._has_ended = False
        self.latest = RunNumbers()
        """Replaced as a whole, never changed."""

    def add(self, event: Event) -> None:
        """Takes one event in."""
        if isinstance(event, RunStarted):
            # The file of the run's processes: it is there until the run has ended.
            self._pace = self._pace_of(event.run)
        elif isinstance(event, ScenarioRun):
            self._responses.update(map(_status_label, event.statuses))
        elif isinstance(event, RunFinished):
            self._pace, self._pacing = None, event.pacing
            self._lost_workers = event.lost_workers
            self._take()
        if self._taken is None or self._clock() - self._taken >= _REFRESH_SEC:
            self._take()

    def notice(self, notice: Notice) -> None:
        """Takes in what happened besides."""
        if notice.kind is NoticeKind.WORKER_LOST:
            self._lost_workers += 1
        elif notice.kind in (NoticeKind.TARGET_AWAY, NoticeKind.TARGET_BACK):
            self._is_available = notice.kind is NoticeKind.TARGET_BACK
        self._take()

    def finish(self, _outcome: RunOutcome) -> None:
        """Takes the last numbers."""
        self._has_ended = True
        self._take()

    def not_started(self, _reason: str) -> None:
        """Has no numbers."""

    def close(self) -> None:
        """Takes the last numbers of a run that was broken off: it has no ``RunFinished``."""
        if not self._has_ended:
            self._has_ended = True
            self._take()

    def read_pacing(self) -> Pacing:
        """How long the run has waited for its target so far."""
        if self._pace is not None:
            self._is_available = not self._pace[Field.AWAY_SINCE]
            self._pacing = pacing_of(self._pace)
        return self._pacing

    def _take(self) -> None:
        status, started = self._tracker.status(), self._state.started
        if status is None or started is None:
            return
        self._taken = self._clock()
        counters, pacing = self._state.counters, self.read_pacing()
        rules = self._state.bugs.rules
        known = rules.keys() & started.baseline.keys()
        optional = {
            "sweeps_ratio": status.share_of_sweeps,
            "remaining_seconds": status.sec_left,
        }
        single = {
            "minimisation_requests": status.minimisation_requests,
            "not_judged": status.not_judged,
            "known_findings": len(known),
            "lost_workers": self._lost_workers,
            "paused_seconds": pacing.paused_sec,
            "outages": pacing.outages,
            "away_seconds": pacing.away_sec,
            "slowed_seconds": pacing.slowed_sec,
            "target_available": int(self._is_available),
            "request_rate": status.requests_per_sec,
            "run_seconds": status.seconds,
            "running": int(not self._has_ended and self._state.finished is None),
            "updated_timestamp_seconds": round(time(), 3),
            **{name: value for name, value in optional.items() if value is not None},
        }
        self.latest = RunNumbers(
            info={
                "run": status.run,
                "target": status.target,
                "contract": started.contract.value,
                "version": started.cartfuzz,
            },
            values={
                "requests": dict(counters.phase_requests),
                "scenarios": dict(counters.scenarios),
                "steps": dict(counters.sent),
                "unjudged_steps": dict(counters.unjudged),
                "responses": dict(self._responses),
                "findings": Counter(
                    rule for signature, rule in rules.items() if signature not in known
                ),
                **{name: {"": float(value)} for name, value in single.items()},
            },
            latency=self._state.latency.by_operation(),
        )


def _status_label(status: int | None) -> str:
    if status is None:
        return "none"
    return str(status) if status in _STATUSES else "other"
