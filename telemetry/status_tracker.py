"""Follows how far a run is."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from time import monotonic

from ..analysis import Bug, RunOutcome, RunState
from ..analysis.run_status import RunActivity, RunStatus
from ..analysis.tested_rules import testable_ids, tested_ids
from ..harness.plan import Plan
from ..harness.resumed_bounds import round_sec
from ..record import Event, Minimised, RunStarted, ScenarioRun, TriageFinished

_RATE_SEC = 10.0
"""The present rate is that of so many seconds."""
_SAMPLE_SEC = 1.0
_MAX_SIGNATURES = 1_000


class StatusTracker:
    """Knows how far a run is.

    Args:
        plan: of the run.
        state: takes in each event before `add` does.
        clock: the time source, in seconds.
    """

    def __init__(
        self, plan: Plan, state: RunState, *, clock: Callable[[], float] = monotonic
    ) -> None:
        self._plan = plan
        self._state = state
        self._clock = clock
        self._started = clock()
        self._sec_before = state.parts.seconds
        self._phases_sec_before = state.parts.phases_sec
        self._sweeps_sec: float | None = None
        self._minimising_since: float | None = None
        self._requests = 0
        """Of this part of the run, minimisation included."""
        self._recent: deque[tuple[float, int]] = deque([(self._started, 0)])
        self._reached = 0
        self._rules = 0, 0
        self.phase = ""

    def add(self, event: Event) -> None:
        """Takes one event in."""
        now = self._clock()
        if isinstance(event, RunStarted):
            self._started = now
            self._recent = deque([(now, 0)])
        elif isinstance(event, ScenarioRun):
            self.phase = event.phase
            self._requests += event.requests
            if self._sweeps_sec is None and self._state.sweeps_are_through:
                self._sweeps_sec = self._phases_sec_before + now - self._started
        elif isinstance(event, Minimised | TriageFinished):
            if self._minimising_since is None:
                self._minimising_since = now - event.elapsed_ms / 1000
            self._requests += event.requests
        if now - self._recent[-1][0] >= _SAMPLE_SEC:
            self._recent.append((now, self._requests))
            while len(self._recent) > 1 and now - self._recent[1][0] >= _RATE_SEC:
                self._recent.popleft()

    @property
    def activity(self) -> RunActivity:
        """What the run does."""
        if self._state.finished is not None:
            return RunActivity.FINISHED
        is_minimising = self._minimising_since is not None
        return RunActivity.MINIMISING if is_minimising else RunActivity.RUNNING

    @property
    def requests(self) -> int:
        """Of all parts of the run, minimisation included."""
        return self._state.counters.requests + self._state.counters.triage_requests

    @property
    def scenarios(self) -> int:
        """Of all parts of the run."""
        return self._state.counters.scenarios.total()

    @property
    def not_judged(self) -> int:
        """Requests that could not be judged."""
        return self._state.counters.inconclusive.total()

    @property
    def rate(self) -> float:
        """Requests a second over the last seconds."""
        since, sent = self._recent[0]
        return (self._requests - sent) / max(self._clock() - since, 0.001)

    @property
    def signatures(self) -> list[str]:
        """All that were found."""
        return self._state.bugs.signatures

    @property
    def seconds(self) -> float:
        """Since the start, without the time between the parts of a run that was resumed."""
        return self._sec_before + self._clock() - self._started

    @property
    def found_count(self) -> int:
        """How many signatures were found."""
        return self._state.bugs.count

    @property
    def minimised(self) -> int:
        """Signatures whose smallest scenario was looked for."""
        return len(self._state.minimised)

    @property
    def phase_number(self) -> tuple[int, int] | None:
        """Which of how many phases the last scenario was of, from 1; None: none of them."""
        phases = self._state.started.phases if self._state.started is not None else ()
        return (phases.index(self.phase) + 1, len(phases)) if self.phase in phases else None

    @property
    def rules(self) -> tuple[int, int]:
        """How many rules were tested, of those that can be."""
        started, reached = self._state.started, self._state.counters.reached
        if started is None:
            return 0, 0
        if len(reached) != self._reached:
            self._reached = len(reached)
            rules = started.rules
            self._rules = len(tested_ids(reached, rules)), len(testable_ids(rules))
        return self._rules

    def found_after(self, count: int) -> Iterator[Bug]:
        """An example of each signature that was found after the first ``count``."""
        return self._state.bugs.found_after(count)

    def is_known(self, signature: str) -> bool:
        """Whether the baseline of the run has ``signature``."""
        started = self._state.started
        return started is not None and signature in started.baseline

    @property
    def sec_left(self) -> float | None:
        """About how long the present activity goes on; None: nobody knows."""
        now = self._clock()
        if self._state.finished is not None:
            return 0.0
        if self._minimising_since is not None:
            budget = self._plan.minimise
            return (
                None if budget is None else max(0.0, self._minimising_since + budget.seconds - now)
            )
        left = tuple(self._bounds(self._phases_sec_before + now - self._started))
        return max(0.0, min(left)) if left else None

    @property
    def share_of_sweeps(self) -> float | None:
        """How far the sweeps are, from 0 to 1; None: there are none."""
        started, done = self._state.started, self._state.counters.scenarios
        sweeps = started.sweeps if started is not None else {}
        size = sum(sweeps.values())
        return sum(min(done[name], of) for name, of in sweeps.items()) / size if size else None

    def status(self, outcome: RunOutcome | None = None) -> RunStatus | None:
        """All of it; None before the run has begun."""
        state, started = self._state, self._state.started
        if started is None:
            return None
        seconds = self.seconds
        share, left, found = self.share_of_sweeps, self.sec_left, self.signatures
        return RunStatus(
            run=started.run,
            run_ids=[part.run for part in state.parts.parts],
            target=started.target,
            seed=started.seed,
            phases=list(started.phases),
            state=self.activity if outcome is None else RunActivity.FINISHED,
            outcome=outcome,
            phase=self.phase,
            scenarios=self.scenarios,
            requests=state.counters.requests,
            minimisation_requests=state.counters.triage_requests,
            requests_per_sec=round(self.rate, 1),
            requests_per_sec_overall=round(self.requests / max(seconds, 0.001), 1),
            found=found[:_MAX_SIGNATURES],
            found_count=len(found),
            minimised=len(state.minimised),
            not_judged=self.not_judged,
            share_of_sweeps=None if share is None else round(share, 4),
            seconds=round(seconds, 3),
            sec_left=None if left is None else round(left, 1),
            started=started.started,
            updated=datetime.now(UTC).isoformat(timespec="milliseconds"),
        )

    def _bounds(self, phases_sec: float) -> Iterator[float]:
        """How long the phases go on by each bound of the run."""
        plan, counters = self._plan, self._state.counters
        if plan.duration_sec is not None:
            yield plan.duration_sec - phases_sec
        sent = counters.requests
        if plan.requests is not None and sent:
            yield (plan.requests - sent) * phases_sec / sent
        done = counters.scenarios.total()
        if plan.scenarios is not None and done:
            yield (plan.scenarios - done) * phases_sec / done
        share = self.share_of_sweeps
        if plan.whole_round and self._sweeps_sec is not None:
            yield round_sec(self._sweeps_sec) - phases_sec
        elif plan.whole_round and share:
            yield round_sec(phases_sec / share) - phases_sec
