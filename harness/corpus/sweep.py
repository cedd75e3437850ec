"""Builds the scenarios of the phase `corpus`: stored failures, seeds, and mutants of the seeds."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from ...analysis.flakiness import tries_of
from ...contract import Scenario
from ...record import Phase
from ...strategies import draw_scenarios, edge_scenarios, mutators
from ..plan import Plan

MUTANTS_PER_SEED = 8


def corpus_scenarios(plan: Plan) -> tuple[Scenario, ...]:
    """Failures, then seeds, then mutants of the seeds; the same for the same plan.

    A failure with a burst is sent several times, since it shows by chance. A run without other
    phases ends with the smoke scenario, so that it cannot pass without sending anything that
    matters. A plan without known scenarios has none.
    """
    if not plan.known:
        return ()
    smoke = edge_scenarios(plan.environment)[:1] if set(plan.phases) == {Phase.CORPUS} else ()
    return (*_known_and_mutants(plan), *smoke)


def _known_and_mutants(plan: Plan) -> Iterator[Scenario]:
    for failure in plan.known.failures:
        yield from [failure] * tries_of(failure)
    yield from plan.known.seeds
    if not plan.known.seeds:
        return
    mutants = mutators(plan.environment)
    for index, scenario in enumerate(plan.known.seeds):
        text = f"{plan.seed}/corpus/{index}".encode("ascii")
        seed = int.from_bytes(blake2b(text, digest_size=8).digest())
        yield from draw_scenarios(mutants(scenario), seed=seed, count=MUTANTS_PER_SEED)
