"""Condenses a record: scenarios that show nothing new are merged into a line for many of them.

A fold over the condensed events gives what a fold over all of them gives: the same summary, the
same bounds of the whole run. So a scenario keeps its line if any of that hangs on it: it shows a
discrepancy, something that fewer than two scenarios have shown, an outcome that a contradiction
would have to name, or it was kept whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..record.events import Event, Observed, RunStarted, ScenarioRun, Tally
from .discovery import DiscoveryEstimate
from .id_set import ranges
from .run_invariants import RunInvariants

MOST_IN_A_TALLY = 1_000
"""Scenarios; so many are missing from the record of a run that was killed."""


class Condenser:
    """Takes the events of a run in and gives those that its record is to hold."""

    def __init__(self) -> None:
        self._ledger = RunInvariants()
        self._told = DiscoveryEstimate()
        """Of the clean scenarios that have a line of their own."""
        self._open = _Open()

    def condensed(self, event: Event) -> Iterator[Event]:
        """What is to be written now that ``event`` has happened."""
        if not isinstance(event, ScenarioRun):
            yield from self.rest()
            yield event
            if isinstance(event, RunStarted):
                list(self._ledger.add(event))
            return
        known = self._ledger.knows(event) and self._told.settled(event)
        found = bool(event.discrepancies) | bool(list(self._ledger.add(event)))
        if found:
            yield from self.rest()  # so that what was sent before stands before
        if found or event.scenario is not None or not known:
            yield event
            if not event.discrepancies:
                self._told.add(event)
            return
        self._open.add(event)
        if self._open.size >= MOST_IN_A_TALLY:
            yield from self.rest()

    def rest(self) -> Iterator[Tally]:
        """What was merged and is not written yet."""
        if self._open.size:
            yield self._open.tally()
            self._open = _Open()


class _Open:
    """A tally that is still growing."""

    def __init__(self) -> None:
        self.size = 0
        self._scenarios: Counter[str] = Counter()
        self._requests: Counter[str] = Counter()
        self._elapsed_ms = 0.0
        self._reached: Counter[str] = Counter()
        self._boundaries: Counter[str] = Counter()
        self._observed: Counter[tuple[str, str, str]] = Counter()
        self._inconclusive: Counter[str] = Counter()
        self._ids: list[int] = []
        self._redeemed: Counter[str] = Counter()

    def add(self, event: ScenarioRun) -> None:
        self.size += 1
        self._scenarios[event.phase] += not event.is_late_read
        self._requests[event.phase] += event.requests
        self._elapsed_ms += event.elapsed_ms
        self._reached.update(event.reached)
        self._boundaries.update(event.boundaries)
        self._observed.update((o.rule, o.situation, o.outcome) for o in event.observations)
        self._inconclusive.update(event.inconclusive)
        self._ids.extend(event.ids)
        self._redeemed.update(event.redeemed)

    def tally(self) -> Tally:
        return Tally(
            scenarios=dict(self._scenarios),
            requests=dict(self._requests),
            elapsed_ms=round(self._elapsed_ms, 3),
            reached=dict(self._reached),
            boundaries=dict(self._boundaries),
            observed=tuple(
                Observed(rule=rule, situation=situation, outcome=outcome, count=count)
                for (rule, situation, outcome), count in self._observed.items()
            ),
            inconclusive=dict(self._inconclusive),
            ids=tuple(ranges(self._ids)),
            redeemed=dict(self._redeemed),
        )
