"""Divides a campaign into numbered shards, the unit of work that a worker takes.

The scenarios of a shard follow from the plan's seed, the index of the shard and the phase that
fills it, so the same seed makes the same scenarios whatever the number of workers. Shards are
small: no worker idles for long at the end of a run, and little is lost when a worker dies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from hashlib import blake2b

from hypothesis.strategies import SearchStrategy

from ...contract import Environment, Scenario
from ...record import Phase
from ...record.phase import SHARD_SIZE, shards_of_sweep
from ...strategies import (
    draw_scenarios,
    edge_scenarios,
    lost_answer_scenarios,
    lost_answers,
    malformed_scenarios,
    races,
    restricted,
    scenarios,
)
from ..corpus.sweep import corpus_scenarios
from ..errors import PluginFailedError
from ..plan import Plan, SweepSizes
from ..plugins.bounded_call import NoAnswerError, called_within
from ..plugins.loading import extensions_of
from ..plugins.sweeps import with_own_draws, with_own_sweeps
from .done import Done
from .phase_schedule import EQUAL_WORK, Shares, phase_at


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedScenario:
    """A scenario with its index in the campaign."""

    id: str
    """``phase/shard/index``."""
    execution_index: int
    """Index of its execution in the run, from 0: no two scenarios of a run share it."""
    phase: Phase
    scenario: Scenario
    attempt: int = 0
    """Goes into the mark; not 0 where another worker may have begun the execution."""


_SWEEP_SCENARIOS: Mapping[Phase, Callable[[Plan], tuple[Scenario, ...]]] = {
    Phase.CORPUS: corpus_scenarios,
    Phase.EDGES: lambda plan: with_own_sweeps(
        edge_scenarios(plan.environment), extensions_of(plan.plugins), plan.environment
    ),
    Phase.WIRE: lambda plan: malformed_scenarios(plan.environment),
    Phase.LOST: lambda plan: lost_answer_scenarios(plan.environment),
}
"""Makes the scenarios of each sweep, and of the sweep that `Phase.LOST` begins with."""

_STRATEGIES: Mapping[Phase, Callable[[Environment], SearchStrategy[Scenario]]] = {
    Phase.EXPLORE: scenarios,
    Phase.RACE: races,
    Phase.LOST: lost_answers,
}
"""Makes the strategy that each endless phase draws from."""


MAX_DRAW_SEC = 60.0
"""For the scenarios of one shard where a plugin draws some of them."""


class Shards:
    """The shards of a plan, each made when it is asked for."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._drawing = [phase for phase in Phase if phase.is_endless and phase in plan.phases]
        self._done = Done(plan.done)
        self._sweeps: dict[Phase, tuple[Scenario, ...]] = {}
        """Made when a shard needs them, dropped after the last shard of all sweeps."""

    def scenarios_of(
        self, shard: int, shares: Shares = EQUAL_WORK
    ) -> Iterator[NumberedScenario] | None:
        """The scenarios of a shard, in order; None past the last shard.

        Those that an earlier part of the run executed are left out. A drawn shard that it began
        keeps its phase, whatever the shares are now.

        A shard is shorter than `SHARD_SIZE` where Hypothesis draws fewer distinct scenarios.

        Args:
            shard: index of the shard in the campaign, from 0. The sweeps come first.
            shares: of the endless phases; they decide which phase fills a drawn shard.
        """
        first = shard * SHARD_SIZE
        if self._plan.scenarios is not None and first >= self._plan.scenarios:
            return None
        if shard < len(self._order):
            phase, index = self._order[shard]
            size = min(SHARD_SIZE, self._lengths[phase] - index * SHARD_SIZE)
            if self._done.has_all(phase, index, size):
                return iter(())
            members = self._sweep(phase)[index * SHARD_SIZE : (index + 1) * SHARD_SIZE]
            return self._numbered(phase, index, first, members)
        self._sweeps.clear()
        if not self._drawing:
            return None
        draw_index = shard - len(self._order)
        begun = [(phase, self.sweep_shards(phase) + draw_index) for phase in self._drawing]
        phase = self._done.phase_of(begun) or phase_at(
            draw_index, {phase: shares[phase] for phase in self._drawing}
        )
        if self._done.has_all(phase, self.sweep_shards(phase) + draw_index, SHARD_SIZE):
            return iter(())
        drawn = self._drawn(phase, shard_seed(self._plan.seed, draw_index))
        fitting = list(restricted(drawn, self._plan.traffic))
        return self._numbered(phase, self.sweep_shards(phase) + draw_index, first, fitting)

    def _drawn(self, phase: Phase, seed: int) -> list[Scenario]:
        draw = partial(draw_scenarios, self._strategies[phase], seed=seed, count=SHARD_SIZE)
        own = extensions_of(self._plan.plugins)
        names = [one.name for one in own.plugins if one.drawn is not None]
        if phase is not Phase.EXPLORE or not names:
            return draw()
        try:
            return called_within(draw, MAX_DRAW_SEC, interrupts=False)
        except NoAnswerError as error:
            raise PluginFailedError(
                f"plugin {' or '.join(names)}: drawing {SHARD_SIZE} scenarios: {error}"
            ) from None

    def sweep_sizes(self) -> SweepSizes:
        """How much all sweeps hold, that of `Phase.LOST` included."""
        return SweepSizes(
            scenarios={phase.value: size for phase, size in self._lengths.items() if size},
            requests=sum(len(one.steps) for phase in self._lengths for one in self._sweep(phase)),
        )

    @property
    def count_of_sweeps(self) -> int:
        """How many shards all sweeps have; those that are drawn come after them."""
        return len(self._order)

    def sweep_shards(self, phase: Phase) -> int:
        """How many shards the sweep of ``phase`` has; they are the same for every seed."""
        return shards_of_sweep(self._lengths.get(phase, 0))

    @property
    def sweep_shards_in_all(self) -> int:
        """How many shards all sweeps have; they are the first of a campaign."""
        return len(self._order)

    def _numbered(
        self, phase: Phase, shard: int, first: int, members: tuple[Scenario, ...] | list[Scenario]
    ) -> Iterator[NumberedScenario]:
        limit = self._plan.scenarios
        for index, scenario in enumerate(members):
            if limit is not None and first + index >= limit:
                return
            if self._done.has(phase, shard * SHARD_SIZE + index):
                continue
            yield NumberedScenario(
                id=f"{phase.value}/{shard}/{index}",
                execution_index=first + index,
                phase=phase,
                scenario=scenario,
            )

    @cached_property
    def _lengths(self) -> Mapping[Phase, int]:
        """By phase, in the order of the phases, how many scenarios its sweep has."""
        return {
            phase: (phase is Phase.CORPUS and self._plan.done.corpus_size)
            or len(self._sweep(phase))
            for phase in Phase
            if phase in _SWEEP_SCENARIOS and phase in self._plan.phases
        }

    @cached_property
    def _order(self) -> Sequence[tuple[Phase, int]]:
        """The phase of each shard of the sweeps, and the index of the shard within its phase.

        The corpus comes first, then the first shard of the edges, which reaches all endpoints. The
        shards of each sweep are spread evenly over the rest: each sweep finds bugs of its own.
        """
        shards = [
            (phase, index) for phase in self._lengths for index in range(self.sweep_shards(phase))
        ]
        return sorted(shards, key=lambda shard: _position(*shard, of=self.sweep_shards(shard[0])))

    def _sweep(self, phase: Phase) -> tuple[Scenario, ...]:
        if phase not in self._sweeps:
            made = _SWEEP_SCENARIOS[phase](self._plan)
            self._sweeps[phase] = tuple(restricted(made, self._plan.traffic))
        return self._sweeps[phase]

    @cached_property
    def _strategies(self) -> Mapping[Phase, SearchStrategy[Scenario]]:
        environment = self._plan.environment
        made = {phase: _STRATEGIES[phase](environment) for phase in self._drawing}
        if self._plan.plugins and Phase.EXPLORE in made:
            own = extensions_of(self._plan.plugins)
            made[Phase.EXPLORE] = with_own_draws(made[Phase.EXPLORE], own, environment)
        return made


def _position(phase: Phase, index: int, *, of: int) -> float:
    """Where a shard belongs among the sweeps: from 0 to 1, or below 0 for what comes first."""
    if phase is Phase.CORPUS:
        return -2.0
    if phase is Phase.EDGES and index == 0:
        return -1.0
    return (index + 0.5) / of


def shard_seed(seed: int, draw_index: int) -> int:
    """The seed of a drawn shard in a campaign with ``seed``."""
    return int.from_bytes(blake2b(f"{seed}/{draw_index}".encode(), digest_size=8).digest())
