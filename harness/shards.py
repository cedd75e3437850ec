"""A campaign as numbered shards: the unit of work that any worker can take.

The scenarios of a shard follow from the plan's seed and the shard's number alone, so the same seed
makes the same scenarios whatever the number of workers. Shards are small, so that no worker idles
at the end and little is lost when one dies.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from hypothesis.strategies import SearchStrategy

from ..contract import Scenario
from ..strategies import draw_scenarios, edge_scenarios, scenarios
from .plan import Phase, Plan

SHARD_SIZE = 20
"""Scenarios in a shard; the last one of a phase may have fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A scenario at its place in the campaign."""

    id: str
    """``phase/shard/index``."""
    number: int
    """Number of its execution in the run, from 0: no two scenarios share it."""
    phase: Phase
    scenario: Scenario


class Shards:
    """The shards of a plan, made when they are asked for."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def scenarios_of(self, shard: int) -> Iterator[Numbered] | None:
        """The scenarios of shard number ``shard``, in order; None past the last shard.

        A shard may turn out shorter than `SHARD_SIZE` where Hypothesis draws fewer distinct
        scenarios than it is asked for.
        """
        first = shard * SHARD_SIZE
        if self._plan.scenarios is not None and first >= self._plan.scenarios:
            return None
        if shard < self._edge_shards:
            return self._numbered(
                Phase.EDGES, shard, first, self._edges[first : first + SHARD_SIZE]
            )
        if Phase.EXPLORE not in self._plan.phases:
            return None
        index = shard - self._edge_shards
        drawn = draw_scenarios(
            self._strategy, seed=shard_seed(self._plan.seed, index), count=SHARD_SIZE
        )
        return self._numbered(Phase.EXPLORE, index, first, drawn)

    def _numbered(
        self, phase: Phase, shard: int, first: int, members: tuple[Scenario, ...] | list[Scenario]
    ) -> Iterator[Numbered]:
        bound = self._plan.scenarios
        for index, scenario in enumerate(members):
            if bound is not None and first + index >= bound:
                return
            yield Numbered(
                id=f"{phase.value}/{shard}/{index}",
                number=first + index,
                phase=phase,
                scenario=scenario,
            )

    @cached_property
    def _edges(self) -> tuple[Scenario, ...]:
        if Phase.EDGES not in self._plan.phases:
            return ()
        return edge_scenarios(self._plan.environment)

    @cached_property
    def _edge_shards(self) -> int:
        return -(-len(self._edges) // SHARD_SIZE)

    @cached_property
    def _strategy(self) -> SearchStrategy[Scenario]:
        return scenarios(self._plan.environment)


def shard_seed(seed: int, index: int) -> int:
    """The seed of explore shard ``index`` of a campaign with ``seed``."""
    return int.from_bytes(blake2b(f"{seed}/{index}".encode(), digest_size=8).digest())
