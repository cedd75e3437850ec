"""A campaign as numbered shards: the unit of work that any worker can take.

The scenarios of a shard follow from the plan's seed, the shard's number and the phase whose turn it
is, so the same seed makes the same scenarios whatever the number of workers. Shards are small, so
that no worker idles at the end and little is lost when one dies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from hypothesis.strategies import SearchStrategy

from ...contract import Environment, Scenario
from ...strategies import (
    draw_scenarios,
    edge_scenarios,
    lost_answer_scenarios,
    lost_answers,
    malformed_scenarios,
    races,
    scenarios,
)
from ..corpus.sweep import corpus_scenarios
from ..plan import Phase, Plan
from .phase_schedule import EQUAL_WORK, Shares, phase_at

SHARD_SIZE = 20
"""Scenarios in a shard; the last one of a phase may have fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedScenario:
    """A scenario at its place in the campaign."""

    id: str
    """``phase/shard/index``."""
    number: int
    """Number of its execution in the run, from 0: no two scenarios share it."""
    phase: Phase
    scenario: Scenario


_SWEEPS: Mapping[Phase, Callable[[Plan], tuple[Scenario, ...]]] = {
    Phase.CORPUS: corpus_scenarios,
    Phase.EDGES: lambda plan: edge_scenarios(plan.environment),
    Phase.WIRE: lambda plan: malformed_scenarios(plan.environment),
    Phase.LOST: lambda plan: lost_answer_scenarios(plan.environment),
}
"""What comes first: the phases that end, and the beginning of one that does not."""

_DRAWS: Mapping[Phase, Callable[[Environment], SearchStrategy[Scenario]]] = {
    Phase.EXPLORE: scenarios,
    Phase.RACE: races,
    Phase.LOST: lost_answers,
}
"""The phases without an end; they follow the sweeps and take turns."""


class Shards:
    """The shards of a plan, made when they are asked for."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._drawn = [phase for phase in _DRAWS if phase in plan.phases]
        self._sweeps: dict[Phase, tuple[Scenario, ...]] = {}
        """Those at hand: made when they are needed, given up once they are through."""

    def scenarios_of(
        self, shard: int, shares: Shares = EQUAL_WORK
    ) -> Iterator[NumberedScenario] | None:
        """The scenarios of shard number ``shard``, in order; None past the last shard.

        After the sweeps ``shares`` say whose turn it is. A shard may turn out shorter than
        `SHARD_SIZE` where Hypothesis draws fewer distinct scenarios than it is asked for.
        """
        first = shard * SHARD_SIZE
        if self._plan.scenarios is not None and first >= self._plan.scenarios:
            return None
        if shard < len(self._order):
            phase, index = self._order[shard]
            members = self._sweep(phase)[index * SHARD_SIZE : (index + 1) * SHARD_SIZE]
            return self._numbered(phase, index, first, members)
        self._sweeps.clear()
        if not self._drawn:
            return None
        turn = shard - len(self._order)
        phase = phase_at(turn, {phase: shares[phase] for phase in self._drawn})
        drawn = draw_scenarios(
            self._strategies[phase], seed=shard_seed(self._plan.seed, turn), count=SHARD_SIZE
        )
        return self._numbered(phase, self.swept(phase) + turn, first, drawn)

    def swept(self, phase: Phase) -> int:
        """How many shards of ``phase`` are the same in every run, whatever the seed."""
        return -(-self._lengths.get(phase, 0) // SHARD_SIZE)

    def _numbered(
        self, phase: Phase, shard: int, first: int, members: tuple[Scenario, ...] | list[Scenario]
    ) -> Iterator[NumberedScenario]:
        bound = self._plan.scenarios
        for index, scenario in enumerate(members):
            if bound is not None and first + index >= bound:
                return
            yield NumberedScenario(
                id=f"{phase.value}/{shard}/{index}",
                number=first + index,
                phase=phase,
                scenario=scenario,
            )

    @cached_property
    def _lengths(self) -> Mapping[Phase, int]:
        """Of the sweeps, in their order, how many scenarios each has."""
        return {phase: len(self._sweep(phase)) for phase in _SWEEPS if phase in self._plan.phases}

    @cached_property
    def _order(self) -> Sequence[tuple[Phase, int]]:
        """Whose shard of the sweeps comes when, and which of its own it is.

        What is known from before comes first, then the tour of all endpoints. The other shards of a
        sweep are spread evenly over the rest, since each sweep finds bugs that no other does.
        """
        shards = [(phase, index) for phase in self._lengths for index in range(self.swept(phase))]
        return sorted(shards, key=lambda shard: _place(*shard, of=self.swept(shard[0])))

    def _sweep(self, phase: Phase) -> tuple[Scenario, ...]:
        if phase not in self._sweeps:
            self._sweeps[phase] = _SWEEPS[phase](self._plan)
        return self._sweeps[phase]

    @cached_property
    def _strategies(self) -> Mapping[Phase, SearchStrategy[Scenario]]:
        return {phase: _DRAWS[phase](self._plan.environment) for phase in self._drawn}


def _place(phase: Phase, index: int, *, of: int) -> float:
    """Where among the sweeps a shard belongs: from 0 to 1, or before all others."""
    if phase is Phase.CORPUS:
        return -2.0
    if phase is Phase.EDGES and index == 0:
        return -1.0
    return (index + 0.5) / of


def shard_seed(seed: int, index: int) -> int:
    """The seed of turn ``index`` of the phases without an end, in a campaign with ``seed``."""
    return int.from_bytes(blake2b(f"{seed}/{index}".encode(), digest_size=8).digest())
