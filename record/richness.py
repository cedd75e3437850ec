"""How much of a target's behaviour a run has not seen: a species-richness estimate.

Each behaviour (a rule put to the test on one side, a situation with its outcome, a discrepancy) is
a species, each drawn scenario a sample. After n samples the chance that the next one shows a
species never seen before is about f1 / n, where f1 species were seen in exactly one sample: the
estimate of Good and Turing ("The population frequencies of species", 1953), used for fuzzers since
Böhme's "STADS" (2018). The sweeps are no samples, since nothing in them is drawn, but what they
show is known from then on.
"""

from __future__ import annotations

from collections.abc import Iterator

from .events import ScenarioRun

SWEEPS = frozenset(("edges", "wire"))
"""Phases that draw nothing."""


class Richness:
    """Follows the behaviours that scenarios show, in any order."""

    def __init__(self) -> None:
        self._seen: dict[str, bool] = {}
        """Whether a behaviour was seen in one drawn scenario only."""
        self._once = 0
        self.samples = 0
        """Drawn scenarios so far."""

    def add(self, event: ScenarioRun) -> bool:
        """Takes in what one scenario showed; whether anything of it was new."""
        drawn = event.phase not in SWEEPS
        self.samples += drawn
        new = False
        for behaviour in set(behaviours(event)):
            once = self._seen.get(behaviour)
            if once is None:
                new = True
                self._seen[behaviour] = drawn
                self._once += drawn
            elif once:
                self._seen[behaviour] = False
                self._once -= 1
        return new

    @property
    def seen_once(self) -> int:
        """Behaviours that exactly one drawn scenario, and no sweep, has shown."""
        return self._once

    @property
    def chance_of_new(self) -> float | None:
        """The chance that the next drawn scenario shows something new; None before the first."""
        return min(1.0, self._once / self.samples) if self.samples else None


def behaviours(event: ScenarioRun) -> Iterator[str]:
    """What a scenario showed, as short texts."""
    yield from event.reached
    for seen in event.observations:
        yield f"{seen.rule} {seen.situation}: {seen.outcome}"
    for found in event.discrepancies:
        yield found.signature
