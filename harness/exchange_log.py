"""What an execution gathers, and what of it the event in the record keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import perf_counter, time
from zlib import crc32

from ..contract import Operation, Scenario, Step
from ..contract.own_operations import operation_name
from ..oracle.judgement import Judgement
from ..oracle.rule_coverage import boundaries
from ..oracle.run_facts import RunFacts
from ..record import (
    AnswerClass,
    Discrepancy,
    Exchange,
    JudgingError,
    Observation,
    RequestTime,
    ScenarioRun,
    bucket_of,
    latency_key,
    phase_of,
    scenario_digest,
)
from ..wire import NoResponse, Request, Response
from ..wire.marks import run_of
from ..wire.trace import execution_name
from .novelty import Novelty, distinct
from .plan import SAMPLE, RecordPolicy

MAX_BODY_BYTES = 64 * 1024
"""Of a response that a record keeps."""
MAX_SCENARIO_BYTES = 512 * 1024
"""Of the bodies of all responses of a scenario. Dozens of large carts in one scenario would make
lines of several megabytes, each of which is in memory in a few forms at once."""
MIN_BODY_BYTES = 4 * 1024
"""Bytes of a response that are kept even then: a refusal, or a session with a small cart."""
MAX_COMPARED_SHARDS = 200
"""Of the scenarios that a phase draws: runs are compared by those of its first shards only, since a
summary must not grow with the length of its run."""
AWAY = "the target went away meanwhile"
STATE_LOST = "the target lost its state meanwhile"
MIXED_UP = "the target sent an answer that no request had asked for meanwhile"
MAX_DISCREPANCIES = 50
"""Of a scenario: a broken target must not flood the record."""
MAX_PLUGIN_ERRORS = 5
"""Of a scenario: neither must a broken plugin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionId:
    """Which execution it is, as `cartfuzz.record.ScenarioRun` names it."""

    scenario_id: str
    """``phase/shard/index``."""
    phase: str
    mark: str
    """No other execution may have had it."""
    control: int = 0
    """Which control of the scenario it is, from 1; 0: the scenario itself."""

    @property
    def name(self) -> str:
        """What names it in the header line of its requests."""
        control = f"/control{self.control}" if self.control else ""
        return execution_name(run_of(self.mark), f"{self.scenario_id}{control}")


@dataclass(slots=True, kw_only=True)
class ExchangeLog:
    """What one execution has gathered so far."""

    statuses: list[int | None] = field(default_factory=list)
    """One a request; None: no response came."""
    sent: list[tuple[int, Request, Response | NoResponse]] = field(default_factory=list)
    """What a record may show of each request: the index of its step, the request without its body,
    and the response with what is kept of its body."""
    bytes_left: int = MAX_SCENARIO_BYTES
    """Of further responses that may be kept."""
    discrepancies: list[Discrepancy] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    inconclusive: list[str] = field(default_factory=list)
    errors: list[JudgingError] = field(default_factory=list)
    """What judging failed with."""
    plugin_errors: list[JudgingError] = field(default_factory=list)
    """What the checks of plugins raised; the oracle is not concerned."""
    judged_steps: Counter[str] = field(default_factory=Counter)
    """By operation; also those whose judgement is that nothing can be said."""
    unjudged_steps: Counter[str] = field(default_factory=Counter)
    """By operation, those of which nothing can be said."""
    reached: Counter[str] = field(default_factory=Counter)
    judged_right: set[str] = field(default_factory=set)
    blamed_rules: set[str] = field(default_factory=set)
    transitions: Counter[str] = field(default_factory=Counter)
    """As `ScenarioRun.transitions`."""
    latency: Counter[str] = field(default_factory=Counter)
    """As `ScenarioRun.latency`."""
    elapsed_sec: float = 0.0
    keeps_times: bool = False
    """Whether `note_time` keeps anything."""
    times: list[RequestTime] = field(default_factory=list)
    """One a request."""

    def add(self, judgement: Judgement) -> None:
        """Takes in what the oracle says of one response, or of a burst."""
        room = MAX_DISCREPANCIES - len(self.discrepancies)
        self.discrepancies.extend(judgement.discrepancies[:room])
        self.observations.extend(judgement.observations)
        self.inconclusive.extend(judgement.inconclusive)
        self.reached.update(judgement.coverage)
        self.judged_right.update(judgement.judged_right)
        self.blamed_rules |= judgement.blamed_rules
        for key in judgement.transitions:
            self.transitions[key] += 1

    def count(self, steps: Iterable[Step], judgement: Judgement) -> None:
        """Counts steps that were judged together by whether something could be said of them."""
        operations = list(map(operation_name, steps))
        self.judged_steps.update(operations)
        if judgement.inconclusive:
            self.unjudged_steps.update(operations)

    @property
    def slowest_sec(self) -> float:
        """The longest that a request took."""
        return max((outcome.elapsed_sec for _, _, outcome in self.sent), default=0.0)

    def note(self, step_index: int, request: Request, outcome: Response | NoResponse) -> None:
        """Keeps what a record may show of an exchange."""
        if request.body:
            request = replace(request, body=None)  # the step holds it
        if isinstance(outcome, Response):
            bound = min(MAX_BODY_BYTES, max(self.bytes_left, MIN_BODY_BYTES))
            # A copy, since the response itself also keeps what was decoded.
            outcome = replace(outcome, body=outcome.body[:bound])
            self.bytes_left -= len(outcome.body)
        self.statuses.append(outcome.status if isinstance(outcome, Response) else None)
        self.sent.append((step_index, request, outcome))

    def note_time(
        self,
        step_index: int,
        operation: Operation,
        request: Request,
        outcome: Response | NoResponse,
        *,
        began: float | None = None,
    ) -> None:
        """Keeps, where that is asked for, when an exchange took place that has just ended.

        Args:
            step_index: of its step.
            operation: of its step.
            request: what was sent.
            outcome: what became of it.
            began: when it began, in seconds since 1970; None: as long ago as it took.
        """
        if not self.keeps_times:
            return
        self.times.append(
            RequestTime(
                name=request.trace,
                operation=operation,
                method=request.method,
                step=step_index,
                started_at=time() - outcome.elapsed_sec if began is None else began,
                elapsed_ms=round(outcome.elapsed_sec * 1000, 3),
                status=outcome.status if isinstance(outcome, Response) else None,
            )
        )

    def note_latency(self, operation: Operation, outcome: Response | NoResponse) -> None:
        """Counts how long a response took; what was not answered took as long as we waited."""
        if isinstance(outcome, Response):
            bucket = bucket_of(outcome.elapsed_sec * 1000)
            self.latency[latency_key(operation, bucket)] += 1

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Counts the time of a block, waits for the rate limiter included."""
        started = perf_counter()
        try:
            yield
        finally:
            self.elapsed_sec += perf_counter() - started

    def answers(self, scenario: Scenario) -> str:
        """One `AnswerClass` a step of ``scenario``.

        Empty where a step was not sent, or where timing decides what the scenario shows.
        """
        if scenario.burst is not None or any(step.cut is not None for step in scenario.steps):
            return ""
        classes: dict[int, AnswerClass] = {}
        for step_index, _, outcome in self.sent:
            status = outcome.status if isinstance(outcome, Response) else None
            classes.setdefault(step_index, AnswerClass.of(status))
        indexes = range(len(scenario.steps))
        return "".join(classes[i] for i in indexes) if all(i in classes for i in indexes) else ""

    def exchanges(self) -> tuple[Exchange, ...]:
        """All exchanges, as a record shows them."""
        return tuple(_exchange(*sent) for sent in self.sent)


class ScenarioRecorder:
    """Makes the events of executions. Threads may share one.

    Args:
        keep: which events carry their scenario and its exchanges.
        novelty: what was seen before.
    """

    def __init__(self, keep: RecordPolicy, novelty: Novelty) -> None:
        self._keep = keep
        self._novelty = novelty

    def event_of(
        self, execution: ExecutionId, scenario: Scenario, log: ExchangeLog, facts: RunFacts
    ) -> ScenarioRun:
        """The event of an execution of ``scenario`` that gathered ``log``."""
        new = self._novelty.take(log.observations)
        answers = log.answers(scenario) if _is_compared(execution.scenario_id) else ""
        errors = (*log.errors, *log.plugin_errors[:MAX_PLUGIN_ERRORS])
        whole = bool(log.discrepancies or errors) or new or self._kept(execution.scenario_id)
        reached = Counter(log.reached)
        # The whole run can break the limit of a code, and this scenario adds to it.
        for rule, redeemed in (("COUP-02", facts.redeemed), ("REF-01", facts.referred)):
            if redeemed:
                reached[f"{rule} show"] += redeemed.total()
        return ScenarioRun(
            id=execution.scenario_id,
            phase=execution.phase,
            mark=execution.mark,
            title=scenario.title,
            statuses=tuple(log.statuses),
            elapsed_ms=round(log.elapsed_sec * 1000, 3),
            reached=reached,
            boundaries=Counter(boundaries(scenario)),
            discrepancies=tuple(log.discrepancies),
            observations=distinct(log.observations),
            inconclusive=tuple(log.inconclusive),
            sent=log.judged_steps,
            unjudged=log.unjudged_steps,
            ids=facts.ids,
            redeemed=facts.redeemed,
            referred=facts.referred,
            digest=scenario_digest(scenario) if answers else "",
            answers=answers,
            judged_right=self._novelty.take_right(log.judged_right),
            transitions=log.transitions,
            latency=log.latency,
            finished_at=round(time(), 3),
            scenario=scenario if whole else None,
            exchanges=log.exchanges() if whole else (),
            request_times=tuple(log.times),
            errors=errors,
        )

    def undecided(
        self, execution: ExecutionId, scenario: Scenario, log: ExchangeLog, reason: str = AWAY
    ) -> ScenarioRun:
        """The event of an execution during which the target went away, or lost its state: it
        decides nothing."""
        return ScenarioRun(
            id=execution.scenario_id,
            phase=execution.phase,
            mark=execution.mark,
            title=scenario.title,
            statuses=tuple(log.statuses),
            elapsed_ms=round(log.elapsed_sec * 1000, 3),
            inconclusive=(reason,),
            sent=log.judged_steps,
            unjudged=log.judged_steps,
            latency=log.latency,
            finished_at=round(time(), 3),
            target_away=True,
            request_times=tuple(log.times),
        )

    def _kept(self, scenario_id: str) -> bool:
        """Whether the record policy wants a scenario whole, whatever it shows."""
        if self._keep is RecordPolicy.SAMPLED:
            # By the ID alone, so that every run with the same seed keeps the same scenarios.
            return crc32(scenario_id.encode()) % SAMPLE == 0
        return self._keep is RecordPolicy.ALL


def _is_compared(scenario_id: str) -> bool:
    """Whether another run can look this scenario up among those that it sent itself."""
    phase = phase_of(scenario_id)
    if phase is None or phase.is_sweep:
        return phase is not None
    shard = scenario_id.split("/")[1]
    return shard.isdecimal() and int(shard) < MAX_COMPARED_SHARDS


def _exchange(step_index: int, request: Request, outcome: Response | NoResponse) -> Exchange:
    elapsed_ms = round(outcome.elapsed_sec * 1000, 3)
    if isinstance(outcome, NoResponse):
        return Exchange(
            step=step_index,
            method=request.method,
            target=request.target,
            failure=f"{outcome.reason} ({outcome.fate.value})",
            elapsed_ms=elapsed_ms,
        )
    return Exchange(
        step=step_index,
        method=request.method,
        target=request.target,
        status=outcome.status,
        answer=outcome.body.decode("utf-8", "replace"),
        elapsed_ms=elapsed_ms,
    )
