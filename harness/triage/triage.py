"""After the phases: looks for each discrepancy's smallest scenario, and confirms it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from time import monotonic
from types import MappingProxyType

import msgspec

from ...analysis import ContradictionOccurrence, Occurrence, SimplestOccurrences, parts_of
from ...contract import Scenario
from ...record import Activity, Cause, Discrepancy, Minimised, ScenarioRun, TriageFinished
from ...wire.marks import Use, mark_of
from ..engine import Engine
from ..plan import TriageBudget
from .causes import Experiments, Sign, sign_of
from .common_causes import further_signs, independent_signs
from .confirmation import RunScenario, confirm, shown_by
from .edits import edit_of
from .minimise import BoundHitError, Bounds, MinimisationResult, TrialResult, minimise

_SHARE_OF_CAUSES = 0.2
"""Of the time that is left, the most that the causes of one signature may take."""
_MAX_KNOWN_CAUSES = 6
"""So many causes are taken out of a scenario before it is made smaller."""
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
        purpose: takes the place of the phase in the names of requests.

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
        purpose: str = Activity.TRIAGE,
    ) -> None:
        self._attempt = attempt
        self._purpose = purpose
        self._engine = engine
        self._run_id = run_id
        self._stopped = stopped
        self._indexes = count()

    def __call__(self, scenario: Scenario) -> ScenarioRun:
        index = next(self._indexes)
        scenario_run = self._engine.execute(
            scenario,
            phase=Activity.TRIAGE,
            scenario_id=f"{self._purpose}/0/{index}",
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
    known: Mapping[str, Minimised] = MappingProxyType({}),
) -> Iterator[Minimised | TriageFinished]:
    """Minimises and confirms the discrepancy of each of ``occurrences``, and groups them by cause.

    Those that are not duplicates of others come first. The duplicates follow: a bug of its own
    shows in its smallest scenario without the one whose duplicate it seemed to be.

    The time that is left is shared among those that wait; what one does not use, others get.
    Ends early when the budget is used up, or when ``run_scenario`` raises `BoundHitError` while a
    result is confirmed: the signatures that are left have no `Minimised`, and the last event
    names them.

    Signatures in ``known`` were minimised by an earlier part of the run; only what they have in
    common with the others is looked at again.

    Yields:
        A `Minimised` for each signature, then one `TriageFinished` if it has anything to add.
    """
    triage = _Triage(run_scenario, budget, clock, known)
    waiting = [
        one for one in occurrences.canonical_first() if one.discrepancy.signature not in known
    ]
    done = set()
    for index, occurrence in enumerate(waiting):
        try:
            event = triage.of(occurrence, left=len(waiting) - index)
        except BoundHitError:
            break
        done.add(event.signature)
        yield event
    if done:
        triage.recall(known.values())
    names = (one.discrepancy.signature for one in waiting)
    finished = triage.finished(
        occurrences.contradictions, tuple(name for name in names if name not in done)
    )
    if finished.further_signs or finished.not_reached or finished.trials:
        yield finished


class _Triage:
    """Looks into one signature after the other, and shares the budget among them."""

    def __init__(
        self,
        run_scenario: RunScenario,
        budget: TriageBudget,
        clock: Callable[[], float],
        known: Mapping[str, Minimised],
    ) -> None:
        self._run_scenario = run_scenario
        self._budget = budget
        self._clock = clock
        self._deadline = clock() + budget.seconds
        self._requests = budget.requests
        self._signs: list[Sign] = []
        self._recalled: list[Experiments] = []
        self._causes_before = [cause for event in known.values() for cause in event.causes]

    def of(self, occurrence: Occurrence, *, left: int) -> Minimised:
        """The smallest scenario of one signature.

        Args:
            occurrence: of the signature.
            left: how many signatures wait, this one included.

        Raises:
            BoundHitError: the budget is used up, or the run was stopped.
        """
        seconds = self._deadline - self._clock()
        if seconds <= 0 or self._requests <= len(occurrence.scenario.steps):
            raise BoundHitError(f"{self._requests} requests and {seconds:.1f} s are left")
        started = self._clock()
        searched, looked = self._without_known_causes(occurrence)
        event, found = self._minimised(
            occurrence,
            searched,
            Bounds(
                requests=min(self._budget.requests_each, self._requests),
                # Twice an equal share: most searches end early, and leave their time to the others.
                seconds=min(self._budget.seconds_each, 2 * seconds / (left + 1)),
            ),
        )
        experiments = self._experiments(_SHARE_OF_CAUSES, event.requests + looked.requests)
        if event.solid and found is not None:
            sign = sign_of(found, event.scenario, experiments)
            self._signs.append(sign)
            event = msgspec.structs.replace(event, causes=sign.causes)
        event = msgspec.structs.replace(
            event,
            trials=event.trials + looked.executions + experiments.executions,
            requests=event.requests + looked.requests + experiments.requests,
            elapsed_ms=round((self._clock() - started) * 1000, 3),
        )
        self._requests -= event.requests
        return event

    def recall(self, known: Iterable[Minimised]) -> None:
        """Looks again at what the signatures depend on that were minimised before."""
        for event in known:
            if event.solid:
                experiments = self._experiments(_SHARE_OF_CAUSES, 0)
                self._signs.append(sign_of(event.discrepancy, event.scenario, experiments))
                self._requests -= experiments.requests
                self._recalled.append(experiments)

    def _minimised(
        self, occurrence: Occurrence, searched: Scenario, bounds: Bounds
    ) -> tuple[Minimised, Discrepancy | None]:
        """The search with its confirmation, and the discrepancy as confirmed; None: it was not."""
        signature = occurrence.discrepancy.signature

        def execute(candidate: Scenario) -> TrialResult:
            scenario_run = self._run_scenario(candidate)
            found = shown_by(scenario_run, signature)
            return TrialResult(step=found.step if found else None, requests=scenario_run.requests)

        if searched.burst is not None:
            bounds = Bounds(requests=BURST_COST * bounds.requests, seconds=bounds.seconds)
        minimal: MinimisationResult = minimise(searched, execute, bounds=bounds, clock=self._clock)
        confirmed = confirm(
            self._run_scenario, minimal.scenario, signature, times=self._budget.confirmations
        )
        shows, silent = confirmed.shows, confirmed.silent
        shown = None if shows is None else shown_by(shows, signature)
        event = Minimised(
            signature=signature,
            # Where a burst shows it, the record holds the burst; a control is what was executed
            # then. Where nothing showed it again, scenario and exchanges are the first ones.
            scenario=occurrence.scenario if shows is None else shows.scenario or minimal.scenario,
            discrepancy=shown or occurrence.discrepancy,
            operations_before=occurrence.discrepancy.step + 1,
            confirmed=confirmed.shown,
            confirmations=confirmed.times,
            complete=minimal.complete,
            trials=minimal.executions + confirmed.executions,
            requests=minimal.requests + confirmed.requests,
            elapsed_ms=0.0,
            exchanges=occurrence.exchanges if shows is None else shows.exchanges,
            exchanges_without=() if silent is None else silent.exchanges,
            shown_by=occurrence.id if shows is None else shows.id,
        )
        return event, shown

    def _without_known_causes(self, occurrence: Occurrence) -> tuple[Scenario, Experiments]:
        """The scenario without the causes of others, as far as it still shows without them.

        A scenario may hold two causes, and a search finds one of them: it must be the one that is
        not known yet.
        """
        scenario, signature = occurrence.scenario, occurrence.discrepancy.signature
        experiments = self._experiments(_SHARE_OF_CAUSES, 0)
        try:
            for cause in self._known_causes() if scenario.burst is None else ():
                edit = edit_of(cause)
                changed = scenario if edit is None else edit.apply(scenario)
                if changed != scenario and signature in experiments.run(changed).shown:
                    scenario = changed
        except BoundHitError:
            pass  # the search starts from what was found
        return scenario, experiments

    def _known_causes(self) -> list[Cause]:
        """The causes so far, each once, the first ones found."""
        causes = [*parts_of(self._causes_before).values()]
        causes += [cause for sign in self._signs for cause in parts_of(sign.causes).values()]
        distinct = {(cause.element, cause.path): cause for cause in reversed(causes)}
        return list(distinct.values())[::-1][:_MAX_KNOWN_CAUSES]

    def finished(
        self, contradictions: Iterable[ContradictionOccurrence], not_reached: tuple[str, ...]
    ) -> TriageFinished:
        """What the signatures show together."""
        started = self._clock()
        experiments = self._experiments(1.0, 0)
        further = further_signs(self._signs, contradictions, experiments)
        independent = independent_signs(self._signs, experiments)
        return TriageFinished(
            further_signs=further,
            independent=independent,
            not_reached=not_reached,
            trials=sum(one.executions for one in (experiments, *self._recalled)),
            requests=sum(one.requests for one in (experiments, *self._recalled)),
            elapsed_ms=round((self._clock() - started) * 1000, 3),
        )

    def _experiments(self, share: float, spent: int) -> Experiments:
        """Within a share of what is left of the budget, once ``spent`` requests are counted."""
        bounds = Bounds(
            requests=max(0, min(self._budget.requests_each, self._requests - spent)),
            seconds=max(0.0, share * (self._deadline - self._clock())),
        )
        return Experiments(self._run_scenario, bounds, clock=self._clock)
