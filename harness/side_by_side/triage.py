"""Looks for the smallest scenario of each difference, confirms it, and groups them by cause."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from time import monotonic
from typing import NamedTuple

from msgspec.structs import replace

from ...analysis.side_by_side import (
    Change,
    ComparedStep,
    Difference,
    DifferenceEntry,
    Ignored,
    Renaming,
    Sign,
    Standing,
    compare_answers,
    exposed,
    groups,
)
from ...contract import Scenario
from ..plan import TriageBudget
from ..triage.minimise import BoundHitError, Bounds, TrialResult, minimise
from .paired_execution import PairedRun
from .sightings import Sighting, Sightings

_SHARE_OF_SEARCH = 0.75
"""Of the time of a difference; the rest is for its confirmations."""
_MOST_STEPS = 50
"""Requests of a scenario in a result."""
_FIRST_LOOKS = 2
"""Executions that show whether the old target agrees with itself."""
RunScenario = Callable[[Scenario], PairedRun]
"""Executes a scenario on both targets under a mark of its own. Raises `BoundHitError` once the
comparison was stopped or a target is lost."""


def triage_differences(
    sightings: Sightings,
    run_scenario: RunScenario,
    budget: TriageBudget | None,
    *,
    ignored: Ignored,
    clock: Callable[[], float] = monotonic,
) -> tuple[DifferenceEntry, ...]:
    """An entry for each of ``sightings``, in an order in which the plainest come first.

    Args:
        sightings: what was seen.
        run_scenario: executes scenarios.
        budget: what it may cost; None: nothing is sent.
        ignored: what is not compared.
        clock: the time source, in seconds.
    """
    triage = _Triage(sightings, run_scenario, ignored=ignored, clock=clock)
    waiting = list(sightings.in_order())
    if budget is not None:
        deadline = clock() + budget.seconds
        for index, sighting in enumerate(waiting):
            left = deadline - clock()
            seconds = min(budget.seconds_each, 2 * left / (len(waiting) - index + 1))
            try:
                triage.look_into(sighting, budget, seconds=seconds)
            except BoundHitError:
                break
            waiting.extend(triage.uncovered())
    return triage.entries(waiting)


class _Place(NamedTuple):
    """A part with its forms, of the answers to one operation in one situation."""

    operation: str
    situation: str
    change: Change


class _Triage:
    def __init__(
        self,
        sightings: Sightings,
        run_scenario: RunScenario,
        *,
        ignored: Ignored,
        clock: Callable[[], float],
    ) -> None:
        self._sightings = sightings
        self._run_scenario = run_scenario
        self._ignored = ignored
        self._clock = clock
        self._unsteady: set[_Place] = set()
        """What the old target changes by itself, from one execution to the next."""
        self._entries: dict[str, DifferenceEntry] = {}
        self._signs: list[Sign] = []

    def look_into(self, sighting: Sighting, budget: TriageBudget, *, seconds: float) -> None:
        """Minimises and confirms one difference.

        Raises:
            BoundHitError: the time is used up, or the comparison was stopped.
        """
        difference = sighting.difference
        if seconds <= 0:
            raise BoundHitError(f"{seconds:.1f} s are left for {difference.signature}")
        place = _place(difference)
        if any(place.change == known.change for known in self._unsteady):
            # Elsewhere the old target changes this part by itself: a look whether it does so here.
            self._learn([self._execute(sighting.run.scenario) for _ in range(_FIRST_LOOKS)])
        if place in self._unsteady:
            self._entries[difference.signature] = _entry(sighting, standing=Standing.UNSTEADY)
            return

        def execute(candidate: Scenario) -> TrialResult:
            run = self._execute(candidate)
            found = run.first_shown(difference.signature)
            return TrialResult(step=found.step if found else None, requests=max(run.requests))

        end = self._clock() + seconds
        bounds = Bounds(requests=budget.requests_each, seconds=_SHARE_OF_SEARCH * seconds)
        minimal = minimise(sighting.run.scenario, execute, bounds=bounds, clock=self._clock)
        runs: list[PairedRun] = []
        while len(runs) < budget.confirmations and self._clock() < end:
            runs.append(self._execute(minimal.scenario))
        shows = [run for run in runs if run.first_shown(difference.signature) is not None]
        self._learn(runs)
        standing = Standing.CONFIRMED if len(shows) == len(runs) else Standing.FLAKY
        if standing is Standing.CONFIRMED and len(runs) < budget.confirmations:
            standing = Standing.NOT_CONFIRMED
        if place in self._unsteady:
            standing = Standing.UNSTEADY
        best = self._sightings.of(difference.signature)
        if shows:
            best.run = shows[-1].kept
            best.difference = shows[-1].first_shown(difference.signature) or difference
        self._entries[difference.signature] = _entry(
            best,
            standing=standing,
            shown=len(shows),
            confirmations=len(runs),
            is_minimal=minimal.complete and minimal.shown,
        )
        if standing is Standing.CONFIRMED:
            seen = self._execute(exposed(minimal.scenario))
            self._signs.append(
                Sign(
                    signature=difference.signature,
                    part=difference.part,
                    scenario=minimal.scenario,
                    exposed_parts=frozenset(one.part for one in seen.differences),
                )
            )

    def uncovered(self) -> Iterator[Sighting]:
        """What counts only since a difference that came first in its scenarios is unsteady."""
        changes = {place.change for place in self._unsteady}
        for change in sorted(changes, key=lambda one: (one[0], sorted(one[1]))):
            yield from self._sightings.uncover(change)

    def entries(self, waiting: Sequence[Sighting]) -> tuple[DifferenceEntry, ...]:
        """All entries; what was not looked into is not confirmed, or unsteady as its part is."""
        causes = groups(self._signs)
        by_part = {sign.part.coarse: causes[sign.signature] for sign in reversed(self._signs)}
        entries = []
        for sighting in waiting:
            name = sighting.difference.signature
            entry = self._entries.get(name)
            if entry is None:
                is_unsteady = _place(sighting.difference) in self._unsteady
                standing = Standing.UNSTEADY if is_unsteady else Standing.NOT_CONFIRMED
                entry = _entry(
                    sighting,
                    standing=standing,
                    cause=by_part.setdefault(sighting.difference.part.coarse, name),
                )
            elif name in causes:
                entry = _with_cause(entry, causes[name])
            entries.append(entry)
        return tuple(entries)

    def _execute(self, scenario: Scenario) -> PairedRun:
        run = self._run_scenario(scenario)
        self._sightings.look_into(run)
        return run

    def _learn(self, runs: Sequence[PairedRun]) -> None:
        """Takes in where answers of the old target to one scenario differ.

        That the new target alone disagrees with itself is what it changes, and no excuse.
        """
        for one, other in pairwise(runs):
            renaming = Renaming()
            for step in sorted(one.answers.keys() & other.answers.keys()):
                shown = compare_answers(
                    one.answers[step][0], other.answers[step][0], renaming, self._ignored
                )
                where = (one.scenario.steps[step].operation.value, one.situations[step])
                self._unsteady.update(_Place(*where, found.difference.change) for found in shown)


def _place(difference: Difference) -> _Place:
    return _Place(difference.operation, difference.situation, difference.part.change)


def _entry(
    sighting: Sighting,
    *,
    standing: Standing,
    shown: int = 0,
    confirmations: int = 0,
    is_minimal: bool = False,
    cause: str = "",
) -> DifferenceEntry:
    difference = sighting.difference
    return DifferenceEntry(
        signature=difference.signature,
        title=difference.title,
        difference=difference,
        standing=standing,
        scenarios=sighting.scenarios,
        shown=shown,
        confirmations=confirmations,
        is_minimal=is_minimal,
        scenario=sighting.run.scenario,
        steps=_steps_of(sighting),
        cause=cause or difference.signature,
    )


def _steps_of(sighting: Sighting) -> tuple[ComparedStep, ...]:
    """The last requests up to the one that shows the difference."""
    last = sighting.difference.step
    return tuple(step for step in sighting.run.steps if last - _MOST_STEPS < step.step <= last)


def _with_cause(entry: DifferenceEntry, cause: str) -> DifferenceEntry:
    return replace(entry, cause=cause)
