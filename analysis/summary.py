"""Writes and reads the summary of a run: the content of ``summary.json``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import msgspec

from ..contract import ContractVersion, Environment, Operation, RuleLevel
from ..record.events import Event, Kind, Observed, RunFinished, StopReason
from .bugs import Bug
from .counters import RunCounters
from .outcome import RunOutcome
from .run_state import RunState


class PhaseTotals(msgspec.Struct, frozen=True, kw_only=True):
    """How much was executed."""

    scenarios: int
    requests: int


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """What the run put to the test."""

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
    """What was executed to find and confirm the smallest scenarios; no other number counts it."""
    discrepancies: list[Bug]
    observations: list[Observed]
    coverage: Coverage
    unseen: Unseen
    inconclusive: dict[str, int]
    """Requests that could not be judged, by reason."""
    rules: dict[str, RuleLevel]
    """The rules whose level the configuration changed."""
    environment: Environment
    not_confirmed: int = 0
    """How many of the discrepancies are `Bug.unconfirmed`: they prove no rule broken."""

    @property
    def unreached(self) -> tuple[str, ...]:
        """Operations that accepted no request: a run passes only if there are none."""
        return tuple(name for name, count in self.coverage.endpoints.items() if not count)


def summary_of(state: RunState) -> Summary:
    """The summary of a run so far.

    Raises:
        ValueError: there was no `RunStarted`.
    """
    started, finished, counters = state.started, state.finished, state.counters
    if started is None:
        raise ValueError("the events hold no RunStarted: expected it as the first one")
    coverage = _coverage(counters, started.contract)
    bugs = state.bugs.bugs(state.minimised, state.deduplicator, not_reached=state.not_reached)
    return Summary(
        cartfuzz=started.cartfuzz,
        contract=started.contract,
        seed=started.seed,
        run=started.run,
        target=started.target,
        started=started.started,
        outcome=_outcome(finished, bugs, coverage),
        reason=finished.reason if finished else None,
        detail=finished.detail if finished else "",
        scenarios=counters.scenarios.total(),
        requests=counters.requests,
        seconds=finished.seconds if finished else round(counters.elapsed_ms / 1000, 3),
        phases={
            phase: PhaseTotals(
                scenarios=counters.scenarios[phase], requests=counters.phase_requests[phase]
            )
            for phase in dict.fromkeys((*started.phases, *sorted(counters.scenarios)))
        },
        minimisation=PhaseTotals(
            scenarios=counters.triage_trials, requests=counters.triage_requests
        ),
        discrepancies=bugs,
        observations=counters.observed,
        coverage=coverage,
        unseen=Unseen(
            drawn_scenarios=state.discovery.samples,
            seen_once=state.discovery.singletons,
            chance_of_new=state.discovery.discovery_probability,
        ),
        inconclusive=dict(sorted(counters.inconclusive.items())),
        rules=dict(started.rule_levels),
        environment=started.environment,
        not_confirmed=sum(bug.unconfirmed for bug in bugs),
    )


def summarise(events: Iterable[Event]) -> Summary:
    """The summary of a whole run.

    Raises:
        ValueError: there is no `RunStarted` among ``events``.
    """
    return summary_of(RunState.of(events, keep_evidence=False))


def operations_of(version: ContractVersion) -> tuple[Operation, ...]:
    """The operations that a contract version has."""
    if version is ContractVersion.CURRENT:
        return tuple(Operation)
    return tuple(operation for operation in Operation if operation is not Operation.REOPEN)


def _coverage(counters: RunCounters, version: ContractVersion) -> Coverage:
    endpoints = {operation.value: 0 for operation in operations_of(version)}
    rules: dict[str, dict[str, int]] = {}
    for key, count in sorted(counters.reached.items()):
        name, _, side = key.partition(" ")
        if name == "endpoint":
            endpoints[side] = count
        else:
            rules.setdefault(name, {})[side] = count
    return Coverage(
        endpoints=endpoints, rules=rules, boundaries=dict(sorted(counters.boundaries.items()))
    )


def _outcome(finished: RunFinished | None, bugs: list[Bug], coverage: Coverage) -> RunOutcome:
    reason = finished.reason if finished else StopReason.INTERRUPTED
    if bugs:
        solid = any(bug.kind is not Kind.FLAKY for bug in bugs)
        return RunOutcome.FAILED if solid else RunOutcome.FLAKY
    if reason is StopReason.FAILED:
        return RunOutcome.BROKEN
    if reason is StopReason.TARGET_LOST:
        return RunOutcome.TARGET_LOST
    if not all(coverage.endpoints.values()):
        return RunOutcome.INCONCLUSIVE
    interrupted = reason is StopReason.INTERRUPTED
    return RunOutcome.INTERRUPTED if interrupted else RunOutcome.PASSED


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
