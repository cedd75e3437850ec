"""Estimates how much of a target's behaviour a run has not seen, as one estimates species richness.

Each behaviour (a rule put to the test on one side, a situation with its outcome, a discrepancy) is
a species, each drawn scenario a sample. After n samples the chance that the next one shows a
species never seen before is about f1 / n, where f1 species were seen in exactly one sample: the
estimate of Good and Turing ("The population frequencies of species", 1953), used for fuzzers since
Böhme's "STADS" (2018). The sweeps are no samples, since nothing in them is drawn, but what they
show is known from then on. That holds for the sweep that a drawing phase begins with as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import Enum

from ..record.events import ScenarioRun, Tally
from ..record.phase import Phase, shards_of_sweep

_SWEEPS = frozenset(phase.value for phase in Phase if phase.is_sweep)
"""Names of the phases that draw nothing."""
MIN_SAMPLES = 30
"""Of fewer drawn scenarios one more behaviour would change the estimate by several percent."""
MAX_BEHAVIOURS = 100_000
"""The estimate ignores further ones: a run's memory must not grow with its length."""


class Rarity(Enum):
    """How often a run had seen the rarest behaviour of a scenario before."""

    NEW = "new"
    """Never."""
    RARE = "rare"
    """In one drawn scenario, or not known, because there are too many behaviours to follow."""
    COMMON = "common"
    """In two scenarios at least, or in a sweep: one more changes no estimate."""


class DiscoveryEstimate:
    """Follows the behaviours that scenarios show, in any order."""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}
        """By behaviour the phase of the only drawn scenario that showed it; empty: a sweep or
        another scenario showed it too."""
        self._singletons: Counter[str] = Counter()
        """By phase."""
        self._executed: Counter[str] = Counter()
        """By phase that draws, the scenarios of its sweep included."""
        self._sweeps: dict[str, int] = {}
        """By phase that draws, how many scenarios the sweep has that it begins with."""

    def begin(self, sweeps: Mapping[str, int]) -> None:
        """Learns which scenarios are not drawn; call it before anything is added.

        Args:
            sweeps: as `RunStarted.sweeps`.
        """
        self._sweeps = {phase: size for phase, size in sweeps.items() if phase not in _SWEEPS}

    def add(self, event: ScenarioRun) -> Rarity:
        """Takes in what one scenario showed, and returns how rare the rarest of it was before."""
        phase = "" if event.phase in _SWEEPS or event.is_late_read else event.phase
        if phase:
            self._executed[phase] += 1
        if self._is_of_sweep(event):
            phase = ""
        new = rare = False
        for behaviour in set(behaviours(event)):
            only_phase = self._seen.get(behaviour)
            if only_phase == "":
                continue
            if only_phase is not None:
                # This is the second scenario that shows it.
                rare = True
                self._seen[behaviour] = ""
                self._singletons[only_phase] -= 1
            elif len(self._seen) < MAX_BEHAVIOURS:
                new = True
                self._seen[behaviour] = phase
                if phase:
                    self._singletons[phase] += 1
            else:
                rare = True
        if new:
            return Rarity.NEW
        return Rarity.RARE if rare else Rarity.COMMON

    def add_tally(self, tally: Tally) -> None:
        """Counts scenarios all of whose behaviours were `Rarity.COMMON`."""
        for phase, count in tally.scenarios.items():
            if phase not in _SWEEPS:
                self._executed[phase] += count

    @property
    def samples(self) -> int:
        """Drawn scenarios so far. A phase draws once its sweep is through."""
        return sum(
            max(0, count - self._sweeps.get(phase, 0)) for phase, count in self._executed.items()
        )

    @property
    def singletons(self) -> int:
        """Behaviours that exactly one drawn scenario, and no sweep, has shown."""
        return self._singletons.total()

    def singletons_of(self, phase: Phase) -> int:
        """The `singletons` that a scenario of ``phase`` showed."""
        return self._singletons[phase]

    @property
    def behaviours(self) -> int:
        """Different behaviours so far, `MAX_BEHAVIOURS` at most."""
        return len(self._seen)

    @property
    def discovery_probability(self) -> float | None:
        """The chance that the next drawn scenario shows something new; None: there are fewer than
        `MIN_SAMPLES`."""
        samples = self.samples
        return min(1.0, self.singletons / samples) if samples >= MIN_SAMPLES else None

    def _is_of_sweep(self, event: ScenarioRun) -> bool:
        """Whether a scenario is of the sweep that its phase begins with; its ID names the shard."""
        size = self._sweeps.get(event.phase)
        if not size:
            return False
        shard = event.id.split("/")[1:2]
        return bool(shard) and shard[0].isdecimal() and int(shard[0]) < shards_of_sweep(size)


def behaviours(event: ScenarioRun) -> Iterator[str]:
    """What a scenario showed, as short texts."""
    yield from event.reached
    for seen in event.observations:
        yield f"{seen.rule} {seen.situation}: {seen.outcome}"
    for found in event.discrepancies:
        yield found.signature
