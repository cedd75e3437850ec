"""Counts what a run sent, reached and observed."""

from __future__ import annotations

from collections import Counter

from ..record.events import Minimised, Observed, ScenarioRun, Tally, TriageFinished
from ..record.scenario_parts import Observation
from .contradictions import MAX_SITUATIONS


class RunCounters:
    """The numbers of a run. Its memory grows with what differs, not with the run."""

    def __init__(self) -> None:
        self.requests = 0
        """Of all phases."""
        self.elapsed_ms = 0.0
        """Of all scenarios together; they may have overlapped."""
        self.scenarios: Counter[str] = Counter()
        """By phase."""
        self.phase_requests: Counter[str] = Counter()
        self.reached: Counter[str] = Counter()
        """As `ScenarioRun.reached`."""
        self.boundaries: Counter[str] = Counter()
        """As `ScenarioRun.boundaries`."""
        self.inconclusive: Counter[str] = Counter()
        """Requests that could not be judged, by reason."""
        self.sent: Counter[str] = Counter()
        """Steps by operation."""
        self.unjudged: Counter[str] = Counter()
        """Those that could not be judged, by operation."""
        self.transitions: Counter[str] = Counter()
        """As `ScenarioRun.transitions`."""
        self.triage_trials = 0
        """Executions to find and confirm smallest scenarios."""
        self.triage_requests = 0
        self._observed: Counter[tuple[str, str, str]] = Counter()
        self._signatures: dict[tuple[str, str, str], str] = {}
        """Of what is wrong by a rule that is only observed."""

    @property
    def observed(self) -> list[Observed]:
        """In how many scenarios each (rule, situation, outcome) was observed, in order."""
        return [
            Observed(
                rule=rule,
                situation=situation,
                outcome=outcome,
                count=count,
                signature=self._signatures.get((rule, situation, outcome), ""),
            )
            for (rule, situation, outcome), count in sorted(self._observed.items())
        ]

    def add(self, event: ScenarioRun) -> None:
        """Counts one scenario."""
        self.requests += event.requests
        self.elapsed_ms += event.elapsed_ms
        self.scenarios[event.phase] += not event.is_late_read
        self.phase_requests[event.phase] += event.requests
        self.reached.update(event.reached)
        self.boundaries.update(event.boundaries)
        self.inconclusive.update(event.inconclusive)
        self.sent.update(event.sent)
        self.unjudged.update(event.unjudged)
        self.transitions.update(event.transitions)
        for seen in event.observations:
            self._observe(seen, 1)

    def add_tally(self, tally: Tally) -> None:
        """Counts many scenarios."""
        self.requests += sum(tally.requests.values())
        self.elapsed_ms += tally.elapsed_ms
        self.scenarios.update(tally.scenarios)
        self.phase_requests.update(tally.requests)
        self.reached.update(tally.reached)
        self.boundaries.update(tally.boundaries)
        self.inconclusive.update(tally.inconclusive)
        self.sent.update(tally.sent)
        self.unjudged.update(tally.unjudged)
        self.transitions.update(tally.transitions)
        for seen in tally.observed:
            self._observe(seen, seen.count)

    def add_triage(self, event: Minimised | TriageFinished) -> None:
        """Counts what triage executed, apart from the phases."""
        self.triage_trials += event.trials
        self.triage_requests += event.requests
        self.elapsed_ms += event.elapsed_ms

    def _observe(self, seen: Observation | Observed, count: int) -> None:
        key = (seen.rule, seen.situation, seen.outcome)
        if key not in self._observed and len(self._observed) >= MAX_SITUATIONS:
            key = (seen.rule, "further situations", "")
        elif seen.signature:
            self._signatures.setdefault(key, seen.signature)
        self._observed[key] += count
