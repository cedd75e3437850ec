"""A campaign: starts the workers, gathers their events, and ends when its budget is used up.

`run_campaign` is a generator of events; it does not know who reads them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from time import monotonic

import msgspec

from ..analysis import Learnt, RunState
from ..record import Event, Minimised, RunFinished, ScenarioRun, StopReason, TriageFinished
from ..wire.secrets import TargetSecrets
from .declarations import declared_by
from .declared_codes import codes_of
from .errors import TargetLostError, WorkerFailedError
from .executors import TICK_SEC, Executor, Workers, no_workers, processes, thread
from .judging_errors import judging_failed, kept_errors
from .leases import removing_leases
from .pace.circuit_breaker import open_circuit
from .pace.pace_state import Field, PaceState, is_used_up, local_pace, shared_pace
from .pace.pacing import Notice, NoticeKind, PaceNotes, pacing_of
from .pace.target_loss import TargetLoss
from .plan import Plan
from .resumed_bounds import Before, round_sec
from .resumption import Resumption
from .run_started import options_of, run_started
from .scheduling.adaptive import AdaptiveShares
from .scheduling.shards import Shards
from .session_ledger import note_made
from .target import open_target, preflight
from .triage.triage import ScenarioRunner, triage_discrepancies
from .worker import WorkerDone, WorkerFailed, WorkerLost

_NOTHING_BEFORE = Before()
_SCENARIOS_PER_STEERING = 50
"""After this many scenarios the phases get new shares of the time."""
_MAX_SUSPICIONS = 3
"""So often a target whose scenarios are all of no use may pass for one that is there."""


def run_campaign(
    plan: Plan,
    secrets: TargetSecrets | str,
    *,
    stop: threading.Event | None = None,
    executor: Executor | None = None,
    state: RunState | None = None,
    resumption: Resumption | None = None,
    notice: Callable[[Notice], None] = lambda _: None,
    ledger: Callable[[str], Path] | None = None,
) -> Generator[Event, None, None]:
    """Carries out ``plan``, or what is left of it.

    Args:
        plan: what to do.
        secrets: of the target, or its API key alone; they go into requests and nowhere else.
        stop: set it to end the run early; what was found so far is still yielded. None: the plan
            alone ends the run.
        executor: where the workers run; None: a thread for one worker, processes for more.
        state: takes in each event before it is yielded, so that nobody folds the events again.
            None: the campaign makes its own.
        resumption: the earlier parts of the run, whose state is taken in place of ``state``; its
            `Resumption.done` must be that of ``plan``. Bounds count from the start of the run.
        notice: gets what the user should know at once: an outage, a slow-down, a lost worker.
        ledger: makes the folder where the run writes which sessions it makes, given its ID; called
            once the target has answered. None: it writes nothing.

    Yields:
        One `RunStarted`, a `ScenarioRun` for each executed scenario, a `Minimised` for each
        signature that was minimised, at most one `TriageFinished`, one `RunFinished`.

    Raises:
        TargetError: before the first event, if the target cannot be tested.
        DeclarationRefusedError: as well, if it refuses something that is declared.
        WorkerFailedError: after the last event, if Cartfuzz itself failed.
        JudgingFailedError: as well, if it failed to judge some response.
        PluginFailedError: as well, if checks of plugins raised, and nothing else did.

    A `KeyboardInterrupt` inside ends it without waiting for requests under way. Where it came while
    the caller had an event, ``throw`` it in.
    """
    if isinstance(secrets, str):
        secrets = TargetSecrets(secrets)
    stop = stop or threading.Event()
    if resumption is not None:
        state = resumption.state
    state = state or RunState(keep_evidence=False)

    def noted(event: Event) -> Event:
        state.add(event)
        return event

    run_id, checked = preflight(
        plan,
        secrets,
        declared=declared_by(plan.environment),
        codes=codes_of(plan.environment),
        stopped=stop.is_set,
        notice=notice,
    )
    before = Before.of(resumption)
    if ledger is not None:
        folder = ledger(run_id)
        note_made(folder, checked.made)
        plan = msgspec.structs.replace(plan, session_ledger=str(folder.resolve()))
    started = monotonic()
    start = executor or (processes if plan.workers > 1 else thread)
    if before.is_enough_for(plan):
        start = no_workers
    with removing_leases(run_id):
        pace = shared_pace(run_id) or local_pace()
        pace[Field.SENT] = checked.requests
        with start(plan, secrets, run_id) as workers:
            sizes = Shards(plan).sweep_sizes()
            yield noted(
                run_started(
                    plan,
                    run_id,
                    sweeps=sizes.scenarios,
                    sweep_requests=sizes.requests,
                    options=options_of(plan),
                    resumption=before.parts,
                )
            )
            gathering = _Gathering(
                plan,
                workers,
                state,
                pace=pace,
                notice=notice,
                stop=stop,
                started=started,
                before=before,
            )
            yield from gathering.events()
        if gathering.reason is StopReason.COMPLETED:
            triage = _minimised(plan, secrets, run_id, state, stop=stop, pace=pace)
            try:
                yield from map(noted, triage)
            except TargetLostError as error:
                gathering.reason, gathering.detail = StopReason.TARGET_LOST, str(error)
    yield noted(
        RunFinished(
            seconds=round(before.seconds + monotonic() - started, 3),
            reason=gathering.reason,
            detail=gathering.detail,
            pacing=pacing_of(pace),
            lost_workers=gathering.lost_workers,
        )
    )
    if gathering.trace:
        raise WorkerFailedError(gathering.trace)
    if state.judging_errors:
        raise judging_failed(state.judging_errors)


def _minimised(
    plan: Plan,
    secrets: TargetSecrets,
    run_id: str,
    state: RunState,
    *,
    stop: threading.Event,
    pace: PaceState,
) -> Iterator[Minimised | TriageFinished]:
    if plan.minimise is None or not state.occurrences:
        return
    known = dict(state.minimised)
    deadline = monotonic() + plan.minimise.seconds

    def stopped() -> bool:
        """Asked before each request: the search ends within an execution as well."""
        return stop.is_set() or monotonic() >= deadline or is_used_up(plan.max_requests, pace)

    with open_target(plan, secrets, stopped=stopped, state=pace) as engine:
        runner = ScenarioRunner(engine, run_id, stopped=stopped)
        yield from triage_discrepancies(state.occurrences, runner, plan.minimise, known=known)


class _Gathering:
    """Receives messages until all workers are done, and decides when they must stop."""

    def __init__(
        self,
        plan: Plan,
        workers: Workers,
        state: RunState,
        *,
        pace: PaceState,
        notice: Callable[[Notice], None],
        stop: threading.Event,
        started: float,
        before: Before = _NOTHING_BEFORE,
    ) -> None:
        self._plan = plan
        self._workers = workers
        self._stop = stop
        self._started = started = started - before.phases_sec
        seconds = before.bound_sec(plan)
        self._deadline = None if seconds is None else started + seconds
        self._requests = before.requests
        self._state = state
        self._shares = AdaptiveShares(plan.phases, state.discovery)
        self._shares.begin(before.costs.scenarios, before.costs.elapsed_ms)
        self._scenarios = 0
        self._last_new: float | None = None
        """When something new was learnt last; None before the first event."""
        self._sec_without_new = 0.0
        """How long the scenarios took that came since, all of them together."""
        self._target_loss = TargetLoss()
        self._suspicions = 0
        self._pace = pace
        self._pace_notes = PaceNotes(pace)
        self._notice = notice
        self._working = plan.workers
        self._halted = False
        self._ended_in_order = False
        """Whether a worker has done all that it was to do."""
        self.lost_workers = 0
        self.reason = StopReason.COMPLETED
        self.detail = ""
        self.trace = ""

    def events(self) -> Iterator[ScenarioRun]:
        """All events of the workers, in the order in which they come in."""
        while self._working:
            message = self._workers.receive(TICK_SEC)
            if isinstance(message, ScenarioRun):
                event, learnt = self._folded(message)
                self._account_for(event, learnt)
                yield event
            elif isinstance(message, WorkerFailed):
                self._working -= 1
                self._fail(message.trace)
            elif isinstance(message, WorkerDone):
                self._working -= 1
                self._ended_in_order = True
            elif isinstance(message, WorkerLost):
                self._lose_worker()
            for notice in self._pace_notes.new():
                self._notice(notice)
            self._halt_if_due()

    def _folded(self, event: ScenarioRun) -> tuple[ScenarioRun, Learnt]:
        """The event as the state took it in: one that cannot be folded loses what it found."""
        errors = list(event.errors)
        learnt = Learnt()
        with kept_errors(errors, max(0, len(event.statuses) - 1)):
            learnt = self._state.add(event)
        if len(errors) > len(event.errors):
            event = msgspec.structs.replace(
                event, discrepancies=(), observations=(), ids=(), errors=tuple(errors)
            )
            learnt = self._state.add(event)
        return event, learnt

    def _halt_if_due(self) -> None:
        """Halts the workers once the user stops the run or its time is up."""
        if self._halted:
            return
        if self._stop.is_set():
            self._halt(StopReason.INTERRUPTED)
        elif self._pace[Field.LOST]:
            self.detail = f"it gave no usable responses for {self._plan.give_up_sec:g} s"
            self._halt(StopReason.TARGET_LOST)
        elif is_used_up(self._plan.max_requests, self._pace):
            most = self._plan.max_requests
            self.detail = (
                "the one request of the run is used up"
                if most == 1
                else f"the {most} requests of the run are used up"
            )
            self._halt(StopReason.COMPLETED)
        elif self._time_is_up():
            self._halt(StopReason.COMPLETED)
        elif self._quiet():
            self.detail = f"nothing new was learnt for {self._plan.quiet_sec:g} s"
            self._halt(StopReason.COMPLETED)

    def _time_is_up(self) -> bool:
        now = monotonic()
        if self._deadline is None and self._plan.whole_round and self._state.sweeps_are_through:
            self._deadline = self._started + round_sec(now - self._started)
        return self._deadline is not None and now >= self._deadline

    def _quiet(self) -> bool:
        """Whether nothing new was learnt for as long as `Plan.quiet_sec` says.

        A cluster sends the events of a whole shard at once, which may take minutes at a low rate.
        Silence proves nothing, so scenarios of at least half that time must have shown nothing new.
        """
        quiet_sec = self._plan.quiet_sec
        if not quiet_sec or self._last_new is None:
            return False
        return monotonic() >= self._last_new + quiet_sec and self._sec_without_new >= quiet_sec / 2

    def _account_for(self, event: ScenarioRun, learnt: Learnt) -> None:
        """Halts the workers once enough was sent, or the target gives no usable responses."""
        self._learn(event, learnt)
        self._requests += event.requests
        bound = self._plan.requests
        if bound is not None and self._requests >= bound and not self._halted:
            self._halt(StopReason.COMPLETED)
        if not event.target_away and event.requests > len(event.inconclusive):
            self._suspicions = 0
        if self._target_loss.add(event) and not self._halted:
            self._suspect(event)

    def _suspect(self, event: ScenarioRun) -> None:
        """Has a target looked at that answers nothing of use; in the end it is lost."""
        self._suspicions += 1
        if self._suspicions >= _MAX_SUSPICIONS or not self._workers.share_pace:
            self.detail = event.inconclusive[0]
            self._halt(StopReason.TARGET_LOST)
            return
        self._target_loss = TargetLoss()
        with self._pace.locked():
            open_circuit(self._pace, monotonic())

    def _learn(self, event: ScenarioRun, learnt: Learnt) -> None:
        """Notes when something new was seen, and gives more time to the phases that show it."""
        self._sec_without_new += event.elapsed_ms / 1000
        if learnt.is_new or self._last_new is None:
            self._last_new, self._sec_without_new = monotonic(), 0.0
        self._shares.add(event)
        self._scenarios += 1
        if self._plan.adaptive and self._scenarios % _SCENARIOS_PER_STEERING == 0:
            self._workers.steer(self._shares.shares())

    def _halt(self, reason: StopReason) -> None:
        self._halted = True
        self.reason = reason
        self._workers.halt()

    def _lose_worker(self) -> None:
        """The others go on; without any other there is nobody left to end the run in order."""
        self._working -= 1
        self.lost_workers += 1
        if not (self._working or self._halted or self._ended_in_order):
            self._fail(f"A worker process ended without a word: {self._lost_why()}.")
        elif self._working:
            self._notice(Notice(NoticeKind.WORKER_LOST, self._lost_text()))

    def _lost_why(self) -> str:
        """What may have ended a worker: with plugins also the watch over those that stand still."""
        held = "held up by a plugin, " if self._plan.plugins else ""
        return f"{held}killed, or out of memory"

    def _lost_text(self) -> str:
        left = "another one goes on" if self._working == 1 else f"{self._working} others go on"
        return f"a worker process ended without a word: {self._lost_why()}; {left}"

    def _fail(self, trace: str) -> None:
        self.trace = trace
        self.detail = trace.strip().splitlines()[-1]
        self._halt(StopReason.FAILED)
