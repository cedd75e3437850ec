"""What no single execution of a scenario shows, with what the record holds of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..contract import Scenario
from ..record.codec import decode_line, encode_line
from ..record.events import Discrepancy, Event, Exchange, RunStarted, ScenarioRun, Tally
from .contradictions import Contradictions, trusted
from .run_invariants import RunInvariants
from .spill_file import Span, SpillFile

MOST_KEPT = 4_000
"""Of so many outcomes the first scenario is laid aside: some megabytes on disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A scenario that shows a part of it."""

    scenario: Scenario
    exchanges: tuple[Exchange, ...]
    step: int
    """The step whose answer shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossScenarioFinding:
    """One signature that takes more than one scenario."""

    discrepancy: Discrepancy
    sides: tuple[Evidence, ...] = ()
    """Of a contradiction both scenarios, of a later read its own; empty: not on record."""
    sessions: int = 0
    """How many sessions with an id the run had made until it was seen."""


class CrossScenarioFindings:
    """Gathers them, event by event; of each signature the first sighting."""

    def __init__(self) -> None:
        self._ledger, self._drift = RunInvariants(), Contradictions()
        self._first: dict[tuple[str, str, str], tuple[int, Span]] = {}
        """By outcome: the step that showed it first, and where its scenario lies."""
        self._aside = SpillFile()
        self._sessions = 0
        self._found: dict[str, CrossScenarioFinding] = {}

    def add(self, event: Event) -> None:
        """Takes one event in."""
        if isinstance(event, ScenarioRun):
            self._add_scenario(event)
        elif isinstance(event, RunStarted):
            list(self._ledger.add(event))
        elif isinstance(event, Tally):
            self._sessions += sum(last - first + 1 for first, last in event.ids)
            self._ledger.add_tally(event)

    def __iter__(self) -> Iterator[CrossScenarioFinding]:
        return iter(tuple(self._found.values()))

    def _add_scenario(self, event: ScenarioRun) -> None:
        if event.is_late_read:
            for found in event.discrepancies:
                self._note(found, _sides(event, found.step))
            return
        self._sessions += len(event.ids)
        for found in self._ledger.bounds(event):
            self._note(found, ())
        self._keep(event)
        for contradiction in self._drift.contradictions(event):
            found = contradiction.discrepancy
            first = self._shown_first(found.rule, found.situation, contradiction.against)
            self._note(found, (*first, *_sides(event, found.step)))

    def _keep(self, event: ScenarioRun) -> None:
        """Keeps ``event`` if it is the first to show an outcome."""
        if event.scenario is None or len(self._first) >= MOST_KEPT:
            return
        steps: dict[tuple[str, str, str], int] = {}
        for seen in trusted(event):
            steps.setdefault((seen.rule, seen.situation, seen.outcome), seen.step)
        new = steps.keys() - self._first.keys()
        place = self._aside.put(encode_line(event)) if new else None
        if place is not None:
            self._first |= {key: (steps[key], place) for key in new}

    def _shown_first(self, rule: str, situation: str, outcome: str) -> tuple[Evidence, ...]:
        kept = self._first.get((rule, situation, outcome))
        line = self._aside.get(kept[1]) if kept is not None else None
        event = decode_line(line) if line is not None else None
        return _sides(event, kept[0]) if kept and isinstance(event, ScenarioRun) else ()

    def _note(self, found: Discrepancy, sides: tuple[Evidence, ...]) -> None:
        self._found.setdefault(
            found.signature,
            CrossScenarioFinding(discrepancy=found, sides=sides, sessions=self._sessions),
        )


def _sides(event: ScenarioRun, step: int) -> tuple[Evidence, ...]:
    if event.scenario is None:
        return ()
    return (Evidence(scenario=event.scenario, exchanges=event.exchanges, step=step),)
