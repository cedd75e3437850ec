"""Executes a scenario afresh a few times: does it show its discrepancy every time?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...analysis.flakiness import tries_of
from ...contract import Scenario
from ...record import Discrepancy, ScenarioRun

RunScenario = Callable[[Scenario], ScenarioRun]
"""Executes a scenario with a mark of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationResult:
    """What a few confirmations of one scenario showed."""

    times: int
    """Confirmations: each is one execution; of a burst, which shows by chance, up to a few."""
    shown: int
    """In how many of them it showed the discrepancy."""
    executions: int
    requests: int
    shows: ScenarioRun | None
    """The last execution that showed it; None: none did."""
    silent: ScenarioRun | None
    """The last execution that did not; None: all did."""


def confirm(
    run_scenario: RunScenario, scenario: Scenario, signature: str, *, times: int
) -> ConfirmationResult:
    """Confirms ``times`` times that ``scenario`` shows ``signature``, and counts how often it does.

    A confirmation is one execution; of a burst up to `BURST_TRIES`, until one shows it.
    """
    runs: list[ScenarioRun] = []
    for _ in range(times):
        for _ in range(tries_of(scenario)):
            runs.append(run_scenario(scenario))
            if shown_by(runs[-1], signature) is not None:
                break
    shows = [one for one in runs if shown_by(one, signature) is not None]
    silent = [one for one in runs if shown_by(one, signature) is None]
    return ConfirmationResult(
        times=times,
        shown=len(shows),
        executions=len(runs),
        requests=sum(one.requests for one in runs),
        shows=shows[-1] if shows else None,
        silent=silent[-1] if silent else None,
    )


def shown_by(scenario_run: ScenarioRun, signature: str) -> Discrepancy | None:
    """The first discrepancy of ``scenario_run`` with ``signature``; None: it has none."""
    found = [one for one in scenario_run.discrepancies if one.signature == signature]
    return min(found, key=lambda one: one.step, default=None)
