"""A comparison of two targets: sends scenarios until its budget is used up, then looks into what
they showed."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from time import monotonic

from ...analysis.side_by_side import ComparedTarget, SideBySide
from ...contract import MARK, Fetch, Scenario, Update
from ...record import Activity, Phase
from ...record.phase import MIN_ROUND_SEC, ROUND_OF_SWEEPS
from ...wire import Response
from ...wire.encoding import request_of
from ...wire.known_secrets import remember
from ...wire.marks import Use, mark_of
from ...wire.secrets import TargetSecrets
from ...wire.trace import execution_name, request_name
from ..declarations import declared_by
from ..declared_codes import codes_of
from ..errors import SharedSessionsError
from ..leases import removing_leases
from ..pace.rate_limiter import RateLimiter
from ..pace.request_cutoff import cut_off_when_stopped
from ..pace.target_loss import MAX_USELESS_SCENARIOS
from ..plan import Plan
from ..scarce_codes import ScarceCodes
from ..scheduling.phase_schedule import Shares
from ..scheduling.shards import NumberedScenario, Shards
from ..sender import Sender
from ..target import preflight, transport_for
from ..transport.protocols import abort_of
from ..triage.minimise import BoundHitError
from .ending import Ending
from .named_sessions import APART, NOWHERE, Checked, NamedSessions, named_in
from .paired_execution import Pair, PairedRun
from .plan import PairPlan
from .sightings import Sightings
from .triage import triage_differences

_SHARES: Shares = {Phase.EXPLORE: 1.0}
_SIDES = ("the old target", "the new target")


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What is known once both targets have answered."""

    run: str
    sweep_requests: int
    """About how many requests the sweeps send to each target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a comparison is."""

    requests: int
    """To each target, all in all."""
    differences: int
    """Signatures so far."""
    is_triage: bool
    """Whether the scenarios are through, and differences are looked into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """What is called while a comparison goes on."""

    begun: Callable[[Begun], None] = lambda _: None
    """Before the first scenario."""
    progress: Callable[[Progress], None] = lambda _: None
    """After each scenario."""


_NOBODY = Listener()


def compare_targets(
    plan: PairPlan,
    secrets: tuple[TargetSecrets, TargetSecrets],
    *,
    stop: threading.Event | None = None,
    listener: Listener = _NOBODY,
    ledgers: Callable[[str], Sequence[Path]] = lambda _: (),
) -> SideBySide:
    """Carries out ``plan``.

    Args:
        plan: what to do.
        secrets: of the old and of the new target; they go into requests and nowhere else.
        stop: set it to end early; the result has what was found so far.
        listener: is called while it goes on.
        ledgers: given the run ID, makes a folder for each target: there stand the names of all
            sessions that the comparison makes.

    Raises:
        TargetError: a target cannot be tested.
        DeclarationRefusedError: a target refuses something that is declared.
        SharedSessionsError: both targets have the same sessions.
    """
    ending = Ending(stop or threading.Event())
    plans = (plan.old, plan.new)
    old, new = (_checked(one, key, ending) for one, key in zip(plans, secrets, strict=True))
    with ExitStack() as stack:
        senders = []
        remember(*secrets)
        for one, key in zip(plans, secrets, strict=True):
            transport = stack.enter_context(closing(transport_for(one, key)))
            stack.enter_context(
                cut_off_when_stopped(abort_of(transport), lambda: ending.is_stopped)
            )
            limiter = RateLimiter(one.rps, stopped=ending.is_due)
            senders.append(Sender(transport, rate_limiter=limiter, stopped=ending.is_due))
        stack.enter_context(removing_leases(old.run))
        named = stack.enter_context(named_in(ledgers(old.run), old, new))
        _check_apart(senders[0], senders[1], old.run)
        return compare_in_step(
            plan,
            senders[0],
            senders[1],
            run_id=old.run,
            ending=ending,
            listener=listener,
            named=named,
        )


def compare_in_step(
    plan: PairPlan,
    old: Sender,
    new: Sender,
    *,
    run_id: str,
    ending: Ending,
    listener: Listener = _NOBODY,
    named: NamedSessions = NOWHERE,
) -> SideBySide:
    """`compare_targets` with targets that were checked.

    Args:
        plan: what to do.
        old: sends to the old target.
        new: sends to the new one.
        run_id: the run's part of the marks on both.
        ending: ends it early; both senders ask it.
        listener: as of `compare_targets`.
        named: is given the sessions of each scenario.
    """
    comparison = _Comparison(
        plan, old, new, run_id=run_id, ending=ending, listener=listener, named=named
    )
    listener.begun(Begun(run=run_id, sweep_requests=comparison.sweep_requests))
    return comparison.result()


def _checked(plan: Plan, secrets: TargetSecrets, ending: Ending) -> Checked:
    run, result = preflight(
        plan,
        secrets,
        declared=declared_by(plan.environment),
        codes=codes_of(plan.environment),
        stopped=ending.is_due,
    )
    return Checked(run=run, made=result.made)


def _check_apart(old: Sender, new: Sender, run_id: str) -> None:
    """Checks that a session of the old target is none of the new one.

    Raises:
        SharedSessionsError: it is.
    """
    mark = mark_of(run_id, APART, use=Use.PREFLIGHT)
    trace = request_name(execution_name(run_id, "preflight"), "apart")
    read = request_of(Fetch(), MARK, mark, trace=trace)
    write = request_of(Update(body={"customerSession": {}}), MARK, mark, trace=trace)
    outcomes = (
        sender.send(request, mark) if sender.may_send() else None
        for sender, request in ((new, read), (old, write), (new, read))
    )
    before, written, after = (isinstance(one, Response) and one.accepted for one in outcomes)
    if not before and written and after:
        raise SharedSessionsError(
            "expected two targets with sessions of their own, found that the second one shows a "
            "session of the first: both get the same requests, so give each a database of its own"
        )


class _TargetLostError(BoundHitError):
    """A target gives no usable answers any more."""


class _Comparison:
    def __init__(
        self,
        plan: PairPlan,
        old: Sender,
        new: Sender,
        *,
        run_id: str,
        ending: Ending,
        listener: Listener,
        named: NamedSessions,
    ) -> None:
        self._named = named
        self._plan = plan
        self._listener = listener
        self._is_triage = False
        self._run_id = run_id
        self._ending = ending
        scarce_codes = ScarceCodes(plan.old.environment, stopped=ending.is_due, one_machine=True)
        self._pair = Pair(old, new, scarce_codes=scarce_codes, ignored=plan.ignored)
        self._shards = Shards(plan.old)
        sizes = self._shards.sweep_sizes()
        self._sweeps = dict(sizes.scenarios)
        self.sweep_requests = sizes.requests
        self._sightings = Sightings()
        self._requests = [0, 0]
        self._accepted = [0, 0]
        self._useless = [0, 0]
        self._swept: Counter[str] = Counter()
        self._not_compared: Counter[str] = Counter()
        self._scenarios = self._steps = self._settled_reads = 0
        self._sweeps_sec = 0.0
        self._lost = ""
        self._triage_index = count()
        self._started = monotonic()
        self._began_at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

    def result(self) -> SideBySide:
        """Sends everything, and returns what it showed."""
        self._ending.set_deadline(self._plan.old.duration_sec)
        with suppress(BoundHitError):  # a target is lost, or the comparison was stopped
            self._send_scenarios()
        self._is_triage = True
        budget = None if self._lost or self._ending.is_stopped else self._plan.triage
        self._ending.set_deadline(budget.seconds if budget else None)
        entries = triage_differences(
            self._sightings, self._run_again, budget, ignored=self._plan.ignored
        )
        plan = self._plan.old
        return SideBySide(
            run=self._run_id,
            old=self._target(0),
            new=self._target(1),
            contract=plan.environment.contract,
            seed=plan.seed,
            started=self._began_at,
            seconds=round(monotonic() - self._started, 3),
            scenarios=self._scenarios,
            steps=self._steps,
            sweeps=self._sweeps,
            swept=self._swept,
            not_compared=self._not_compared,
            settled_reads=self._settled_reads,
            ignored=self._plan.ignored.paths,
            further_signatures=self._sightings.further,
            lost=self._lost,
            is_interrupted=self._ending.is_stopped,
            allow_partial=plan.allow_partial
            or plan.scenarios is not None
            or plan.requests is not None,
            entries=entries,
        )

    def _target(self, side: int) -> ComparedTarget:
        plan = (self._plan.old, self._plan.new)[side]
        return ComparedTarget(
            url=plan.url, requests=self._requests[side], accepted_writes=self._accepted[side]
        )

    def _send_scenarios(self) -> None:
        for numbered in self._numbered():
            if self._is_over():
                return
            self._swept[numbered.phase.value] += numbered.phase.value in self._sweeps
            if reason := _not_in_step(numbered.scenario):
                self._not_compared[reason] += 1
                continue
            mark = mark_of(self._run_id, numbered.execution_index)
            run = self._execute(numbered.scenario, mark, numbered.id)
            self._scenarios += 1
            self._steps += len(run.answers)
            self._settled_reads += run.settled_reads
            self._not_compared.update(run.not_compared)
            self._sightings.add(run)

    def _numbered(self) -> Iterator[NumberedScenario]:
        for shard in count():
            scenarios = self._shards.scenarios_of(shard, _SHARES)
            if scenarios is None:
                return
            yield from scenarios

    def _is_over(self) -> bool:
        plan = self._plan.old
        if self._ending.is_due():
            return True
        if plan.requests is not None and max(self._requests) >= plan.requests:
            return True
        if plan.duration_sec is not None:
            return False  # that is the deadline
        elapsed = monotonic() - self._started
        if not plan.whole_round or any(
            self._swept[name] < size for name, size in self._sweeps.items()
        ):
            self._sweeps_sec = elapsed
            return False
        return elapsed >= max(MIN_ROUND_SEC, ROUND_OF_SWEEPS * self._sweeps_sec)

    def _execute(self, scenario: Scenario, mark: str, scenario_id: str) -> PairedRun:
        """Executes a scenario, and counts.

        Raises:
            BoundHitError: a target is lost, or the comparison was stopped.
        """
        self._named.begin(scenario, mark)
        run = self._pair.execute(
            scenario, mark, execution=execution_name(self._run_id, scenario_id)
        )
        self._listener.progress(
            Progress(
                requests=max(self._requests),
                differences=len(self._sightings),
                is_triage=self._is_triage,
            )
        )
        for side in (0, 1):
            self._requests[side] += run.requests[side]
            self._accepted[side] += run.accepted_writes[side]
            is_useless = run.requests[side] > 0 and not run.usable[side]
            self._useless[side] = self._useless[side] + 1 if is_useless else 0
            if self._useless[side] >= MAX_USELESS_SCENARIOS:
                self._lost = f"{_SIDES[side]}: {run.failure[side]}"
                raise _TargetLostError(self._lost)
        if self._ending.is_stopped:
            raise BoundHitError("stopped")
        return run

    def _run_again(self, scenario: Scenario) -> PairedRun:
        index = next(self._triage_index)
        mark = mark_of(self._run_id, index, use=Use.TRIAGE)
        run = self._execute(scenario, mark, f"{Activity.TRIAGE}/0/{index}")
        if self._ending.is_due():  # it may lack steps, and says nothing of what it does not show
            raise BoundHitError("the time for triage is used up")
        return run


def _not_in_step(scenario: Scenario) -> str:
    """Why timing decides what a scenario shows; empty: it does not."""
    if scenario.burst is not None:
        return "requests at the same time"
    if any(step.cut is not None for step in scenario.steps):
        return "requests whose connection is cut"
    return ""
