"""The phase `corpus`: what is known from before, in the order in which it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from ...analysis.flakiness import tries_of
from ...contract import Scenario
from ...record import Phase
from ...strategies import draw_scenarios, edge_scenarios, mutators
from ..plan import Plan

MUTANTS = 8
"""Of each seed."""


def corpus_scenarios(plan: Plan) -> tuple[Scenario, ...]:
    """Failures, then seeds, then mutants of the seeds; the same for the same plan.

    A failure with a burst comes a few times, since it shows by chance. Where nothing else is sent,
    a tour of all endpoints comes last, so that silence says something.
    """
    if not plan.known:
        return ()
    tour = edge_scenarios(plan.environment)[:1] if set(plan.phases) == {Phase.CORPUS} else ()
    return (*_all(plan), *tour)


def _all(plan: Plan) -> Iterator[Scenario]:
    for failure in plan.known.failures:
        yield from [failure] * tries_of(failure)
    yield from plan.known.seeds
    if not plan.known.seeds:
        return
    mutants = mutators(plan.environment)
    for number, scenario in enumerate(plan.known.seeds):
        text = f"{plan.seed}/corpus/{number}".encode("ascii")
        seed = int.from_bytes(blake2b(text, digest_size=8).digest())
        yield from draw_scenarios(mutants(scenario), seed=seed, count=MUTANTS)
