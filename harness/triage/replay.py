"""Stored scenarios sent again: is the discrepancy still there?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ...analysis import Contradictions, Reproducer
from ...record import ScenarioRun
from .confirmation import Run, sighting, tries_of

FLAKY_TRIES = 12
"""How often a scenario that did not show its discrepancy each time is sent before it is gone."""


class Verdict(StrEnum):
    """What became of one discrepancy."""

    STILL_THERE = "still there"
    GONE = "gone"
    DIFFERENT = "different"
    """It did not come, but another one did."""
    UNDECIDED = "undecided"
    """Some requests were not answered in a way that says anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A stored scenario that was sent again."""

    stored: Reproducer
    verdict: Verdict
    run: ScenarioRun
    """The last execution."""
    executions: int


def replay(stored: Reproducer, run: Run) -> Replayed:
    """Executes a stored scenario, once or until it shows its discrepancy.

    A burst gets a few tries, and what was flaky before gets more. Of a contradiction each try
    sends both scenarios.
    """
    tries = FLAKY_TRIES if stored.solid is False else tries_of(stored.scenario)
    verdicts: list[tuple[Verdict, ScenarioRun]] = []
    for _ in range(tries):
        done, verdict = _looked(stored, run)
        verdicts.append((verdict, done))
        if verdict is Verdict.STILL_THERE:
            break
    # Something else in one execution says more than nothing in the next.
    order = (Verdict.STILL_THERE, Verdict.DIFFERENT, Verdict.UNDECIDED, Verdict.GONE)
    verdict, last = min(verdicts, key=lambda pair: order.index(pair[0]))
    return Replayed(stored=stored, verdict=verdict, run=last, executions=len(verdicts))


def _looked(stored: Reproducer, run: Run) -> tuple[ScenarioRun, Verdict]:
    """The last execution of one try, and what it says."""
    if stored.counterpart is None:
        done = run(stored.scenario)
        return done, _verdict(stored.signature, done)
    contradictions, executions = Contradictions(), [run(stored.counterpart), run(stored.scenario)]
    found = [one.discrepancy.signature for done in executions for one in contradictions.add(done)]
    if stored.signature in found:
        return executions[-1], Verdict.STILL_THERE
    worst = next((done for done in executions if done.discrepancies), executions[-1])
    return worst, _verdict(stored.signature, worst)


def _verdict(signature: str, run: ScenarioRun) -> Verdict:
    if sighting(run, signature) is not None:
        return Verdict.STILL_THERE
    if run.discrepancies:
        return Verdict.DIFFERENT
    return Verdict.UNDECIDED if run.inconclusive else Verdict.GONE
