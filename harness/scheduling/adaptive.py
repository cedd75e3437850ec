"""Which phase still teaches something for the time that it takes, and so what it is to be given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ...analysis import DiscoveryEstimate
from ...record import Phase, ScenarioRun
from .phase_schedule import EQUAL_WORK, Shares

FLOOR = 0.15
"""No phase gets less of the time: a race may need many tries, and what is quiet may wake up."""
ENOUGH = 40
"""Scenarios of each phase; before that nothing is known of their yields."""


class AdaptiveShares:
    """Follows a run and shares its time out among the phases without an end.

    A phase with n scenarios in t seconds, of whose behaviours f were seen in one scenario only,
    shows something new in about f / n of its next ones (`cartfuzz.analysis.discovery`), so in f / t
    of its next seconds. Each phase gets `FLOOR` of the time, and of the rest what its yield is of
    all.

    Args:
        phases: those of the plan.
    """

    def __init__(self, phases: Iterable[Phase]) -> None:
        wanted = frozenset(phases)
        self._phases = [phase for phase in Phase if phase.is_endless and phase in wanted]
        self._richness = DiscoveryEstimate()
        self._scenarios: Counter[str] = Counter()
        self._elapsed_ms: Counter[str] = Counter()

    def add(self, event: ScenarioRun) -> bool:
        """Takes in what one scenario showed; whether anything of it was new."""
        self._scenarios[event.phase] += not event.is_late_read
        self._elapsed_ms[event.phase] += event.elapsed_ms  # type: ignore[assignment]
        return self._richness.add(event)

    def shares(self) -> Shares:
        """How the shards of the next seconds are best shared."""
        if any(self._scenarios[phase] < ENOUGH for phase in self._phases):
            return EQUAL_WORK
        costs = {phase: self._elapsed_ms[phase] / self._scenarios[phase] for phase in self._phases}
        # One more than was seen: a phase without a single rare behaviour may still have some.
        yields = {
            phase: (self._richness.seen_once_in(phase) + 1) / (self._elapsed_ms[phase] or 1.0)
            for phase in self._phases
        }
        rest, total = 1 - FLOOR * len(self._phases), sum(yields.values())
        return dict(EQUAL_WORK) | {
            phase: (FLOOR + rest * yields[phase] / total) / (costs[phase] or 1.0)
            for phase in self._phases
        }
