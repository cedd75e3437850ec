"""How much of a target's behaviour a run has not seen: a species-richness estimate.

Each behaviour (a rule put to the test on one side, a situation with its outcome, a discrepancy) is
a species, each drawn scenario a sample. After n samples the chance that the next one shows a
species never seen before is about f1 / n, where f1 species were seen in exactly one sample: the
estimate of Good and Turing ("The population frequencies of species", 1953), used for fuzzers since
Böhme's "STADS" (2018). The sweeps are no samples, since nothing in them is drawn, but what they
show is known from then on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..record.events import ScenarioRun, Tally
from ..record.phase import Phase

_SWEEPS = frozenset(phase.value for phase in Phase if phase.is_sweep)
"""Names of the phases that draw nothing."""
MOST_BEHAVIOURS = 100_000
"""Further ones are not followed: a run's memory must not grow with its length."""


class DiscoveryEstimate:
    """Follows the behaviours that scenarios show, in any order."""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}
        """The phase whose drawn scenario alone showed a behaviour; empty: not one alone."""
        self._once: Counter[str] = Counter()
        self._samples: Counter[str] = Counter()

    def add(self, event: ScenarioRun) -> bool:
        """Takes in what one scenario showed; whether anything of it was new."""
        phase = "" if event.phase in _SWEEPS or event.is_late_read else event.phase
        self._samples[phase] += bool(phase)
        new = False
        for behaviour in set(behaviours(event)):
            once = self._seen.get(behaviour)
            if once is None:
                if len(self._seen) >= MOST_BEHAVIOURS:
                    continue
                new = True
                self._seen[behaviour] = phase
                self._once[phase] += bool(phase)
            elif once:
                self._seen[behaviour] = ""
                self._once[once] -= 1
        return new

    def add_tally(self, tally: Tally) -> None:
        """Takes in scenarios that showed nothing but what at least two had shown before."""
        for phase, count in tally.scenarios.items():
            self._samples["" if phase in _SWEEPS else phase] += count
        self._samples[""] = 0

    def settled(self, event: ScenarioRun) -> bool:
        """Whether two scenarios, or a sweep, have shown all that ``event`` shows."""
        return all(self._seen.get(behaviour) == "" for behaviour in behaviours(event))

    @property
    def samples(self) -> int:
        """Drawn scenarios so far."""
        return self._samples.total()

    @property
    def seen_once(self) -> int:
        """Behaviours that exactly one drawn scenario, and no sweep, has shown."""
        return self._once.total()

    def seen_once_in(self, phase: str) -> int:
        """Those of `seen_once` that a scenario of ``phase`` showed."""
        return self._once[phase]

    @property
    def chance_of_new(self) -> float | None:
        """The chance that the next drawn scenario shows something new; None before the first."""
        return min(1.0, self.seen_once / self.samples) if self.samples else None


def behaviours(event: ScenarioRun) -> Iterator[str]:
    """What a scenario showed, as short texts."""
    yield from event.reached
    for seen in event.observations:
        yield f"{seen.rule} {seen.situation}: {seen.outcome}"
    for found in event.discrepancies:
        yield found.signature
