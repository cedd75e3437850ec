"""Gives each endless phase shards by how much new behaviour it still shows for its time.

This is the "power schedule" of coverage-guided fuzzers, with phases in the place of inputs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from ...analysis import DiscoveryEstimate
from ...record import Phase, ScenarioRun
from .phase_schedule import EQUAL_WORK, Shares

MIN_TIME_SHARE = 0.15
"""Each phase gets this part of the time at least: a race may need many tries, and a phase that
showed nothing new for a while may do so again."""
MIN_SCENARIOS = 40
"""Of each phase; with fewer its discovery rate is not known well enough."""


class AdaptiveShares:
    """Follows a run and divides its time among the endless phases.

    A phase with n scenarios in t seconds, of whose behaviours f were seen in one scenario only,
    shows something new in about f / n of its next ones (`cartfuzz.analysis.discovery`), so in f / t
    of its next seconds. Each phase gets `MIN_TIME_SHARE` of the time, and of the rest what its rate
    is of the sum of all rates.

    Args:
        phases: those of the plan.
        discovery: of the run; whoever owns it feeds it.
    """

    def __init__(self, phases: Iterable[Phase], discovery: DiscoveryEstimate) -> None:
        wanted = frozenset(phases)
        self._phases = [phase for phase in Phase if phase.is_endless and phase in wanted]
        self._discovery = discovery
        self._scenarios: Counter[str] = Counter()
        self._elapsed_ms: Counter[str] = Counter()

    def begin(self, scenarios: Mapping[str, int], elapsed_ms: Mapping[str, float]) -> None:
        """Takes over what the scenarios of an earlier part of the run cost, both by phase."""
        self._scenarios.update(scenarios)
        self._elapsed_ms.update(elapsed_ms)

    def add(self, event: ScenarioRun) -> None:
        """Counts what one scenario cost."""
        self._scenarios[event.phase] += not event.is_late_read
        self._elapsed_ms[event.phase] += event.elapsed_ms  # type: ignore[assignment]

    def shares(self) -> Shares:
        """The best shares for the next shards; `EQUAL_WORK` as long as too little is known."""
        if any(self._scenarios[phase] < MIN_SCENARIOS for phase in self._phases):
            return EQUAL_WORK
        costs = {phase: self._elapsed_ms[phase] / self._scenarios[phase] for phase in self._phases}
        # One more than was seen: a phase without a single rare behaviour may still have some.
        rates = {
            phase: (self._discovery.singletons_of(phase) + 1) / (self._elapsed_ms[phase] or 1.0)
            for phase in self._phases
        }
        rest, total = 1 - MIN_TIME_SHARE * len(self._phases), sum(rates.values())
        # A shard of a phase takes time in proportion to what a scenario costs.
        return dict(EQUAL_WORK) | {
            phase: (MIN_TIME_SHARE + rest * rates[phase] / total) / (costs[phase] or 1.0)
            for phase in self._phases
        }
