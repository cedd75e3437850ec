"""After the phases: each signature once, its smallest scenario looked for and confirmed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from time import monotonic

from ...analysis import Occurrence, SimplestOccurrences
from ...contract import Scenario
from ...record import Activity, Minimised, ScenarioRun
from ...wire.marks import Use, mark_of
from ..engine import Engine
from ..plan import Plan, TriageBudget
from ..rate_limiter import RateLimiter
from ..transport import DirectTransport, HttpTransport
from .confirmation import Run, confirm, sighting
from .minimise import BoundHitError, Bounds, Minimal, TrialResult, minimise

BURST_COST = 3
"""A burst is tried several times a candidate, so its search may take so many times the requests."""


@contextmanager
def engine_of(plan: Plan, api_key: str, *, stopped: Callable[[], bool] = bool) -> Iterator[Engine]:
    """An engine for ``plan``, one request at a time, at the pace of the whole plan."""
    transport = HttpTransport(plan.url, api_key=api_key, timeout_sec=plan.timeout_sec)
    direct = DirectTransport(plan.url, api_key=api_key, timeout_sec=plan.timeout_sec)
    try:
        yield Engine(
            transport,
            direct,
            environment=plan.environment,
            levels=plan.rule_levels,
            pace=RateLimiter(plan.rps, stopped=stopped),
            stopped=stopped,
        )
    finally:
        transport.close()


class Runner:
    """Executes scenarios on fresh marks of a run, apart from those of its phases.

    Args:
        engine: executes them.
        run: the run's part of the marks.
        stopped: tells whether the run was stopped; without it nobody stops it.
        attempt: not 0 where another may have begun the same on the same run.

    Raises:
        BoundHitError: on a call, once the run was stopped; what was sent proves nothing then.
    """

    def __init__(
        self, engine: Engine, run: str, *, stopped: Callable[[], bool] = bool, attempt: int = 0
    ) -> None:
        self._attempt = attempt
        self._engine = engine
        self._run = run
        self._stopped = stopped
        self._numbers = count()

    def __call__(self, scenario: Scenario) -> ScenarioRun:
        number = next(self._numbers)
        run = self._engine.execute(
            scenario,
            phase=Activity.TRIAGE,
            number=f"{Activity.TRIAGE}/0/{number}",
            mark=mark_of(self._run, number, self._attempt, use=Use.FOLLOW_UP),
        )
        if self._stopped():
            raise BoundHitError
        return run


def follow_up(
    sightings: SimplestOccurrences,
    run: Run,
    effort: TriageBudget,
    *,
    clock: Callable[[], float] = monotonic,
) -> Iterator[Minimised]:
    """Minimises and confirms each of ``sightings``.

    Those come first that stand for themselves. The others are followed up too: a bug of its own
    shows without the one that it was taken for in its smallest scenario.

    The time that is left is shared out among those that wait; what one does not use, others get.
    Ends early when the effort is used up, or when ``run`` raises `BoundHitError` while a result is
    confirmed: the signatures that are left have no event.
    """
    deadline, requests = clock() + effort.seconds, effort.requests
    waiting = sightings.canonical_first()
    for place, seen in enumerate(waiting):
        seconds, left = deadline - clock(), len(waiting) - place
        if seconds <= 0 or requests <= len(seen.scenario.steps):
            return
        bounds = Bounds(
            requests=min(effort.requests_each, requests),
            seconds=min(effort.seconds_each, 2 * seconds / (left + 1)),
        )
        try:
            event = _followed_up(seen, run, bounds, effort, clock)
        except BoundHitError:
            return
        requests -= event.requests
        yield event


def _followed_up(
    seen: Occurrence, run: Run, bounds: Bounds, effort: TriageBudget, clock: Callable[[], float]
) -> Minimised:
    started = clock()
    signature = seen.discrepancy.signature

    def execute(candidate: Scenario) -> TrialResult:
        done = run(candidate)
        found = sighting(done, signature)
        return TrialResult(step=found.step if found else None, requests=done.requests)

    if seen.scenario.burst is not None:
        bounds = Bounds(requests=BURST_COST * bounds.requests, seconds=bounds.seconds)
    minimal: Minimal = minimise(seen.scenario, execute, bounds=bounds, clock=clock)
    confirmed = confirm(run, minimal.scenario, signature, times=effort.confirmations)
    with_it, without_it = confirmed.with_it, confirmed.without_it
    again = sighting(with_it, signature) if with_it is not None else None
    return Minimised(
        signature=signature,
        # Where a burst shows it, the record holds the burst; a control is what was executed then.
        # Where nothing showed it again, the exchanges are the first ones, and so is their scenario.
        scenario=(with_it.scenario or minimal.scenario) if with_it is not None else seen.scenario,
        discrepancy=again or seen.discrepancy,
        operations_before=seen.discrepancy.step + 1,
        confirmed=confirmed.shown,
        confirmations=confirmed.times,
        complete=minimal.complete,
        trials=minimal.executions + confirmed.executions,
        requests=minimal.requests + confirmed.requests,
        elapsed_ms=round((clock() - started) * 1000, 3),
        exchanges=with_it.exchanges if with_it is not None else seen.exchanges,
        exchanges_without=without_it.exchanges if without_it is not None else (),
    )
