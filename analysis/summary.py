"""Writes and reads the summary of a run: the content of ``summary.json``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec

from ..contract import (
    RETIRED_RULES,
    Catalogue,
    ContractVersion,
    Environment,
    Operation,
    RuleLevel,
    Traffic,
    catalogue_with,
    present_rule,
)
from ..record.events import Event, KnownFailure, Observed, Pacing, SandboxOptions, StopReason
from ..record.format_version import FORMAT, FORMAT_BEFORE
from ..record.plugins import PluginRecord
from ..record.retired import present_signature
from ..record.scenario_parts import Kind
from .bugs import Bug
from .contradictions import Behaviour
from .counters import RunCounters
from .discovery_curve import DiscoveryPoint
from .judged_right import JudgedRight
from .judging_errors import FailedJudgement
from .latency import Latency
from .muted import Muted
from .outcome import RunOutcome
from .run_parts import RunPart
from .run_state import RunState
from .transitions import SeenTransition, transitions_of

MIN_UPDATES = 20
"""With fewer it proves nothing that none was accepted: a test of the user's own may send dry ones
and wrong ones only."""
_WRITING = frozenset(operation.value for operation in Operation if operation is not Operation.GET)


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

    def __post_init__(self) -> None:
        """Names the rules of today where a record or a summary names retired ones."""
        for retired in self.rules.keys() & RETIRED_RULES.keys():
            judged = Counter(self.rules.pop(retired))
            judged.update(self.rules.get(present_rule(retired), {}))
            self.rules[present_rule(retired)] = dict(judged)


class OperationTotals(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent of one operation."""

    sent: int
    unjudged: int
    """Those of which nothing could be said."""


class Unseen(msgspec.Struct, frozen=True, kw_only=True):
    """How likely behaviour is that the run has not seen; see `cartfuzz.analysis.discovery`."""

    drawn_scenarios: int
    seen_once: int
    """Behaviours that a single drawn scenario showed."""
    chance_of_new: float | None
    """That the next drawn scenario shows something new (Good-Turing); None: too few were drawn to
    know."""


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
    known: list[Bug] = []
    """Discrepancies that the baseline lists: they do not fail the run."""
    baseline: dict[str, KnownFailure] = {}
    """By signature, what the run was given as known."""
    muted: list[Muted] = []
    """What would have failed by rules that are only observed."""
    behaviours: list[Behaviour] = []
    """What the target did where the contract is silent, in each situation that can be compared."""
    judged_right: JudgedRight | None = None
    """None: the version of Cartfuzz that made the record did not keep it."""
    sandbox: SandboxOptions | None = None
    """The embedded sandbox that was the target; None: another target, or an older run."""
    insecure: bool = False
    """Whether any TLS certificate of the target was accepted."""
    sweeps: dict[str, int] = {}
    """By phase, how many scenarios its sweep has; empty where the record does not say."""
    sweep_requests: int = 0
    """About how many requests all sweeps take."""
    allow_partial: bool = False
    """Whether the user asked for less than whole sweeps."""
    lost_workers: int = 0
    """Worker processes that were killed while the run went on."""
    selected: bool = False
    """Whether chosen tests decided what was sent."""
    traffic: Traffic = Traffic.ALL
    """Which requests the user let out."""
    operations: dict[str, OperationTotals] = {}
    """By operation; empty: not known."""
    format_version: int = msgspec.field(name="format", default=FORMAT_BEFORE)
    """`FORMAT` of the Cartfuzz that wrote the summary; ``format`` in JSON."""
    withheld: int = 0
    """Discrepancies that are not listed, since no update was accepted: the cause is another."""
    not_confirmed: int = 0
    """How many of the discrepancies are `Bug.unconfirmed`: they prove no rule broken."""
    transitions: list[SeenTransition] = []
    """What was asked of sessions in each state, and what became of it; empty: nothing that counts
    was sent, or the version of Cartfuzz that made the record did not keep it."""
    latency: Latency = Latency()
    """How long responses took; its ``operations`` are empty where nothing was answered, or the
    record does not say."""
    discovery_curve: list[DiscoveryPoint] = []
    """In order of requests, a few hundred at most; the last is the end of the run. Empty: nothing
    was executed, or the summary is of an older version."""
    failed_judgements: list[FailedJudgement] = []
    """Errors of Cartfuzz itself in judging: what else the scenarios show is not known."""
    pacing: Pacing = Pacing()
    """How long the run waited for its target, and how far it slowed down."""
    parts: list[RunPart] = []
    """The run up to its first end, and each resumption of it; empty: it was not resumed."""
    is_record_bounded: bool = False
    """Whether the record reached its bound, so that it counts further occurrences of what was
    known without keeping them."""

    plugins: list[PluginRecord] = []
    """The plugins that took part, with their rules."""

    @property
    def catalogue(self) -> Catalogue:
        """The rules of its contract version, then those of its plugins."""
        own = tuple(rule for plugin in self.plugins for rule in plugin.rules)
        return catalogue_with(self.contract, own)

    @property
    def run_ids(self) -> tuple[str, ...]:
        """What the marks of its sessions begin with, after ``cf-``: one for each part."""
        return tuple(part.run for part in self.parts) or (self.run,)

    @property
    def found(self) -> tuple[Bug, ...]:
        """All discrepancies, the known ones included."""
        return (*self.discrepancies, *self.known)

    @property
    def unreached(self) -> tuple[str, ...]:
        """Operations that accepted no request: a run passes only if there are none.

        Of a selection of tests that proves nothing, but that no update was accepted of many; nor
        where the user let out only requests that store nothing.
        """
        if self.traffic is not Traffic.ALL:
            return ()
        names = (name for name, count in self.coverage.endpoints.items() if not count)
        return tuple(name for name in names if not self.selected or self._are_many_updates(name))

    @property
    def mostly_unjudged(self) -> tuple[str, ...]:
        """The writing operations of which more than half of the requests could not be judged."""
        return tuple(
            name
            for name, totals in self.operations.items()
            if name in _WRITING and 2 * totals.unjudged > totals.sent
        )

    @property
    def share_of_sweeps(self) -> float | None:
        """How far the sweeps got, from 0 to 1; None: there are none, or it is not known."""
        size = sum(self.sweeps.values())
        done = sum(min(self._scenarios_of(phase), of) for phase, of in self.sweeps.items())
        return done / size if size else None

    @property
    def is_cut_short(self) -> bool:
        """Whether the run ended before its sweeps were through."""
        return any(self._scenarios_of(phase) < of for phase, of in self.sweeps.items())

    def _are_many_updates(self, operation: str) -> bool:
        totals = self.operations.get(operation)
        is_update = operation == Operation.UPDATE.value
        return is_update and totals is not None and totals.sent >= MIN_UPDATES

    def _scenarios_of(self, phase: str) -> int:
        return self.phases[phase].scenarios if phase in self.phases else 0


def summary_of(state: RunState, *, withholds: bool = True) -> Summary:
    """The summary of a run so far.

    Args:
        state: what the events of the run came to.
        withholds: whether no rule is blamed where no update was accepted of `MIN_UPDATES`.

    Raises:
        ValueError: there was no `RunStarted`.
    """
    started, finished, counters = state.started, state.finished, state.counters
    if started is None:
        raise ValueError(
            "expected events that begin with RunStarted, found "
            f"{counters.requests} requests and no start of a run"
        )
    coverage = _coverage(counters, started.contract)
    found = state.bugs.bugs(state.minimised, state.deduplicator, not_reached=state.not_reached)
    baseline = {present_signature(name): entry for name, entry in started.baseline.items()}
    bugs = [bug for bug in found if bug.signature not in baseline]
    known = [bug for bug in found if bug.signature in baseline]
    withheld = 0
    updates = Operation.UPDATE.value
    withholds = withholds and started.traffic is Traffic.ALL
    if withholds and counters.sent[updates] >= MIN_UPDATES and not coverage.endpoints[updates]:
        bugs, known, withheld = [], [], len(bugs)
    summary = Summary(
        cartfuzz=started.cartfuzz,
        contract=started.contract,
        seed=started.seed,
        run=started.run,
        target=started.target,
        started=started.started,
        format_version=FORMAT,
        outcome=RunOutcome.PASSED,
        reason=finished.reason if finished else None,
        detail=finished.detail if finished else "",
        pacing=finished.pacing if finished else Pacing(),
        lost_workers=finished.lost_workers if finished else 0,
        scenarios=counters.scenarios.total(),
        requests=counters.requests,
        seconds=round(state.parts.seconds or counters.elapsed_ms / 1000, 3),
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
        known=known,
        baseline=baseline,
        muted=state.muted.muted(counters.observed),
        behaviours=state.behaviours(),
        judged_right=state.judged_right.judged_right() if started.keeps_judged_right else None,
        sandbox=started.sandbox,
        insecure=started.access.insecure,
        sweeps=dict(started.sweeps),
        sweep_requests=started.sweep_requests,
        allow_partial=started.allow_partial,
        selected=started.selected,
        traffic=started.traffic,
        operations={
            name: OperationTotals(sent=sent, unjudged=counters.unjudged[name])
            for name, sent in sorted(counters.sent.items())
        },
        withheld=withheld,
        not_confirmed=sum(bug.unconfirmed for bug in bugs),
        transitions=transitions_of(counters.transitions),
        latency=state.latency.latency(started.started),
        discovery_curve=state.discovery_curve.points(counters.requests, state.discovery),
        failed_judgements=state.judging_errors.failed(),
        is_record_bounded=state.is_record_bounded,
        plugins=list(started.plugins),
        parts=parts if len(parts := state.parts.parts) > 1 else [],
    )
    return msgspec.structs.replace(summary, outcome=_outcome(summary))


def summarise(events: Iterable[Event], *, withholds: bool = True) -> Summary:
    """The summary of a whole run; ``withholds`` as of `summary_of`.

    Raises:
        ValueError: there is no `RunStarted` among ``events``.
    """
    return summary_of(RunState.of(events, keep_evidence=False), withholds=withholds)


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


def _outcome(summary: Summary) -> RunOutcome:
    """The first outcome that holds: see `RunOutcome`."""
    reason = summary.reason or StopReason.INTERRUPTED
    bugs = summary.discrepancies
    if reason is StopReason.TARGET_LOST:
        return RunOutcome.TARGET_LOST
    if bugs:
        solid = any(bug.kind is not Kind.FLAKY for bug in bugs)
        return RunOutcome.FAILED if solid else RunOutcome.FLAKY
    if reason is StopReason.FAILED or summary.failed_judgements:
        return RunOutcome.BROKEN
    if reason is StopReason.INTERRUPTED:
        return RunOutcome.INTERRUPTED
    if summary.unreached or summary.mostly_unjudged:
        return RunOutcome.INCONCLUSIVE
    is_partial = summary.is_cut_short and not summary.allow_partial
    return RunOutcome.PARTIAL if is_partial else RunOutcome.PASSED


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
        return msgspec.convert(json.loads(text), Summary, str_keys=True)
