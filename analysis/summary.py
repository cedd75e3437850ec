"""What a run amounts to: a fold over its events, whatever their order and number."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec

from ..contract import ContractVersion, Environment, Operation, RuleLevel
from ..record.events import (
    Discrepancy,
    Event,
    Kind,
    Minimised,
    Observation,
    Observed,
    RunFinished,
    RunStarted,
    ScenarioRun,
    StopReason,
    Tally,
)
from .bugs import Bug, entry_of, grouped, minimised_entry, simpler
from .contradictions import MOST_SITUATIONS
from .deduplication import Deduplicator
from .discovery import DiscoveryEstimate
from .outcome import RunOutcome
from .run_invariants import RunInvariants


class PhaseTotals(msgspec.Struct, frozen=True, kw_only=True):
    scenarios: int
    requests: int


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """What the run really put to the test."""

    endpoints: dict[str, int]
    """Accepted real requests by operation; every operation of the contract version is there."""
    rules: dict[str, dict[str, int]]
    """Judged requests by rule and side: ``accept``, ``refuse``, ``show``."""
    boundaries: dict[str, int]
    """Requests sent by boundary value."""


class Unseen(msgspec.Struct, frozen=True, kw_only=True):
    """How likely behaviour is that the run has not seen; see `cartfuzz.analysis.discovery`."""

    drawn_scenarios: int
    seen_once: int
    """Behaviours that a single drawn scenario showed."""
    chance_of_new: float | None
    """That the next drawn scenario shows something new (Good-Turing); None: none was drawn."""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The content of ``summary.json``."""

    cartfuzz: str
    contract: ContractVersion
    seed: int
    run: str
    target: str
    started: str
    outcome: RunOutcome
    reason: StopReason | None
    """Why the run ended; None: it was killed."""
    detail: str
    scenarios: int
    requests: int
    seconds: float
    """By the clock; of a killed run the time of its scenarios, which may have overlapped."""
    phases: dict[str, PhaseTotals]
    minimisation: PhaseTotals
    """What was executed to find and confirm the smallest scenarios, beside all other numbers."""
    discrepancies: list[Bug]
    observations: list[Observed]
    coverage: Coverage
    unseen: Unseen
    inconclusive: dict[str, int]
    """Requests that could not be judged, by reason."""
    rules: dict[str, RuleLevel]
    """The rules whose level the configuration changed."""
    environment: Environment

    @property
    def unreached(self) -> tuple[str, ...]:
        """Operations that never accepted anything: the floor that a green run must reach."""
        return tuple(name for name, count in self.coverage.endpoints.items() if not count)


class SummaryBuilder:
    """Folds events into a summary. Its memory grows with what differs, not with the run."""

    def __init__(self) -> None:
        self._started: RunStarted | None = None
        self._finished: RunFinished | None = None
        self._requests = 0
        self._elapsed_ms = 0.0
        self._scenarios: Counter[str] = Counter()
        self._phase_requests: Counter[str] = Counter()
        self._reached: Counter[str] = Counter()
        self._boundaries: Counter[str] = Counter()
        self._inconclusive: Counter[str] = Counter()
        self._observed: Counter[tuple[str, str, str]] = Counter()
        self._entries: dict[str, Bug] = {}
        self._minimised: dict[str, Minimised] = {}
        self._causes = Deduplicator()
        self._minimising = PhaseTotals(scenarios=0, requests=0)
        self._ledger = RunInvariants()
        self._richness = DiscoveryEstimate()

    @property
    def begun(self) -> bool:
        """Whether there is anything to summarise."""
        return self._started is not None

    def add(self, event: Event) -> None:
        """Takes one event in."""
        of_the_run = list(self._ledger.add(event))
        if isinstance(event, RunStarted):
            self._started = event
        elif isinstance(event, RunFinished):
            self._finished = event
        elif isinstance(event, Minimised):
            self._add_minimised(event)
        elif isinstance(event, Tally):
            self._add_tally(event)
        else:
            for discrepancy in (*event.discrepancies, *of_the_run):
                self._add_discrepancy(discrepancy, event)
            self._add_scenario(event)

    def summary(self) -> Summary:
        """The summary of what was taken in so far.

        Raises:
            ValueError: there was no `RunStarted`.
        """
        started = self._started
        if started is None:
            raise ValueError("the events hold no RunStarted: expected it as the first one")
        finished = self._finished
        coverage = self._coverage(started)
        entries = self._minimised_entries()
        return Summary(
            cartfuzz=started.cartfuzz,
            contract=started.contract,
            seed=started.seed,
            run=started.run,
            target=started.target,
            started=started.started,
            outcome=self._outcome(entries, coverage),
            reason=finished.reason if finished else None,
            detail=finished.detail if finished else "",
            scenarios=self._scenarios.total(),
            requests=self._requests,
            seconds=finished.seconds if finished else round(self._elapsed_ms / 1000, 3),
            phases={
                phase: PhaseTotals(
                    scenarios=self._scenarios[phase], requests=self._phase_requests[phase]
                )
                for phase in dict.fromkeys((*started.phases, *sorted(self._scenarios)))
            },
            minimisation=self._minimising,
            discrepancies=entries,
            observations=[
                Observed(rule=rule, situation=situation, outcome=outcome, count=count)
                for (rule, situation, outcome), count in sorted(self._observed.items())
            ],
            coverage=coverage,
            unseen=Unseen(
                drawn_scenarios=self._richness.samples,
                seen_once=self._richness.seen_once,
                chance_of_new=self._richness.chance_of_new,
            ),
            inconclusive=dict(sorted(self._inconclusive.items())),
            rules=dict(started.rule_levels),
            environment=started.environment,
        )

    def _add_scenario(self, event: ScenarioRun) -> None:
        self._richness.add(event)
        self._requests += event.requests
        self._elapsed_ms += event.elapsed_ms
        self._scenarios[event.phase] += not event.is_late_read
        self._phase_requests[event.phase] += event.requests
        self._reached.update(event.reached)
        self._boundaries.update(event.boundaries)
        self._inconclusive.update(event.inconclusive)
        for seen in event.observations:
            self._add_observed(seen, 1)

    def _add_tally(self, tally: Tally) -> None:
        self._richness.add_tally(tally)
        self._requests += sum(tally.requests.values())
        self._elapsed_ms += tally.elapsed_ms
        self._scenarios.update(tally.scenarios)
        self._phase_requests.update(tally.requests)
        self._reached.update(tally.reached)
        self._boundaries.update(tally.boundaries)
        self._inconclusive.update(tally.inconclusive)
        for seen in tally.observed:
            self._add_observed(seen, seen.count)

    def _add_observed(self, seen: Observation | Observed, count: int) -> None:
        key = (seen.rule, seen.situation, seen.outcome)
        full = len(self._observed) >= MOST_SITUATIONS and key not in self._observed
        self._observed[(seen.rule, "further situations", "") if full else key] += count

    def _add_minimised(self, event: Minimised) -> None:
        self._minimised[event.signature] = event
        self._causes.add(event.discrepancy)
        self._minimising = PhaseTotals(
            scenarios=self._minimising.scenarios + event.trials,
            requests=self._minimising.requests + event.requests,
        )
        self._elapsed_ms += event.elapsed_ms

    def _minimised_entries(self) -> list[Bug]:
        entries = [
            minimised_entry(entry, self._minimised[signature])
            if signature in self._minimised
            else entry
            for signature, entry in self._entries.items()
        ]
        return sorted(
            grouped(entries, self._causes), key=lambda entry: (entry.first_request, entry.signature)
        )

    def _add_discrepancy(self, found: Discrepancy, event: ScenarioRun) -> None:
        self._causes.add(found)
        known = self._entries.get(found.signature)
        if known is None:
            place = self._requests + _request_of(event, found.step)
            self._entries[found.signature] = entry_of(found, event, count=1, first_request=place)
        elif simpler(found, event, than=(len(known.operations), known.scenario)):
            self._entries[found.signature] = entry_of(
                found, event, count=known.count + 1, first_request=known.first_request
            )
        else:
            self._entries[found.signature] = msgspec.structs.replace(known, count=known.count + 1)

    def _coverage(self, started: RunStarted) -> Coverage:
        endpoints = {operation.value: 0 for operation in operations_of(started.contract)}
        rules: dict[str, dict[str, int]] = {}
        for key, count in sorted(self._reached.items()):
            name, _, side = key.partition(" ")
            if name == "endpoint":
                endpoints[side] = count
            else:
                rules.setdefault(name, {})[side] = count
        return Coverage(
            endpoints=endpoints, rules=rules, boundaries=dict(sorted(self._boundaries.items()))
        )

    def _outcome(self, entries: list[Bug], coverage: Coverage) -> RunOutcome:
        reason = self._finished.reason if self._finished else StopReason.INTERRUPTED
        if entries:
            solid = any(entry.kind is not Kind.FLAKY for entry in entries)
            return RunOutcome.FAILED if solid else RunOutcome.FLAKY
        if reason is StopReason.FAILED:
            return RunOutcome.BROKEN
        if reason is StopReason.TARGET_LOST:
            return RunOutcome.TARGET_LOST
        if not all(coverage.endpoints.values()):
            return RunOutcome.INCONCLUSIVE
        interrupted = reason is StopReason.INTERRUPTED
        return RunOutcome.INTERRUPTED if interrupted else RunOutcome.PASSED


def operations_of(version: ContractVersion) -> tuple[Operation, ...]:
    """The operations that a contract version has."""
    if version is ContractVersion.CURRENT:
        return tuple(Operation)
    return tuple(operation for operation in Operation if operation is not Operation.REOPEN)


def summarise(events: Iterable[Event]) -> Summary:
    """The summary of a whole run.

    Raises:
        ValueError: there is no `RunStarted` among ``events``.
    """
    builder = SummaryBuilder()
    for event in events:
        builder.add(event)
    return builder.summary()


def _request_of(event: ScenarioRun, step: int) -> int:
    """Which request of its scenario, from 1, a step was: reads in between are counted too."""
    for place, exchange in enumerate(event.exchanges, start=1):
        if exchange.step == step:
            return place
    return step + 1


def read_summary(path: Path) -> Summary:
    """The summary in a ``summary.json``.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no summary.
    """
    text = path.read_bytes()
    try:
        return msgspec.json.decode(text, type=Summary)
    except msgspec.ValidationError:
        raise
    except RecursionError as error:
        raise ValueError(f"JSON that nests too deep: {error}") from None
    except msgspec.DecodeError:
        # Lone surrogates are JSON that msgspec does not read.
        return msgspec.convert(json.loads(text), Summary)
