"""Executes a scenario afresh a few times: does it show its discrepancy every time?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...contract import Scenario
from ...record import Discrepancy, ScenarioRun

Run = Callable[[Scenario], ScenarioRun]
"""Executes a scenario with a mark of its own."""
BURST_TRIES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What became of a few executions of one scenario."""

    times: int
    shown: int
    executions: int
    requests: int
    with_it: ScenarioRun | None
    """The last execution that showed it; None: none did."""
    without_it: ScenarioRun | None
    """The last execution that did not; None: all did."""


def tries_of(scenario: Scenario) -> int:
    """How many executions one look at ``scenario`` may take: a burst shows by chance."""
    return 1 if scenario.burst is None else BURST_TRIES


def confirm(run: Run, scenario: Scenario, signature: str, *, times: int) -> Confirmation:
    """Looks ``times`` times whether ``scenario`` shows ``signature``, and counts how often it does.

    A look is one execution; of a burst up to `BURST_TRIES`, until one shows it.
    """
    runs: list[ScenarioRun] = []
    for _ in range(times):
        for _ in range(tries_of(scenario)):
            runs.append(run(scenario))
            if sighting(runs[-1], signature) is not None:
                break
    showing = [one for one in runs if sighting(one, signature) is not None]
    others = [one for one in runs if sighting(one, signature) is None]
    return Confirmation(
        times=times,
        shown=len(showing),
        executions=len(runs),
        requests=sum(one.requests for one in runs),
        with_it=showing[-1] if showing else None,
        without_it=others[-1] if others else None,
    )


def sighting(run: ScenarioRun, signature: str) -> Discrepancy | None:
    """The first discrepancy of ``run`` with ``signature``; None: it has none."""
    found = [one for one in run.discrepancies if one.signature == signature]
    return min(found, key=lambda one: one.step, default=None)
