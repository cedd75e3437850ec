"""Executes one scenario: sends its steps, has each answer judged, tells what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from zlib import crc32

import msgspec

from ..contract import Environment, Fetch, Raw, RuleLevel, Scenario, Step
from ..oracle.burst import CHECK as LINEARIZABILITY
from ..oracle.judgement import Judgement
from ..oracle.lost_write import CHECK as LOST_ANSWER
from ..oracle.nondeterministic import Oracle
from ..oracle.rule_coverage import boundaries
from ..oracle.run_facts import RunFacts, facts_of
from ..record import Discrepancy, Exchange, Observation, ScenarioRun
from ..wire import Delivery, NoResponse, Request, Response
from ..wire.encoding import request_of, unmarked
from ..wire.marks import control_mark
from .novelty import Novelty, distinct
from .plan import SAMPLE, RecordPolicy
from .rate_limiter import RateLimiter
from .transport import Direct, Transport

LONGEST_KEPT_ANSWER = 64 * 1024
"""Bytes of an answer that a record keeps."""
MOST_KEPT_OF_A_SCENARIO = 512 * 1024
"""Bytes of all its answers together. Dozens of large carts in one scenario would make lines of
several megabytes, each of which is in memory in a few forms at once."""
SHORTEST_KEPT_ANSWER = 4 * 1024
"""Bytes that are kept of an answer even then: a refusal, or a session with a small cart."""
LONGEST_BACK_OFF_SEC = 30.0
_MANY = 50
"""A scenario records at most so many discrepancies: a broken target must not flood the record."""


_NEEDS_CONTROL = frozenset((LINEARIZABILITY, LOST_ANSWER))


@dataclass(slots=True, kw_only=True)
class _Tally:
    """What an execution has gathered so far."""

    statuses: list[int | None] = field(default_factory=list)
    sent: list[tuple[int, Request, Response | NoResponse]] = field(default_factory=list)
    """What a record may show of each request: its step, it and its answer without long bodies."""
    room: int = MOST_KEPT_OF_A_SCENARIO
    """Bytes of further answers that may be kept."""
    discrepancies: list[Discrepancy] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    inconclusive: list[str] = field(default_factory=list)
    reached: Counter[str] = field(default_factory=Counter)
    blamed_rules: set[str] = field(default_factory=set)
    facts: RunFacts = field(default_factory=RunFacts)

    def add(self, judgement: Judgement) -> None:
        self.discrepancies.extend(judgement.discrepancies[: _MANY - len(self.discrepancies)])
        self.observations.extend(judgement.observations)
        self.inconclusive.extend(judgement.inconclusive)
        self.reached.update(judgement.coverage)
        self.blamed_rules |= judgement.blamed_rules

    def note(self, step: int, request: Request, outcome: Response | NoResponse) -> None:
        """Keeps what a record may show of an exchange."""
        if request.body:
            request = replace(request, body=None)
        if isinstance(outcome, Response):
            most = min(LONGEST_KEPT_ANSWER, max(self.room, SHORTEST_KEPT_ANSWER))
            if len(outcome.body) > most:
                outcome = replace(outcome, body=outcome.body[:most])
            self.room -= len(outcome.body)
        self.statuses.append(outcome.status if isinstance(outcome, Response) else None)
        self.sent.append((step, request, outcome))


@dataclass(slots=True, kw_only=True)
class _Execution:
    """One execution of one scenario, while it goes on."""

    scenario: Scenario
    mark: str
    beliefs: Oracle
    tally: _Tally = field(default_factory=_Tally)

    def request(self, step: Step) -> Request:
        return request_of(step, self.scenario.sessions[step.session], self.mark)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a scenario's sessions answered to a read, in their order."""

    outcomes: tuple[Response | NoResponse, ...]
    statuses: tuple[int | None, ...]
    exchanges: tuple[Exchange, ...]
    elapsed_ms: float


class Engine:
    """Executes scenarios against one target. Threads may share one.

    Args:
        transport: sends the ordinary requests.
        direct: sends bursts and requests whose connection is cut.
        environment: what the target has configured.
        levels: the rules whose level the user changed.
        pace: waited for before each request.
        stopped: tells, before each request, whether the run was stopped.
        keep: which scenarios the events carry whole.
        novelty: what was seen before; None: nothing.
    """

    def __init__(
        self,
        transport: Transport,
        direct: Direct,
        *,
        environment: Environment,
        levels: Mapping[str, RuleLevel],
        pace: RateLimiter,
        stopped: Callable[[], bool] = lambda: False,
        keep: RecordPolicy = RecordPolicy.FAILURES,
        novelty: Novelty | None = None,
    ) -> None:
        self._transport = transport
        self._direct = direct
        self._environment = environment
        self._levels = levels
        self._pace = pace
        self._stopped = stopped
        self._keep = keep
        self._novelty = novelty or Novelty()

    def execute(self, scenario: Scenario, *, phase: str, number: str, mark: str) -> ScenarioRun:
        """Sends all steps of ``scenario`` and judges each answer.

        Args:
            scenario: what to do.
            phase: the phase that it belongs to.
            number: its place in the campaign, as `ScenarioRun.id`.
            mark: the mark of this execution; no other may have had it.
        """
        started = perf_counter()
        tally = self._followed(scenario, mark)
        if any(found.check in _NEEDS_CONTROL for found in tally.discrepancies):
            scenario, tally = self._controlled(scenario, mark, tally)
        new = self._novelty.take(tally.observations)
        whole = bool(tally.discrepancies) or new or self._kept(number)
        return ScenarioRun(
            id=number,
            phase=phase,
            mark=mark,
            title=scenario.title,
            statuses=tuple(tally.statuses),
            elapsed_ms=round((perf_counter() - started) * 1000, 3),
            reached=tally.reached,
            boundaries=Counter(boundaries(scenario)),
            discrepancies=tuple(tally.discrepancies),
            observations=distinct(tally.observations),
            inconclusive=tuple(tally.inconclusive),
            ids=tally.facts.ids,
            redeemed=tally.facts.redeemed,
            scenario=scenario if whole else None,
            exchanges=tuple(_exchange(*sent) for sent in tally.sent) if whole else (),
        )

    def _kept(self, number: str) -> bool:
        """Whether the record policy wants a scenario whole, whatever it shows."""
        if self._keep is RecordPolicy.SAMPLED:
            return crc32(number.encode()) % SAMPLE == 0
        return self._keep is RecordPolicy.ALL

    def look(self, scenario: Scenario, mark: str) -> Look:
        """Reads the sessions that an execution of ``scenario`` left behind, and judges nothing."""
        started = perf_counter()
        execution = _Execution(
            scenario=scenario,
            mark=mark,
            beliefs=Oracle(scenario, self._environment, self._levels),
        )
        outcomes = []
        for session in range(len(scenario.sessions)):
            if self._stopped():
                break
            outcomes.append(self._read(execution, session, len(scenario.steps) + session))
        return Look(
            outcomes=tuple(outcomes),
            statuses=tuple(execution.tally.statuses),
            exchanges=tuple(_exchange(*sent) for sent in execution.tally.sent),
            elapsed_ms=(perf_counter() - started) * 1000,
        )

    def _followed(self, scenario: Scenario, mark: str) -> _Tally:
        """Sends the steps and has their answers judged."""
        execution = _Execution(
            scenario=scenario,
            mark=mark,
            beliefs=Oracle(scenario, self._environment, self._levels),
        )
        place = 0
        while place < len(scenario.steps) and not self._stopped():
            group = _sent_together(scenario, place)
            outcomes = self._outcomes(execution, group)
            if not outcomes:
                break
            if scenario.burst is not None and place == scenario.burst[0]:
                self._judge_burst(execution, group, outcomes)
            else:
                self._judge(execution, group, outcomes)
            place = group.stop
        tally = execution.tally
        tally.discrepancies.extend(execution.beliefs.finish())
        tally.facts = facts_of(execution.beliefs.models(), self._environment)
        if tally.facts.redeemed:
            tally.reached["LIMIT-01 show"] += tally.facts.redeemed.total()
        return tally

    def _judge(
        self, execution: _Execution, group: range, outcomes: list[Response | NoResponse]
    ) -> None:
        must_read = False
        session = execution.scenario.steps[group.start].session
        for place, outcome in zip(group, outcomes, strict=True):
            if must_read:
                execution.beliefs.learn_from_read(session, outcome)
                return
            judgement = execution.beliefs.judge(place, outcome)
            execution.tally.add(judgement)
            must_read = judgement.must_read
        if must_read:
            self._read_again(execution, session, group[-1])

    def _judge_burst(
        self, execution: _Execution, group: range, outcomes: list[Response | NoResponse]
    ) -> None:
        judgement = execution.beliefs.judge_burst(group.start, outcomes)
        execution.tally.add(judgement)
        if judgement.must_read:
            for session in dict.fromkeys(execution.scenario.steps[n].session for n in group):
                self._read_again(execution, session, group[-1])

    def _read_again(self, execution: _Execution, session: int, place: int) -> None:
        """Reads what the target holds, and believes it."""
        execution.beliefs.learn_from_read(session, self._read(execution, session, place))

    def _read(self, execution: _Execution, session: int, place: int) -> Response | NoResponse:
        request = execution.request(Fetch(session=session))
        if not self._pace.wait():
            return NoResponse(fate=Delivery.NOT_SENT, reason="the run was stopped")
        return self._noted(execution, place, request, self._transport.send(request))

    def _controlled(self, scenario: Scenario, mark: str, tally: _Tally) -> tuple[Scenario, _Tally]:
        """Sends the steps again in the ordinary way: does it take a race, or a lost answer, at all?

        Returns:
            What was executed and what is to be reported: a control and its discrepancies where it
            has some that were not seen beside, or breaks a rule that spoke against some order; else
            what was given.
        """
        known = {d.signature for d in tally.discrepancies if d.check not in _NEEDS_CONTROL}
        for number, control in enumerate(_controls(scenario)):
            found = self._followed(control, control_mark(mark, number))
            rules = {discrepancy.rule for discrepancy in found.discrepancies}
            new = any(discrepancy.signature not in known for discrepancy in found.discrepancies)
            if new or tally.blamed_rules & rules:
                found.statuses = [*tally.statuses, *found.statuses]
                return control, found
            tally.statuses.extend(found.statuses)
        return scenario, tally

    def _outcomes(self, execution: _Execution, group: range) -> list[Response | NoResponse]:
        """What becomes of the steps that are sent together; nothing once the run was stopped."""
        steps = [execution.scenario.steps[place] for place in group]
        requests = [execution.request(step) for step in steps]
        if not all(self._pace.wait() for _ in requests):
            return []
        cut = getattr(steps[0], "cut", None)
        outcomes: Sequence[Response | NoResponse]
        if execution.scenario.burst is not None and group.start == execution.scenario.burst[0]:
            outcomes = self._direct.burst(requests)
        elif isinstance(steps[0], Raw):
            outcomes = self._direct.sequence(requests)
        elif cut is not None:
            outcomes = [self._direct.cut(requests[0], cut)]
        else:
            outcomes = [self._transport.send(requests[0])]
        return [
            self._noted(execution, place, request, outcome)
            for place, request, outcome in zip(group, requests, outcomes, strict=True)
        ]

    def _noted(
        self, execution: _Execution, place: int, request: Request, outcome: Response | NoResponse
    ) -> Response | NoResponse:
        """``outcome`` without the mark, once it is noted and a wish to slow down is granted."""
        if isinstance(outcome, Response):
            outcome = unmarked(outcome, execution.mark)
            if outcome.status == 429 or outcome.retry_after_sec:
                self._pace.back_off(min(outcome.retry_after_sec or 1.0, LONGEST_BACK_OFF_SEC))
        execution.tally.note(place, request, outcome)
        return outcome


def _sent_together(scenario: Scenario, place: int) -> range:
    """The steps that go out with the one at ``place``: a burst, or a raw step and its read.

    The read goes over the connection of the raw request: whatever that was, the next one is served.
    """
    if scenario.burst is not None and place == scenario.burst[0]:
        return range(*scenario.burst)
    step = scenario.steps[place]
    if isinstance(step, Raw) and place + 1 < len(scenario.steps):
        following = scenario.steps[place + 1]
        if isinstance(following, Fetch) and following.session == step.session:
            return range(place, place + 2)
    return range(place, place + 1)


def _controls(scenario: Scenario) -> tuple[Scenario, Scenario]:
    """``scenario`` without concurrency and cuts: a burst's steps in their order, and in reverse.

    What is cut before its end never came; what is cut later is sent in the first, not in the
    second.
    """
    first, last = scenario.burst or (0, 0)
    steps = scenario.steps
    forward, back = steps, (*steps[:first], *steps[first:last][::-1], *steps[last:])
    return (
        msgspec.structs.replace(scenario, burst=None, steps=tuple(_heard(forward, sent=True))),
        msgspec.structs.replace(scenario, burst=None, steps=tuple(_heard(back, sent=False))),
    )


def _heard(steps: Iterable[Step], *, sent: bool) -> Iterator[Step]:
    for step in steps:
        cut = getattr(step, "cut", None)
        if cut is None:
            yield step
        elif sent and cut.whole:
            yield msgspec.structs.replace(step, cut=None)


def _exchange(step: int, request: Request, outcome: Response | NoResponse) -> Exchange:
    if isinstance(outcome, NoResponse):
        return Exchange(
            step=step,
            method=request.method,
            target=request.target,
            failure=f"{outcome.reason} ({outcome.fate.value})",
            elapsed_ms=round(outcome.elapsed_sec * 1000, 3),
        )
    return Exchange(
        step=step,
        method=request.method,
        target=request.target,
        status=outcome.status,
        answer=outcome.body.decode("utf-8", "replace"),
        elapsed_ms=round(outcome.elapsed_sec * 1000, 3),
    )
