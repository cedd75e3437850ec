"""After the phases: looks for each discrepancy's smallest scenario, and confirms it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from time import monotonic

from ...analysis import Occurrence, SimplestOccurrences
from ...contract import Scenario
from ...record import Activity, Minimised, ScenarioRun
from ...wire.marks import Use, mark_of
from ..engine import Engine
from ..plan import TriageBudget
from .confirmation import RunScenario, confirm, shown_by
from .minimise import BoundHitError, Bounds, MinimisationResult, TrialResult, minimise

BURST_COST = 3
"""A burst is tried several times a candidate, so its search may take this many times the requests
of another one."""


class ScenarioRunner:
    """Executes scenarios on fresh marks of a run, apart from those of its phases.

    Args:
        engine: executes them.
        run_id: the run's part of the marks.
        stopped: returns whether the run was stopped; without it nobody stops it.
        attempt: not 0 where another process may have begun the same on the same run.

    Raises:
        BoundHitError: on a call, once the run was stopped; what was sent proves nothing then.
    """

    def __init__(
        self,
        engine: Engine,
        run_id: str,
        *,
        stopped: Callable[[], bool] = lambda: False,
        attempt: int = 0,
    ) -> None:
        self._attempt = attempt
        self._engine = engine
        self._run_id = run_id
        self._stopped = stopped
        self._indexes = count()

    def __call__(self, scenario: Scenario) -> ScenarioRun:
        index = next(self._indexes)
        scenario_run = self._engine.execute(
            scenario,
            phase=Activity.TRIAGE,
            scenario_id=f"{Activity.TRIAGE}/0/{index}",
            mark=mark_of(self._run_id, index, self._attempt, use=Use.TRIAGE),
        )
        if self._stopped():
            raise BoundHitError
        return scenario_run


def triage_discrepancies(
    occurrences: SimplestOccurrences,
    run_scenario: RunScenario,
    budget: TriageBudget,
    *,
    clock: Callable[[], float] = monotonic,
) -> Iterator[Minimised]:
    """Minimises and confirms the discrepancy of each of ``occurrences``.

    Those that are not duplicates of others come first. The duplicates follow: a bug of its own
    shows in its smallest scenario without the one whose duplicate it seemed to be.

    The time that is left is shared among those that wait; what one does not use, others get.
    Ends early when the budget is used up, or when ``run_scenario`` raises `BoundHitError` while a
    result is confirmed: the signatures that are left have no event.
    """
    deadline, requests = clock() + budget.seconds, budget.requests
    waiting = occurrences.canonical_first()
    for index, occurrence in enumerate(waiting):
        seconds, left = deadline - clock(), len(waiting) - index
        if seconds <= 0 or requests <= len(occurrence.scenario.steps):
            return
        bounds = Bounds(
            requests=min(budget.requests_each, requests),
            # Twice an equal share: most searches end early, and leave their time to the others.
            seconds=min(budget.seconds_each, 2 * seconds / (left + 1)),
        )
        try:
            event = _triage(occurrence, run_scenario, bounds, budget.confirmations, clock)
        except BoundHitError:
            return
        requests -= event.requests
        yield event


def _triage(
    occurrence: Occurrence,
    run_scenario: RunScenario,
    bounds: Bounds,
    confirmations: int,
    clock: Callable[[], float],
) -> Minimised:
    started = clock()
    signature = occurrence.discrepancy.signature

    def execute(candidate: Scenario) -> TrialResult:
        scenario_run = run_scenario(candidate)
        found = shown_by(scenario_run, signature)
        return TrialResult(step=found.step if found else None, requests=scenario_run.requests)

    if occurrence.scenario.burst is not None:
        bounds = Bounds(requests=BURST_COST * bounds.requests, seconds=bounds.seconds)
    minimal: MinimisationResult = minimise(occurrence.scenario, execute, bounds=bounds, clock=clock)
    confirmed = confirm(run_scenario, minimal.scenario, signature, times=confirmations)
    shows, silent = confirmed.shows, confirmed.silent
    shown = None if shows is None else shown_by(shows, signature)
    return Minimised(
        signature=signature,
        # Where a burst shows it, the record holds the burst; a control is what was executed then.
        # Where nothing showed it again, the exchanges are the first ones, and so is their scenario.
        scenario=occurrence.scenario if shows is None else shows.scenario or minimal.scenario,
        discrepancy=shown or occurrence.discrepancy,
        operations_before=occurrence.discrepancy.step + 1,
        confirmed=confirmed.shown,
        confirmations=confirmed.times,
        complete=minimal.complete,
        trials=minimal.executions + confirmed.executions,
        requests=minimal.requests + confirmed.requests,
        elapsed_ms=round((clock() - started) * 1000, 3),
        exchanges=occurrence.exchanges if shows is None else shows.exchanges,
        exchanges_without=() if silent is None else silent.exchanges,
    )
