"""One execution: its steps are sent, each response is judged, and the result is one event.

The one runner. `cartfuzz.harness.engine.Engine` sends whole scenarios with it, the pytest plugin's
client sends one step at a time as a test asks for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import time
from typing import Any

import msgspec

from ..contract import (
    MARK,
    Environment,
    Fetch,
    Operation,
    Raw,
    Scenario,
    SessionState,
    Step,
    Update,
)
from ..oracle.checks import INCONCLUSIVE_STATUSES
from ..oracle.judgement import Judgement
from ..oracle.model import UNKNOWN
from ..oracle.nondeterministic import Oracle
from ..oracle.own_checks import Answer, KnownSession, known, shown_after
from ..oracle.own_operations import own_judgement
from ..oracle.run_facts import RunFacts, facts_of
from ..record import Discrepancy, JudgingError, ScenarioRun
from ..record.made_sessions import Left
from ..wire import Delivery, NoResponse, OwnCodes, Request, Response
from ..wire.encoding import request_of
from ..wire.trace import added_read, request_name
from .big_responses import RoomForResponses, one_at_a_time
from .exchange_log import ExchangeLog, ExecutionId, ScenarioRecorder
from .judging_errors import kept_errors
from .plugins.judging import PluginJudge
from .replica_lag import ReplicaLag
from .scarce_codes import ScarceCodes
from .sender import Sender
from .session_ledger import states_of

_STOPPED = NoResponse(fate=Delivery.NOT_SENT, reason="the run was stopped")

_CANCEL = {"customerSession": {"state": SessionState.CANCELLED.value}}
_MAY_HOLD = (SessionState.CLOSED, SessionState.PARTIALLY_RETURNED, UNKNOWN)
"""The states in which a session may hold redemptions."""
_UNSETTLED = "get: shows an older state, and no further read was answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What became of one step."""

    outcome: Response | NoResponse
    """With the placeholder where it held the execution's mark."""
    discrepancies: Sequence[Discrepancy] = ()
    """What the response, and what it says of earlier ones, breaks."""


class Execution:
    """One execution of one scenario, while it goes on.

    Args:
        execution_id: which one it is.
        scenario: its sessions, and the steps that are known from the start: none where `step`
            adds them one by one.
        environment: what the target has configured.
        oracle: judges the responses; of this execution only.
        sender: sends the requests.
        recorder: makes the event.
        scarce_codes: of the environment.
        own_codes: those of the execution for the scenario.
        lag: what waiting for reads brought so far.
        plugins: the checks of plugins.
        request_times: whether its event carries when each request went out.
    """

    def __init__(
        self,
        execution_id: ExecutionId,
        scenario: Scenario,
        *,
        environment: Environment,
        oracle: Oracle,
        sender: Sender,
        recorder: ScenarioRecorder,
        scarce_codes: ScarceCodes,
        own_codes: OwnCodes,
        lag: ReplicaLag,
        plugins: PluginJudge,
        request_times: bool = False,
    ) -> None:
        self._id = execution_id
        self._environment = environment
        self._oracle = oracle
        self._sender = sender
        self._recorder = recorder
        self._scarce_codes = scarce_codes
        self._own_codes = own_codes
        self._lag = lag
        self._plugins = plugins
        self._shown: dict[int, Mapping[str, Any] | None] = {}
        """By session, as the last answer showed it; kept for plugins alone."""
        self.scenario = scenario
        """With the steps that were added so far."""
        self.log = ExchangeLog(keeps_times=request_times)
        self._reads: Counter[int] = Counter()
        """By index of a step, how many reads were added after it."""
        self._room = RoomForResponses()
        self._given_back: set[int] = set()
        """Sessions, by index, that may not hold their redemptions any more."""
        self._cancelled: set[int] = set()
        """Those of them whose cancellation was accepted."""

    @property
    def mark(self) -> str:
        """No other execution has it."""
        return self._id.mark

    def step(self, step: Step) -> StepResult:
        """Adds ``step`` to the scenario, sends it, and has the response judged.

        A step that the run's end kept from being sent is not added.
        """
        with self.log.timed():
            if not self._sender.may_send():
                return StepResult(outcome=_STOPPED)
            index = len(self.scenario.steps)
            self.scenario = msgspec.structs.replace(
                self.scenario, steps=(*self.scenario.steps, step)
            )
            self._oracle.extend(self.scenario)
            added = self._scarce_codes.own_codes((step,), self._id.mark)
            self._own_codes = OwnCodes(dict.fromkeys((*self._own_codes, *added)))
            # What comes between two steps is anybody's, but no step breaks into what others hold.
            with self._scarce_codes.reserved(self.scenario, self._own_codes, self._id.mark):
                outcomes = self._send(range(index, index + 1))
            return StepResult(
                outcome=outcomes[0], discrepancies=self._judge(range(index, index + 1), outcomes)
            )

    def send_all(self) -> None:
        """Sends the steps of the scenario, in order, until the run is stopped.

        Where judging a response fails, `log` has the error, and no more steps are sent.
        """
        with self.log.timed():
            for group in step_groups(self.scenario):
                if not self._sender.may_send(len(group)):
                    return
                outcomes = self._send(group)
                with kept_errors(self.log.errors, group.start):
                    if self._is_burst(group):
                        self._judge_burst(group, outcomes)
                    else:
                        self._judge(group, outcomes)
                if self.log.errors:
                    return  # what the oracle knows of the sessions is not certain any more

    def read_sessions(self) -> list[Response | NoResponse]:
        """Reads each session once, judging nothing; fewer outcomes where the run was stopped."""
        outcomes: list[Response | NoResponse] = []
        with self.log.timed():
            for session in range(len(self.scenario.sessions)):
                outcome = self._read(session, len(self.scenario.steps) + session)
                if outcome is _STOPPED:
                    break
                outcomes.append(outcome)
        return outcomes

    def read_other(self, session_id: str, mark: str) -> Response | NoResponse:
        """Reads a session of another execution, which had ``mark``; judges nothing.

        It is no request of this scenario, whose numbers are the same on every target.
        """
        if not self._sender.may_send():
            return _STOPPED
        trace = request_name(self._id.name, "witness")
        return self._sender.send(request_of(Fetch(), session_id, mark, trace=trace), mark)

    def give_back(self, sessions: Collection[int]) -> None:
        """Cancels those of ``sessions`` that may hold a redemption; judges nothing.

        Other executions use their codes next: what stayed redeemed would use them up, and a
        scenario that was cut down to its bug could not show it again.
        """
        if not sessions:
            return
        models = () if self.log.errors else self._oracle.models()
        with self.log.timed():
            for session in sorted(sessions):
                if models and models[session].state not in _MAY_HOLD and not models[session].lost:
                    continue
                if not self._sender.may_send():
                    return
                request = self._request(Update(session=session, body=_CANCEL), "cancel")
                outcome = self._sender.send(request, self._id.mark, self._own_codes)
                self.log.statuses.append(outcome.status if isinstance(outcome, Response) else None)
                self.log.note_latency(Operation.UPDATE, outcome)
                if not (isinstance(outcome, Response) and 400 <= outcome.status < 500):
                    self._given_back.add(session)
                if isinstance(outcome, Response) and outcome.accepted:
                    self._cancelled.add(session)

    def settle(self) -> Sequence[Discrepancy]:
        """Reports what the oracle held back for a step that may not come any more (DRY-02).

        Further steps may follow; what was reported is not reported again.
        """
        held_back: list[Discrepancy] = []
        if not self.log.errors:
            with kept_errors(self.log.errors, len(self.scenario.steps) - 1):
                held_back = self._oracle.finish()
        self.log.discrepancies.extend(held_back)
        return held_back

    def facts(self) -> RunFacts:
        """What the sessions hold now that counts for the whole run."""
        models = () if self.log.errors else self._oracle.models()
        return facts_of(models, self._environment, given_back=self._given_back)

    def left(self) -> list[Left]:
        """In which state each session is now, as far as is known."""
        sessions = len(self.scenario.sessions)
        models = () if self.log.errors else self._oracle.models()
        return states_of(models, sessions, self._cancelled)

    def finish(self, undecided: str = "") -> ScenarioRun:
        """Ends the execution: its event, with what `settle` reports.

        Args:
            undecided: why it decides nothing; empty: it does.
        """
        if undecided:
            return self._recorder.undecided(self._id, self.scenario, self.log, undecided)
        self.settle()
        return self._recorder.event_of(self._id, self.scenario, self.log, self.facts())

    def _judge(
        self, group: range, outcomes: Sequence[Response | NoResponse]
    ) -> Sequence[Discrepancy]:
        """Has the outcomes of steps on one session judged, in order."""
        session = self.scenario.steps[group.start].session
        found: list[Discrepancy] = []
        must_read = False
        for index, outcome in zip(group, outcomes, strict=True):
            if must_read:
                # The read that follows a raw step was sent already: believe it.
                self._oracle.learn_from_read(session, outcome)
                return found
            before = self._known(session) if self._plugins else None
            judgement = self._judged(index, outcome)
            shows_another = judgement.stale_read is not None
            if shows_another:
                judgement = self._read_until_settled(index, judgement)
            self.log.add(judgement)
            self.log.count((self.scenario.steps[index],), judgement)
            found.extend(judgement.discrepancies)
            must_read = judgement.must_read
            if not self._plugins or shows_another:
                continue  # what such a read shows is not the session as it is now
            if isinstance(outcome, Response) and not judgement.inconclusive:
                after = None if must_read else self._known(session)
                found.extend(self._judged_by_plugins(index, outcome, before, after))
            step, former = self.scenario.steps[index], self._shown.get(session)
            self._shown[session] = shown_after(step, outcome, former)
        if must_read:
            self._relearn(session, group[-1])
        return found

    def _judged(self, index: int, outcome: Response | NoResponse) -> Judgement:
        """What the oracle says of an outcome; nothing of the operations that plugins describe."""
        step = self.scenario.steps[index]
        if isinstance(step, Raw) and step.own:
            judgement = own_judgement(step, outcome)
            if judgement is not None:
                return judgement
        with one_at_a_time((outcome,)):
            return self._oracle.judge(index, outcome)

    def _judged_by_plugins(
        self,
        index: int,
        response: Response,
        before: KnownSession | None,
        after: KnownSession | None,
    ) -> Sequence[Discrepancy]:
        """Has the checks of plugins judge a response; what they raise is kept, and ends nothing."""
        step = self.scenario.steps[index]
        session_id = self.scenario.sessions[step.session]
        answer = Answer(
            step=step,
            session_id=session_id,
            request=request_of(step, session_id, MARK),
            response=response,
            before=before,
            after=after,
            environment=self._environment,
            shown=self._shown.get(step.session),
        )
        found: list[Discrepancy] = []
        for one in self._plugins.judge(answer, index):
            if isinstance(one, JudgingError):
                self.log.plugin_errors.append(one)
            else:
                self.log.add(one)
                found.extend(one.discrepancies)
        return found

    def _known(self, session: int) -> KnownSession | None:
        models = self._oracle.models()
        return known(models[session]) if models else None

    def _judge_burst(self, group: range, outcomes: Sequence[Response | NoResponse]) -> None:
        with one_at_a_time(outcomes):
            judgement = self._oracle.judge_burst(group.start, outcomes)
        self.log.add(judgement)
        self.log.count((self.scenario.steps[index] for index in group), judgement)
        sessions = dict.fromkeys(self.scenario.steps[index].session for index in group)
        for session in sessions:
            self._shown.pop(session, None)  # any step of the burst may have come first
        if self._plugins and not judgement.inconclusive:
            for index, outcome in zip(group, outcomes, strict=True):
                if isinstance(outcome, Response) and outcome.status not in INCONCLUSIVE_STATUSES:
                    self._judged_by_plugins(index, outcome, None, None)
        if judgement.must_read:
            for session in sessions:
                self._relearn(session, group[-1])

    def _read_until_settled(self, step_index: int, judgement: Judgement) -> Judgement:
        """Reads a session again that was shown as it was before: is it the read, or the target?

        Returns:
            What to report: that the read was stale, or ``judgement``; nothing where no further read
            was answered.
        """
        session = self.scenario.steps[step_index].session
        outcome: Response | NoResponse = _STOPPED
        for pause in self._lag.pauses():
            self._sender.pause(pause)
            outcome = self._read(session, step_index)
            if outcome is _STOPPED:
                break
            settled = self._oracle.settle_read(outcome)
            if settled is not None:
                self._lag.note(stale=True)
                return settled
        self._oracle.learn_from_read(session, outcome)
        if isinstance(outcome, NoResponse):
            return Judgement(inconclusive=(_UNSETTLED,))
        self._lag.note(stale=False)
        return msgspec.structs.replace(judgement, must_read=False)

    def _relearn(self, session: int, step_index: int) -> None:
        """Reads what the target holds, and believes it, so that one bug is not found twice."""
        self._oracle.learn_from_read(session, self._read(session, step_index))

    def _read(self, session: int, step_index: int) -> Response | NoResponse:
        if not self._sender.may_send():
            return _STOPPED
        self._reads[step_index] += 1
        number = added_read(step_index, self._reads[step_index])
        request = self._request(Fetch(session=session), number)
        outcome = self._room.admitted(self._sender.send(request, self._id.mark, self._own_codes))
        self.log.note(step_index, request, outcome)
        self.log.note_time(step_index, Operation.GET, request, outcome)
        self.log.note_latency(Operation.GET, outcome)
        return outcome

    def _send(self, group: range) -> list[Response | NoResponse]:
        steps = [self.scenario.steps[index] for index in group]
        requests = [
            self._request(step, str(index + 1)) for index, step in zip(group, steps, strict=True)
        ]
        began = time()
        outcomes = self._sender.send_group(
            steps, requests, self._id.mark, self._own_codes, burst=self._is_burst(group)
        )
        outcomes = [self._room.admitted(one) for one in outcomes]
        for index, step, request, outcome in zip(group, steps, requests, outcomes, strict=True):
            self.log.note(index, request, outcome)
            # A burst begins at once; of other groups only the last request has just ended.
            is_earlier = self._is_burst(group) or index != group[-1]
            self.log.note_time(
                index, step.operation, request, outcome, began=began if is_earlier else None
            )
            if not isinstance(step, Raw):  # which may be slow on purpose
                self.log.note_latency(step.operation, outcome)
        return outcomes

    def _request(self, step: Step, number: str) -> Request:
        session_id = self.scenario.sessions[step.session]
        trace = request_name(self._id.name, number)
        return request_of(step, session_id, self._id.mark, self._own_codes, trace=trace)

    def _is_burst(self, group: range) -> bool:
        return self.scenario.burst is not None and group.start == self.scenario.burst[0]


def step_groups(scenario: Scenario) -> Iterator[range]:
    """The indexes of steps that go out together, in order: mostly one."""
    index = 0
    while index < len(scenario.steps):
        group = _group_at(scenario, index)
        yield group
        index = group.stop


def _group_at(scenario: Scenario, index: int) -> range:
    """The steps that go out with the one at ``index``: a burst, or a raw step and its read.

    The read goes over the connection of the raw request: whatever that was, the next one is served.
    """
    if scenario.burst is not None and index == scenario.burst[0]:
        return range(*scenario.burst)
    step = scenario.steps[index]
    if isinstance(step, Raw) and index + 1 < len(scenario.steps):
        following = scenario.steps[index + 1]
        if isinstance(following, Fetch) and following.session == step.session:
            return range(index, index + 2)
    return range(index, index + 1)
