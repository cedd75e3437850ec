"""The simplest sighting of each signature that one scenario alone can show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..contract import Scenario
from ..record.events import Discrepancy, Event, Exchange, Kind, Minimised, RunStarted, ScenarioRun
from .bugs import simpler
from .cross_scenario import CrossScenarioFinding, CrossScenarioFindings
from .deduplication import Deduplicator, SignatureProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """The simplest sighting of one signature."""

    id: str
    scenario: Scenario
    discrepancy: Discrepancy
    exchanges: tuple[Exchange, ...]


class SimplestOccurrences:
    """Gathers sightings.

    What only the whole run shows (the ledger's entries, reads long after a scenario) stands in no
    single scenario, so it is left out.
    """

    def __init__(self) -> None:
        self._seen: dict[str, Occurrence] = {}
        self.causes = Deduplicator()

    def add(self, event: ScenarioRun) -> None:
        """Takes one event in."""
        if event.is_late_read or event.scenario is None:
            return
        for found in event.discrepancies:
            self.causes.add(found)
            known = self._seen.get(found.signature)
            than = (known.discrepancy.step + 1, known.id) if known else (0, "")
            if simpler(found, event, than=than):
                self._seen[found.signature] = Occurrence(
                    id=event.id,
                    scenario=event.scenario,
                    discrepancy=found,
                    exchanges=event.exchanges,
                )

    def __bool__(self) -> bool:
        return bool(self._seen)

    def __iter__(self) -> Iterator[Occurrence]:
        return iter(tuple(self._seen.values()))

    def leaders_first(self) -> list[Occurrence]:
        """All of them; those that are other sights of one come after those that stand for
        themselves, as far as the scenarios tell that were seen."""
        sights = {signature: _sight(seen) for signature, seen in self._seen.items()}
        leaders = self.causes.leaders(sights)
        return sorted(
            self._seen.values(),
            key=lambda seen: leaders[seen.discrepancy.signature] != seen.discrepancy.signature,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproducer:
    """One signature of a record with the scenario that shows it best."""

    discrepancy: Discrepancy
    scenario: Scenario
    exchanges: tuple[Exchange, ...]
    solid: bool | None
    """Whether it was shown each time that it was looked for; None: it was not."""
    confirmed: str = ""
    """How often it was shown, in words."""
    other: Scenario | None = None
    """Of a contradiction: the scenario that was answered in the other way."""

    @property
    def signature(self) -> str:
        return self.discrepancy.signature


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReproducers:
    """What a record says of its run, and its scenarios by signature."""

    started: RunStarted
    scenarios: dict[str, Reproducer]
    """By signature, one for each bug."""
    also: dict[str, str] = field(default_factory=dict)
    """Signatures that are other sights of one of ``scenarios``."""
    beyond: tuple[CrossScenarioFinding, ...] = ()
    """What no single scenario shows."""


class RunReproducersBuilder:
    """Gathers the scenarios of a run that can be executed again, event by event."""

    def __init__(self) -> None:
        self._started: RunStarted | None = None
        self._sightings = SimplestOccurrences()
        self._followed: dict[str, Minimised] = {}
        self._beyond = CrossScenarioFindings()

    def add(self, event: Event) -> None:
        """Takes one event in."""
        self._beyond.add(event)
        if isinstance(event, RunStarted):
            self._started = event
        elif isinstance(event, ScenarioRun):
            self._sightings.add(event)
        elif isinstance(event, Minimised):
            self._followed[event.signature] = event
            self._sightings.causes.add(event.discrepancy)

    def stored(self) -> RunReproducers:
        """What was gathered so far.

        Raises:
            ValueError: there was no `RunStarted`.
        """
        if self._started is None:
            raise ValueError("the record holds no RunStarted: expected it as the first event")
        scenarios = {
            seen.discrepancy.signature: Reproducer(
                discrepancy=seen.discrepancy,
                scenario=seen.scenario,
                exchanges=seen.exchanges,
                solid=None,
            )
            for seen in self._sightings
        }
        scenarios |= {
            signature: Reproducer(
                discrepancy=event.discrepancy,
                scenario=event.scenario,
                exchanges=event.exchanges,
                solid=event.solid,
                confirmed=f"Shown {event.confirmed} times out of {event.confirmations}.",
            )
            for signature, event in self._followed.items()
        }
        sights = {signature: _sight(one) for signature, one in scenarios.items()}
        leaders = self._sightings.causes.leaders(sights)
        beyond = [one for one in self._beyond if one.discrepancy.signature not in leaders]
        led = {name: one for name, one in scenarios.items() if leaders[name] == name}
        pairs = {one.discrepancy.signature: _pair(one) for one in beyond if _is_pair(one)}
        return RunReproducers(
            started=self._started,
            scenarios=led | pairs,
            also={name: leader for name, leader in leaders.items() if leader != name},
            beyond=tuple(beyond),
        )


def _is_pair(beyond: CrossScenarioFinding) -> bool:
    return beyond.discrepancy.kind is Kind.DRIFT and len(beyond.sides) == 2


def _pair(beyond: CrossScenarioFinding) -> Reproducer:
    other, last = beyond.sides
    return Reproducer(
        discrepancy=beyond.discrepancy,
        scenario=last.scenario,
        exchanges=last.exchanges,
        solid=None,
        other=other.scenario,
    )


def _sight(seen: Occurrence | Reproducer) -> SignatureProfile:
    found = seen.discrepancy
    steps = seen.scenario.steps
    return SignatureProfile(
        rule=found.rule,
        check=found.check,
        situation=found.situation,
        body=getattr(steps[min(found.step, len(steps) - 1)], "body", None),
        flaky=isinstance(seen, Reproducer) and seen.solid is False,
    )


def stored(events: Iterable[Event]) -> RunReproducers:
    """The scenarios of a record that can be executed again.

    Raises:
        ValueError: there is no `RunStarted` among ``events``.
    """
    builder = RunReproducersBuilder()
    for event in events:
        builder.add(event)
    return builder.stored()
