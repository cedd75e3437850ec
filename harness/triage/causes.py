"""Finds out by experiment what a discrepancy depends on, beyond what its rule asks for.

A smallest scenario holds two sorts of parts. Some are what the rule is about: without a cart of
1000 items nobody asks whether 1000 items are accepted. Without the others the rule is judged just
as well, and kept: these are the causes. An attribute in the request for a cart of 1000 items is
one, if the same request without it is accepted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from time import monotonic

from ...analysis.flakiness import CANDIDATE_TRIES
from ...contract import Scenario
from ...record import Cause, CheckName, Discrepancy, ScenarioRun, scenario_digest
from .confirmation import RunScenario
from .edits import Edit, edits_of, views
from .minimise import BoundHitError, Bounds

_MAX_EDITS = 32
"""So many parts of a scenario are taken out, each alone."""
_TOTALS = ("RESP-04", "RESP-05", "RESP-06")
"""The rules of the totals: where one sum is shown, the others are shown with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What the executions of one scenario showed."""

    shown: frozenset[str]
    """Signatures."""
    reached: frozenset[str]
    """Keys of `ScenarioRun.reached`."""
    observed: frozenset[tuple[str, str, str]]
    """Rule, situation and outcome of what is observed only."""
    conclusive: bool
    """Whether all responses could be judged."""
    differences: frozenset[tuple[str, str, str]] = frozenset()
    """Signature, and what was expected and found."""

    @classmethod
    def of(cls, runs: Iterable[ScenarioRun]) -> Trial:
        """What all of ``runs`` showed together."""
        done = list(runs)
        return cls(
            shown=frozenset(one.signature for run in done for one in run.discrepancies),
            reached=frozenset(key for run in done for key in run.reached),
            observed=frozenset(
                (one.rule, one.situation, one.outcome) for run in done for one in run.observations
            ),
            conclusive=not any(run.inconclusive for run in done),
            differences=frozenset(
                (one.signature, one.expected, one.found)
                for run in done
                for one in run.discrepancies
            ),
        )


class Experiments:
    """Executes scenarios within bounds, and counts what that takes.

    Args:
        run_scenario: executes a scenario with a mark of its own.
        bounds: what all executions together may cost.
        clock: the time source, in seconds.
    """

    def __init__(
        self, run_scenario: RunScenario, bounds: Bounds, *, clock: Callable[[], float] = monotonic
    ) -> None:
        self._run_scenario = run_scenario
        self._bounds = bounds
        self._clock = clock
        self._deadline = clock() + bounds.seconds
        self._trials: dict[str, Trial] = {}
        self.requests = 0
        self.executions = 0

    def run(self, scenario: Scenario) -> Trial:
        """What ``scenario`` shows; a burst, which shows by chance, is executed a few times. What
        was executed before is not sent again.

        Raises:
            BoundHitError: the bounds allow no execution.
        """
        digest = scenario_digest(scenario)
        if digest not in self._trials:
            tries = 1 if scenario.burst is None else CANDIDATE_TRIES
            self._trials[digest] = Trial.of([self._once(scenario) for _ in range(tries)])
        return self._trials[digest]

    def _once(self, scenario: Scenario) -> ScenarioRun:
        if self.requests + len(scenario.steps) > self._bounds.requests:
            raise BoundHitError(f"{self.requests} requests were sent, {self._bounds} allow no more")
        if self._clock() >= self._deadline:
            raise BoundHitError(f"the time is up, {self._bounds} allow no more")
        run = self._run_scenario(scenario)
        self.requests += run.requests
        self.executions += 1
        return run


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A confirmed discrepancy, and what becomes of it without single parts of its scenario."""

    found: Discrepancy
    smallest: Scenario
    """The smallest that shows it."""
    scenario: Scenario
    """The same, with responses that show the session if possible."""
    whole: Trial
    """Of ``scenario``."""
    trials: tuple[tuple[Edit, Trial], ...]
    """Of ``scenario`` without one part each."""
    causes: tuple[Cause, ...]

    @property
    def size(self) -> tuple[int, int, str]:
        """Orders signs: the one with the smallest scenario comes first."""
        return len(self.smallest.steps), len(repr(self.smallest.steps)), self.found.signature


def sign_of(found: Discrepancy, scenario: Scenario, experiments: Experiments) -> Sign:
    """What ``found`` depends on; where the bounds end it, as far as they allow.

    Args:
        found: the discrepancy.
        scenario: its smallest scenario.
        experiments: executes what it takes.
    """
    whole, smallest = Trial.of(()), scenario
    trials: list[tuple[Edit, Trial]] = []
    try:
        edits = tuple(islice(edits_of(scenario), _MAX_EDITS))
        for viewed in views(scenario):
            whole = experiments.run(viewed)
            if found.signature in whole.shown:
                scenario = viewed
                break
        trials.extend((edit, experiments.run(edit.apply(scenario))) for edit in edits)
    except BoundHitError:
        pass
    causes = (
        edit.cause
        for edit, trial in trials
        # The field that differs is what the discrepancy is about, not what makes it.
        if found.field_name not in edit.cause.path and vanishes(found, whole, trial)
    )
    return Sign(
        found=found,
        smallest=smallest,
        scenario=scenario,
        whole=whole,
        trials=tuple(trials),
        causes=tuple(causes),
    )


def vanishes(found: Discrepancy, whole: Trial, trial: Trial) -> bool:
    """Whether ``trial`` asks what ``found`` is about, and shows neither it nor anything new."""
    return (
        found.signature in whole.shown
        and found.signature not in trial.shown
        and trial.shown <= whole.shown
        and is_asked(found, whole, trial)
    )


def is_asked(found: Discrepancy, whole: Trial, trial: Trial) -> bool:
    """Whether the rule of ``found`` is judged in ``trial`` in the way in which it was broken."""
    if not trial.conclusive:
        return False
    if found.check == CheckName.SERVER_ERROR:
        return True  # whatever is sent, a 5xx would show
    rules = _TOTALS if found.check == CheckName.TOTALS else (found.rule,)
    return any(key.partition(" ")[0] in rules for key in whole.reached & trial.reached)
