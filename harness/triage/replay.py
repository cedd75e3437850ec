"""Executes stored scenarios again: does the target still show the discrepancy?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ...analysis import Contradictions, Reproducer
from ...analysis.flakiness import FLAKY_TRIES, tries_of
from ...record import ScenarioRun
from .confirmation import RunScenario, shown_by


class Verdict(StrEnum):
    """What became of one discrepancy."""

    STILL_THERE = "still there"
    GONE = "gone"
    DIFFERENT = "different"
    """It did not come, but another one did."""
    UNDECIDED = "undecided"
    """Some responses could not be judged."""


_STRONGEST_FIRST = (Verdict.STILL_THERE, Verdict.DIFFERENT, Verdict.UNDECIDED, Verdict.GONE)
"""Another discrepancy in one execution counts for more than none in the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A stored scenario that was executed again."""

    stored: Reproducer
    verdict: Verdict
    run: ScenarioRun
    """The last execution."""
    executions: int


def replay(stored: Reproducer, run_scenario: RunScenario) -> Replayed:
    """Executes a stored scenario, once or until it shows its discrepancy.

    A burst gets a few tries, and what was flaky before gets more. Of a contradiction each try
    executes both scenarios.
    """
    tries = FLAKY_TRIES if stored.solid is False else tries_of(stored.scenario)
    verdicts: list[tuple[Verdict, ScenarioRun]] = []
    for _ in range(tries):
        verdicts.append(_try(stored, run_scenario))
        if verdicts[-1][0] is Verdict.STILL_THERE:
            break
    verdict, last = min(verdicts, key=lambda pair: _STRONGEST_FIRST.index(pair[0]))
    return Replayed(stored=stored, verdict=verdict, run=last, executions=len(verdicts))


def _try(stored: Reproducer, run_scenario: RunScenario) -> tuple[Verdict, ScenarioRun]:
    """The verdict of one try, and the execution that it comes from."""
    if stored.counterpart is None:
        scenario_run = run_scenario(stored.scenario)
        return _verdict(stored.signature, scenario_run), scenario_run
    contradictions = Contradictions()
    executions = [run_scenario(stored.counterpart), run_scenario(stored.scenario)]
    found = [one.discrepancy.signature for done in executions for one in contradictions.add(done)]
    if stored.signature in found:
        return Verdict.STILL_THERE, executions[-1]
    worst = next((done for done in executions if done.discrepancies), executions[-1])
    return _verdict(stored.signature, worst), worst


def _verdict(signature: str, scenario_run: ScenarioRun) -> Verdict:
    if shown_by(scenario_run, signature) is not None:
        return Verdict.STILL_THERE
    if scenario_run.discrepancies:
        return Verdict.DIFFERENT
    is_unsure = scenario_run.inconclusive or scenario_run.errors
    return Verdict.UNDECIDED if is_unsure else Verdict.GONE
