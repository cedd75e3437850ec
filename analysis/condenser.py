"""Condenses a record: scenarios that show nothing new are merged into a line for many of them.

A fold over the condensed events gives what a fold over all of them gives: the same summary, the
same findings of the whole run. So a scenario keeps its line if the fold depends on it: it shows a
discrepancy, something that fewer than two scenarios have shown, an outcome that a contradiction
would have to name, or the record policy keeps it whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..record.events import Event, Observed, ScenarioRun, Tally
from ..record.latency_buckets import moment_key, with_bucket
from ..record.phase import position_of
from .id_set import ranges
from .judged_right import is_right
from .run_state import Learnt

MAX_TALLY_SIZE = 1_000
"""Scenarios. The record of a killed run lacks those of its last tally."""


class Condenser:
    """Takes the events of a run, and returns those that its record is to hold."""

    def __init__(self) -> None:
        self._open = _OpenTally()

    def condensed(
        self, event: Event, learnt: Learnt, *, is_merged: bool = False
    ) -> Iterator[Event]:
        """The events to write after ``event``.

        Args:
            event: the next one of the run.
            learnt: what it added to the `RunState` of the run.
            is_merged: whether it is merged with its discrepancies, which are known.
        """
        if not isinstance(event, ScenarioRun):
            yield from self.rest()
            yield event
            return
        has_findings = bool(event.discrepancies or learnt.findings.discrepancies)
        is_kept = has_findings or event.scenario is not None or not learnt.is_redundant
        if is_merged:
            has_findings = is_kept = False
        if has_findings or (is_kept and learnt.is_milestone):
            # The summary names the request that showed a bug first, and how many came before a
            # point of the discovery curve: all of them must come before it in the record.
            yield from self.rest()
        if is_kept:
            yield event
            return
        self._open.add(event)
        if learnt.is_milestone or self._open.size >= MAX_TALLY_SIZE:
            yield from self.rest()

    def rest(self) -> Iterator[Tally]:
        """What was merged and is not written yet."""
        if self._open.size:
            yield self._open.tally()
            self._open = _OpenTally()


class _OpenTally:
    """A tally that still grows."""

    def __init__(self) -> None:
        self.size = 0
        self._scenarios: Counter[str] = Counter()
        self._requests: Counter[str] = Counter()
        self._elapsed_ms = 0.0
        self._reached: Counter[str] = Counter()
        self._boundaries: Counter[str] = Counter()
        self._observed: Counter[tuple[str, str, str, str]] = Counter()
        self._inconclusive: Counter[str] = Counter()
        self._sent: Counter[str] = Counter()
        self._unjudged: Counter[str] = Counter()
        self._ids: list[int] = []
        self._redeemed: Counter[str] = Counter()
        self._referred: Counter[str] = Counter()
        self._right_scenarios: dict[str, str] = {}
        self._judged_right: set[str] = set()
        self._transitions: Counter[str] = Counter()
        self._latency: Counter[str] = Counter()
        self._timeline: Counter[str] = Counter()
        self._executed: dict[str, list[int]] = {}
        self._further: Counter[str] = Counter()

    def add(self, event: ScenarioRun) -> None:
        self.size += 1
        self._scenarios[event.phase] += not event.is_late_read
        position = None if event.is_late_read else position_of(event.id)
        if position is not None:
            self._executed.setdefault(event.phase, []).append(position)
        self._requests[event.phase] += event.requests
        self._elapsed_ms += event.elapsed_ms
        self._reached.update(event.reached)
        self._boundaries.update(event.boundaries)
        self._further.update(found.signature for found in event.discrepancies)
        self._observed.update(
            (o.rule, o.situation, o.outcome, o.signature) for o in event.observations
        )
        self._inconclusive.update(event.inconclusive)
        self._sent.update(event.sent)
        self._unjudged.update(event.unjudged)
        self._ids.extend(event.ids)
        self._redeemed.update(event.redeemed)
        self._referred.update(event.referred)
        self._judged_right.update(event.judged_right)
        self._transitions.update(event.transitions)
        self._latency.update(event.latency)
        second = int(event.finished_at)
        if second:
            for key, count in event.latency.items():
                self._timeline[moment_key(second, with_bucket(key)[1])] += count
        if is_right(event):
            known = self._right_scenarios.get(event.digest, event.answers)
            self._right_scenarios[event.digest] = min(event.answers, known)

    def tally(self) -> Tally:
        return Tally(
            scenarios=dict(self._scenarios),
            requests=dict(self._requests),
            elapsed_ms=round(self._elapsed_ms, 3),
            reached=dict(self._reached),
            boundaries=dict(self._boundaries),
            observed=tuple(
                Observed(
                    rule=rule,
                    situation=situation,
                    outcome=outcome,
                    count=count,
                    signature=signature,
                )
                for (rule, situation, outcome, signature), count in self._observed.items()
            ),
            inconclusive=dict(self._inconclusive),
            sent=dict(self._sent),
            unjudged=dict(self._unjudged),
            ids=tuple(ranges(self._ids)),
            redeemed=dict(self._redeemed),
            referred=dict(self._referred),
            right_scenarios=self._right_scenarios,
            judged_right=tuple(sorted(self._judged_right)),
            transitions=dict(self._transitions),
            latency=dict(self._latency),
            timeline=dict(self._timeline),
            further=dict(self._further),
            executed={phase: tuple(ranges(found)) for phase, found in self._executed.items()},
        )
