"""One execution of a scenario on two targets: each step goes to both, then both answers are
compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeGuard

import msgspec

from ...analysis.side_by_side import (
    MOST_DEPTH,
    NOTHING_IGNORED,
    Answer,
    ComparedStep,
    Difference,
    Ignored,
    Renaming,
    SessionKinds,
    ShownDifference,
    answer_of,
    compare_answers,
    marked_lines,
    nests_too_deep,
)
from ...contract import Fetch, Scenario, SessionState, Step, Update
from ...record import encode_value
from ...wire import NoResponse, OwnCodes, Request, Response
from ...wire.encoding import body_with_placeholders, request_of
from ...wire.trace import request_name
from ..execution import step_groups
from ..replica_lag import ReplicaLag
from ..scarce_codes import ScarceCodes
from ..sender import Sender

_UNDECIDED = frozenset((408, 429))
"""What depends on time and load alone."""
_GATEWAYS = frozenset((None, 502, 503, 504))
"""No answer, or that of a gateway: the target may be gone, or this request may bring it down."""
_CANCEL = {"customerSession": {"state": SessionState.CANCELLED.value}}
_MAX_BODY = 4_096
"""Characters of a request or an answer in a result."""
_MAX_BODIES = 65_536
"""Characters of all answers of one scenario in a result: hundreds of scenarios are kept."""
_MOST_SHOWN = 5
"""Differences of a step in a result."""
_STATE = "customerSession.state"


@dataclass(kw_only=True)
class PairedRun:
    """What an execution on two targets showed. Pairs have the old target first."""

    scenario: Scenario
    ignored: Ignored = NOTHING_IGNORED
    requests: list[int] = field(default_factory=lambda: [0, 0])
    usable: list[bool] = field(default_factory=lambda: [False, False])
    """Whether a target gave any answer that can be compared."""
    accepted_writes: list[int] = field(default_factory=lambda: [0, 0])
    failure: list[str] = field(default_factory=lambda: ["", ""])
    """Why a target gave its last unusable answer."""
    answers: dict[int, tuple[Answer, Answer]] = field(default_factory=dict)
    """By step."""
    situations: dict[int, str] = field(default_factory=dict)
    """By step, the key of its situation."""
    steps: list[ComparedStep] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    not_compared: Counter[str] = field(default_factory=Counter)
    settled_reads: int = 0

    def first_shown(self, signature: str) -> Difference | None:
        """The first difference with ``signature``; None: there is none."""
        return self.by_signature.get(signature)

    @cached_property
    def by_signature(self) -> Mapping[str, Difference]:
        """The first difference with each signature, once the execution is over."""
        first: dict[str, Difference] = {}
        for one in self.differences:
            first.setdefault(one.signature, one)
        return first

    @cached_property
    def kept(self) -> PairedRun:
        """What is kept of the execution once it is over: `steps` hold the beginning of each answer,
        with what differs marked."""
        longest = min(_MAX_BODY, _MAX_BODIES // (2 * len(self.steps) or 1))
        steps = [self._shortened(step, longest) for step in self.steps]
        return replace(self, answers={}, differences=[], steps=steps)

    def _shortened(self, step: ComparedStep, longest: int) -> ComparedStep:
        marked = step.marked
        if step.differences and step.step in self.answers:
            marked = tuple(marked_lines(*self.answers[step.step], self.ignored))
        return msgspec.structs.replace(
            step, old=step.old[:longest], new=step.new[:longest], marked=marked
        )

    @cached_property
    def length(self) -> int:
        """Of the scenario, in bytes."""
        return len(encode_value(self.scenario))


class Pair:
    """Two targets that get the same requests.

    Args:
        old: sends to the old target.
        new: sends to the new one.
        scarce_codes: of the environment of both.
        ignored: what is not compared.
    """

    def __init__(
        self, old: Sender, new: Sender, *, scarce_codes: ScarceCodes, ignored: Ignored
    ) -> None:
        self._senders = (old, new)
        self._scarce_codes = scarce_codes
        self._ignored = ignored
        self._lag = ReplicaLag()

    def execute(self, scenario: Scenario, mark: str, *, execution: str = "") -> PairedRun:
        """Sends the steps of ``scenario`` under ``mark`` to both, until the targets part.

        Where one accepts what the other one refuses, or their sessions are in different states, all
        that follows would differ for the same reason: it is not sent.

        Args:
            scenario: what to send.
            mark: of the execution.
            execution: names it in the header line of each request; empty: there is none.
        """
        own_codes = self._scarce_codes.own_codes(scenario.steps, mark)
        with self._scarce_codes.reserved(scenario, own_codes, mark) as reservation:
            paired = _PairedExecution(
                self._senders,
                scenario,
                mark,
                own_codes,
                name=execution,
                ignored=self._ignored,
                lag=self._lag,
            )
            paired.send_all()
            paired.give_back(reservation.shared_by)
        return paired.run


class _PairedExecution:
    def __init__(
        self,
        senders: tuple[Sender, Sender],
        scenario: Scenario,
        mark: str,
        own_codes: OwnCodes,
        *,
        name: str,
        ignored: Ignored,
        lag: ReplicaLag,
    ) -> None:
        self._senders = senders
        self._scenario = scenario
        self._mark = mark
        self._own_codes = own_codes
        self._name = name
        self._ignored = ignored
        self._lag = lag
        self._renaming = Renaming()
        self._kinds = SessionKinds(len(scenario.sessions))
        self.run = PairedRun(scenario=scenario, ignored=ignored)

    def send_all(self) -> None:
        """Sends the steps in order, each to both targets."""
        for group in step_groups(self._scenario):
            steps = [self._scenario.steps[index] for index in group]
            requests = [
                self._request(step, str(index + 1))
                for index, step in zip(group, steps, strict=True)
            ]
            outcomes = [self._sent(side, steps, requests) for side in (0, 1)]
            for index, request, old, new in zip(group, requests, *outcomes, strict=False):
                if not self._compare(index, request, answer_of(old), answer_of(new)):
                    return
            if min(map(len, outcomes)) < len(requests):
                return  # stopped

    def give_back(self, sessions: Collection[int]) -> None:
        """Cancels ``sessions``, which may hold what later executions use again."""
        for session in sorted(sessions):
            for side in (0, 1):
                self._ask(side, Update(session=session, body=_CANCEL))

    def _sent(
        self, side: int, steps: Sequence[Step], requests: Sequence[Request]
    ) -> list[Response | NoResponse]:
        sender = self._senders[side]
        if not sender.may_send(len(requests)):
            return []
        self.run.requests[side] += len(requests)
        return sender.send_group(steps, requests, self._mark, self._own_codes, burst=False)

    def _ask(self, side: int, step: Step) -> Answer | None:
        """The answer of one target to a request beside the scenario; None: the run was stopped."""
        sender = self._senders[side]
        if not sender.may_send():
            return None
        self.run.requests[side] += 1
        request = self._request(step, "extra")
        return answer_of(sender.send(request, self._mark, self._own_codes))

    def _request(self, step: Step, number: str) -> Request:
        session_id = self._scenario.sessions[step.session]
        trace = request_name(self._name, number) if self._name else ""
        return request_of(step, session_id, self._mark, self._own_codes, trace=trace)

    def _compare(self, index: int, request: Request, old: Answer, new: Answer) -> bool:
        """Compares the answers to one step; whether the next step tells anything."""
        step, run = self._scenario.steps[index], self.run
        if not self._are_usable(step, (old, new)):
            return False
        if nests_too_deep(old.body) or nests_too_deep(new.body):
            run.not_compared[f"values that nest deeper than {MOST_DEPTH}"] += 1
        before = self._renaming.copy()
        shown = compare_answers(old, new, self._renaming, self._ignored)
        if shown and isinstance(step, Fetch):
            old, new, shown = self._settled(step, before, old, new, shown)
        situation = self._kinds.situation(step).key
        run.answers[index] = (old, new)
        run.situations[index] = situation
        run.steps.append(self._compared_step(index, request, old, new, shown))
        run.differences += (
            Difference(step=index, operation=step.operation.value, situation=situation, shown=one)
            for one in shown
        )
        for side, answer in enumerate((old, new)):
            run.accepted_writes[side] += answer.accepted and not isinstance(step, Fetch)
        self._kinds.learn(step, old)
        parted = old.accepted != new.accepted or (old.status is None) != (new.status is None)
        return not parted and all(one.difference.part != _STATE for one in shown)

    def _are_usable(self, step: Step, answers: tuple[Answer, Answer]) -> bool:
        """Whether the answers say something of the targets; notes what they do not."""
        reasons = []
        for side, answer in enumerate(answers):
            reason = ""
            if answer.status in _UNDECIDED or answer.status in _GATEWAYS:
                reason = answer.failure or f"answered {answer.status}"
            if answer.status in _GATEWAYS and self._is_alive(side, step):
                reason = ""
            if reason:
                self.run.failure[side] = f"{step.operation.value}: {reason}"
                reasons.append(f"{'the new' if side else 'the old'} target: {reason}")
            else:
                self.run.usable[side] = True
        self.run.not_compared.update(reasons)
        return not reasons

    def _is_alive(self, side: int, step: Step) -> bool:
        """Whether a target that did not answer a request answers the next one itself."""
        answer = self._ask(side, Fetch(session=step.session))
        return answer is not None and answer.status not in _GATEWAYS

    def _settled(
        self,
        step: Fetch,
        before: Renaming,
        old: Answer,
        new: Answer,
        shown: tuple[ShownDifference, ...],
    ) -> tuple[Answer, Answer, tuple[ShownDifference, ...]]:
        """Reads again where reads differ: one may be stale.

        Returns:
            Answers that agree, if any pair did; else those that were given.
        """
        for pause in self._lag.pauses():
            for sender in self._senders:
                sender.pause(pause)
            first, second = (self._ask(side, step) for side in (0, 1))
            if not (_can_be_compared(first) and _can_be_compared(second)):
                return old, new, shown
            renaming = before.copy()
            if not compare_answers(first, second, renaming, self._ignored):
                self._renaming = renaming
                self._lag.note(stale=True)
                self.run.settled_reads += 1
                return first, second, ()
        self._lag.note(stale=False)
        return old, new, shown

    def _compared_step(
        self,
        index: int,
        request: Request,
        old: Answer,
        new: Answer,
        shown: tuple[ShownDifference, ...],
    ) -> ComparedStep:
        body = body_with_placeholders(self._scenario.steps[index])
        return ComparedStep(
            step=index,
            method=request.method,
            target=request.target,
            body=body[:_MAX_BODY].decode("utf-8", "replace"),
            old_status=old.status,
            new_status=new.status,
            old=(old.failure or old.text)[:_MAX_BODY],
            new=(new.failure or new.text)[:_MAX_BODY],
            differences=shown[:_MOST_SHOWN],
        )


def _can_be_compared(answer: Answer | None) -> TypeGuard[Answer]:
    """Whether an answer came, and is that of the target itself."""
    return answer is not None and answer.status not in _UNDECIDED | _GATEWAYS
