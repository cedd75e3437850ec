"""Makes artefacts of what a run found."""

from __future__ import annotations

from collections.abc import Iterator

from ...analysis import Reproducer, RunReproducers
from ...contract import Rule, catalogue
from . import Artefact
from .cross_scenario_artefact import beyond_artefact
from .request_texts import sent


def artefacts(run: RunReproducers) -> Iterator[Artefact]:
    """An artefact for each signature."""
    started = run.started
    rules = catalogue(started.contract)
    for stored in run.scenarios.values():
        if stored.counterpart is None:
            yield _artefact(stored, rules.get(stored.discrepancy.rule), started.target)
    for beyond in run.cross_scenario:
        rule = rules.get(beyond.discrepancy.rule)
        yield beyond_artefact(beyond, rule, started.target, started.environment)


def _artefact(stored: Reproducer, rule: Rule | None, target: str) -> Artefact:
    scenario = stored.scenario
    return Artefact(
        discrepancy=stored.discrepancy,
        rule=rule,
        scenario=scenario,
        requests=tuple(sent(step, scenario.sessions[step.session]) for step in scenario.steps),
        exchanges=stored.exchanges,
        confirmed=stored.confirmed,
        target=target,
    )
