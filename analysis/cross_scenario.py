"""Keeps the evidence for findings that take more than one scenario."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..contract import Scenario
from ..record.codec import decode_line, encode_line
from ..record.events import Event, ScenarioRun, Tally
from ..record.scenario_parts import Discrepancy, Exchange
from .contradictions import trusted
from .run_invariants import RunFindings
from .spill_file import Span, SpillFile

MAX_OUTCOMES = 4_000
"""Of this many outcomes the scenario that showed it first is kept: some megabytes on disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A scenario that shows a part of the finding."""

    scenario: Scenario
    exchanges: tuple[Exchange, ...]
    step: int
    """Index of the step whose answer shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossScenarioFinding:
    """One signature that takes more than one scenario."""

    discrepancy: Discrepancy
    evidence: tuple[Evidence, ...] = ()
    """Of a contradiction both scenarios, of a late read its own; empty: the record has none."""
    sessions: int = 0
    """How many sessions with an id the run had made when it was found."""


class CrossScenarioFindings:
    """Gathers them, event by event; of each signature the first occurrence."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str, str], tuple[int, Span]] = {}
        """By (rule, situation, outcome): the step that showed it first, and the line of its
        scenario in the spill file."""
        self._lines = SpillFile()
        self._sessions = 0
        self._found: dict[str, CrossScenarioFinding] = {}

    def add(self, event: Event, findings: RunFindings) -> None:
        """Takes in one event, and what became known by it."""
        if isinstance(event, Tally):
            self._sessions += sum(last - first + 1 for first, last in event.ids)
        elif isinstance(event, ScenarioRun):
            if event.is_late_read:
                for found in event.discrepancies:
                    self._note(found, _evidence(event, found.step))
            else:
                self._add_scenario(event, findings)

    def __iter__(self) -> Iterator[CrossScenarioFinding]:
        return iter(tuple(self._found.values()))

    def _add_scenario(self, event: ScenarioRun, findings: RunFindings) -> None:
        self._sessions += len(event.ids)
        for found in findings.broken_invariants:
            self._note(found, ())
        self._keep(event)
        for contradiction in findings.contradictions:
            found = contradiction.discrepancy
            former = self._shown_first(found.rule, found.situation, contradiction.former_outcome)
            self._note(found, (*former, *_evidence(event, found.step)))

    def _keep(self, event: ScenarioRun) -> None:
        """Keeps ``event`` if it is the first with a whole scenario that shows an outcome."""
        if event.scenario is None or len(self._first) >= MAX_OUTCOMES:
            return
        new: dict[tuple[str, str, str], int] = {}
        for seen in trusted(event):
            key = (seen.rule, seen.situation, seen.outcome)
            if key not in self._first:
                new.setdefault(key, seen.step)
        span = self._lines.append(encode_line(event)) if new else None
        if span is not None:
            self._first |= {key: (step, span) for key, step in new.items()}

    def _shown_first(self, rule: str, situation: str, outcome: str) -> tuple[Evidence, ...]:
        kept = self._first.get((rule, situation, outcome))
        if kept is None:
            return ()
        step, span = kept
        line = self._lines.read(span)
        event = decode_line(line) if line is not None else None
        return _evidence(event, step) if isinstance(event, ScenarioRun) else ()

    def _note(self, found: Discrepancy, evidence: tuple[Evidence, ...]) -> None:
        self._found.setdefault(
            found.signature,
            CrossScenarioFinding(discrepancy=found, evidence=evidence, sessions=self._sessions),
        )


def _evidence(event: ScenarioRun, step: int) -> tuple[Evidence, ...]:
    if event.scenario is None:
        return ()
    return (Evidence(scenario=event.scenario, exchanges=event.exchanges, step=step),)
