"""Executes one scenario: sends its steps, has each answer judged, tells what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import perf_counter

from ..contract import Environment, Fetch, RuleLevel, Scenario
from ..record import Discrepancy, Exchange, Observation, ScenarioRun
from .coverage import boundaries
from .oracle import Judgement, Oracle
from .pace import Pace
from .plan import Keep
from .transport import Answer, NoAnswer, Request, Transport
from .wire import request_of, unmarked

LONGEST_KEPT_ANSWER = 64 * 1024
"""Bytes of an answer that a record keeps."""
LONGEST_BACK_OFF_SEC = 30.0
_MANY = 50
"""A scenario records at most so many discrepancies: a broken target must not flood the record."""


@dataclass(slots=True, kw_only=True)
class _Tally:
    """What an execution has gathered so far."""

    statuses: list[int | None] = field(default_factory=list)
    sent: list[tuple[int, Request, Answer | NoAnswer]] = field(default_factory=list)
    discrepancies: list[Discrepancy] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    inconclusive: list[str] = field(default_factory=list)
    reached: Counter[str] = field(default_factory=Counter)

    def add(self, judgement: Judgement) -> None:
        self.discrepancies.extend(judgement.discrepancies[: _MANY - len(self.discrepancies)])
        self.observations.extend(judgement.observations)
        self.inconclusive.extend(judgement.inconclusive)
        self.reached.update(judgement.reached)


class Engine:
    """Executes scenarios against one target. Threads may share one.

    Args:
        transport: sends the requests.
        environment: what the target has configured.
        levels: the rules whose level the user changed.
        pace: waited for before each request.
        stopped: tells, before each request, whether the run was stopped.
        keep: which scenarios the events carry whole.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        environment: Environment,
        levels: Mapping[str, RuleLevel],
        pace: Pace,
        stopped: Callable[[], bool] = lambda: False,
        keep: Keep = Keep.FAILURES,
    ) -> None:
        self._transport = transport
        self._environment = environment
        self._levels = levels
        self._pace = pace
        self._stopped = stopped
        self._keep = keep

    def execute(self, scenario: Scenario, *, phase: str, number: str, mark: str) -> ScenarioRun:
        """Sends all steps of ``scenario`` and judges each answer.

        Args:
            scenario: what to do.
            phase: the phase that it belongs to.
            number: its place in the campaign, as `ScenarioRun.id`.
            mark: the mark of this execution; no other may have had it.
        """
        started = perf_counter()
        oracle = Oracle(scenario, self._environment, self._levels)
        tally = _Tally()
        for place, step in enumerate(scenario.steps):
            if self._stopped():
                break
            outcome = self._send(
                request_of(step, scenario.sessions[step.session], mark), place, mark, tally
            )
            judgement = oracle.judge(place, outcome)
            tally.add(judgement)
            if judgement.must_read:
                read = request_of(
                    Fetch(session=step.session), scenario.sessions[step.session], mark
                )
                oracle.relearn(step.session, self._send(read, place, mark, tally))
        tally.discrepancies.extend(oracle.finish())
        whole = self._keep is Keep.ALL or bool(tally.discrepancies)
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
            observations=tuple(tally.observations),
            inconclusive=tuple(tally.inconclusive),
            scenario=scenario if whole else None,
            exchanges=tuple(_exchange(*sent) for sent in tally.sent) if whole else (),
        )

    def _send(self, request: Request, step: int, mark: str, tally: _Tally) -> Answer | NoAnswer:
        self._pace.wait()
        outcome = self._transport.send(request)
        if isinstance(outcome, Answer):
            outcome = unmarked(outcome, mark)
            if outcome.status == 429 or outcome.retry_after_sec:
                self._pace.back_off(min(outcome.retry_after_sec or 1.0, LONGEST_BACK_OFF_SEC))
        tally.statuses.append(outcome.status if isinstance(outcome, Answer) else None)
        tally.sent.append((step, request, outcome))
        return outcome


def _exchange(step: int, request: Request, outcome: Answer | NoAnswer) -> Exchange:
    if isinstance(outcome, NoAnswer):
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
        answer=outcome.body[:LONGEST_KEPT_ANSWER].decode("utf-8", "replace"),
        elapsed_ms=round(outcome.elapsed_sec * 1000, 3),
    )
