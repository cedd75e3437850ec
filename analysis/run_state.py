"""Folds the events of a run, each once, into everything that is known of the run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import msgspec

from ..record.events import (
    Event,
    Minimised,
    RunFinished,
    RunStarted,
    ScenarioRun,
    Tally,
    TriageFinished,
)
from .bugs import BugCollector
from .contradictions import Behaviour
from .counters import RunCounters
from .cross_scenario import CrossScenarioFindings
from .deduplication import Deduplicator
from .discovery import DiscoveryEstimate, Rarity
from .discovery_curve import DiscoveryCurve
from .judged_right import JudgedRightCollector
from .judging_errors import JudgingErrors
from .latency import LatencyCollector
from .muted import MutedFindings
from .occurrences import SimplestOccurrences
from .run_invariants import NO_FINDINGS, RunFindings, RunInvariants
from .run_parts import RunParts


@dataclass(frozen=True, slots=True)
class Learnt:
    """What one event added to the knowledge of its run."""

    findings: RunFindings = NO_FINDINGS
    """What only this event and those before it show together."""
    rarity: Rarity = Rarity.COMMON
    """Of the rarest behaviour that the event shows."""
    is_milestone: bool = False
    """Whether the discovery curve has a point after the event."""

    @property
    def is_new(self) -> bool:
        """Whether the event shows a behaviour that the run had not seen."""
        return self.rarity is Rarity.NEW

    @property
    def is_redundant(self) -> bool:
        """Whether nothing but its numbers is lost if the record leaves the event out."""
        return (
            self.rarity is Rarity.COMMON
            and not self.findings.learnt_outcome
            and not self.findings.discrepancies
        )


_NOTHING = Learnt()


class RunState:
    """Everything that is known of a run so far.

    The campaign, the condenser of its record, the summary and the reproducers read this one state.
    It is the same whether events come from a running campaign, from its record, or from the
    condensed record, and its memory grows with what differs, not with the length of the run.

    Args:
        keep_evidence: whether to keep, on disk, the scenarios that `reproducers_of` needs for
            findings over several scenarios. A summary needs none.
    """

    def __init__(self, *, keep_evidence: bool = True) -> None:
        self.started: RunStarted | None = None
        """Of a run that was resumed: as the last resumption has it, with ID and time of the start
        of the run."""
        self.parts = RunParts()
        self.finished: RunFinished | None = None
        self.minimised: dict[str, Minimised] = {}
        """By signature, the search for its smallest scenario."""
        self.not_reached: frozenset[str] = frozenset()
        """Signatures that triage had no time for."""
        self.is_record_bounded = False
        """Whether the record only counts further occurrences of what is known."""
        self.latest = _NOTHING
        """What the last event added."""
        self.counters = RunCounters()
        self.discovery = DiscoveryEstimate()
        self.deduplicator = Deduplicator()
        self.bugs = BugCollector()
        self.occurrences = SimplestOccurrences(self.deduplicator)
        self.cross_scenario = CrossScenarioFindings() if keep_evidence else None
        self.discovery_curve = DiscoveryCurve()
        self.latency = LatencyCollector()
        self.judged_right = JudgedRightCollector()
        self.muted = MutedFindings()
        self.judging_errors = JudgingErrors()
        self._invariants = RunInvariants()

    @classmethod
    def of(cls, events: Iterable[Event], *, keep_evidence: bool = True) -> Self:
        """The state after ``events``."""
        state = cls(keep_evidence=keep_evidence)
        for event in events:
            state.add(event)
        return state

    def add(self, event: Event) -> Learnt:
        """Takes one event in, and returns what it added."""
        self.parts.add(event)
        found = findings = self._invariants.add(event)
        if isinstance(event, ScenarioRun):
            event, found = self.muted.without_muted(event, findings)
        if self.cross_scenario is not None:
            self.cross_scenario.add(event, found)
        self.latest = _NOTHING
        if isinstance(event, ScenarioRun):
            self.latest = self._add_scenario(event, found, findings)
        elif isinstance(event, Tally):
            self.discovery.add_tally(event)
            self.counters.add_tally(event)
            self.latency.add_tally(event)
            self.discovery_curve.add(self.counters.requests, self.discovery)
            self.judged_right.add_tally(event)
            self._add_further(event)
        elif isinstance(event, Minimised):
            self.minimised[event.signature] = event
            self.not_reached -= {event.signature}
            self.deduplicator.add(event.discrepancy)
            self.counters.add_triage(event)
        elif isinstance(event, TriageFinished):
            self.not_reached = frozenset(event.not_reached)
            self.deduplicator.add_further_signs(event.further_signs)
            self.deduplicator.add_independent(event.independent)
            self.counters.add_triage(event)
        elif isinstance(event, RunStarted):
            self._begin(event)
            self.discovery.begin(event.sweeps)
            self.muted.begin(event.rule_levels)
        else:
            self.finished = event
        return self.latest

    @property
    def sweeps_are_through(self) -> bool:
        """Whether all scenarios of the sweeps were executed."""
        done = self.counters.scenarios
        return self.started is not None and all(
            done[name] >= size for name, size in self.started.sweeps.items()
        )

    def behaviours(self) -> list[Behaviour]:
        """What the target did where the contract is silent, in each situation."""
        return self._invariants.behaviours()

    def _add_further(self, tally: Tally) -> None:
        """Counts discrepancies whose signatures were known."""
        for signature, count in tally.further.items():
            self.is_record_bounded = True
            if not self.muted.add_further(signature, count):
                self.deduplicator.add_further(signature, count)
                self.bugs.add_further(signature, count)

    def _begin(self, event: RunStarted) -> None:
        first = self.started or event
        if event.resumption:
            self.finished = None
        self.started = msgspec.structs.replace(event, run=first.run, started=first.started)

    def _add_scenario(
        self, event: ScenarioRun, enforced: RunFindings, findings: RunFindings
    ) -> Learnt:
        before = self.counters.requests
        pairs = {one.discrepancy.signature: one.shown_by for one in enforced.contradictions}
        for found in (*event.discrepancies, *enforced.discrepancies):
            self.deduplicator.add(found)
            pair = pairs.get(found.signature, ())
            self.bugs.add(found, event, requests_before=before, pair=pair)
        self.occurrences.add(event)
        self.occurrences.add_contradictions(event, enforced.contradictions)
        self.counters.add(event)
        self.judged_right.add(event)
        self.judging_errors.add(event)
        self.latency.add(event)
        rarity = self.discovery.add(event)
        is_milestone = self.discovery_curve.add(self.counters.requests, self.discovery)
        # Nearly all scenarios of a long run add nothing: one value serves them all.
        is_nothing = findings is NO_FINDINGS and rarity is Rarity.COMMON and not is_milestone
        return _NOTHING if is_nothing else Learnt(findings, rarity, is_milestone)
