"""Sends the requests of a test one after the other, each response judged as it comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..analysis import operations_of
from ..contract import (
    MARK,
    ContractVersion,
    Fetch,
    Reopen,
    ReturnItems,
    Scenario,
    SessionState,
    Step,
    Update,
)
from ..harness.errors import TargetError
from ..harness.execution import Execution
from ..record import Discrepancy, ScenarioRun
from ..wire import NoResponse, Request, Response
from ..wire.encoding import NOT_JSON, decode_json, session_view


class NoAnswerError(TargetError):
    """The target did not respond, or nothing was sent; nothing can be judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A response, in which the mark of the conversation is `cartfuzz.contract.MARK` again."""

    status: int
    body: Any
    """The JSON value; None where the response is not JSON."""
    discrepancies: tuple[Discrepancy, ...] = ()
    """What the test is not failed for: known, or about other rules than the test's."""

    @property
    def accepted(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300

    @property
    def session(self) -> Mapping[str, Any]:
        """The customer session in it; empty where there is none."""
        return session_view(self.body) or {}


class Conversation:
    """A few sessions of its own at the target, and all that was sent to them.

    Whatever holds `cartfuzz.contract.MARK` is unique to this conversation on the wire: session IDs,
    and texts made by `unique`.

    Args:
        execution: sends the steps and has the responses judged.
        url: of the target, for messages.
        version: the contract version that the target speaks.
        weigh: called with the discrepancies of each step; raises what fails the test.
        unanswered: called with the error that a request without an answer raises.
        doubt: returns why what was found proves nothing; empty: it does.
    """

    def __init__(
        self,
        execution: Execution,
        *,
        url: str,
        version: ContractVersion,
        weigh: Callable[[Conversation, Sequence[Discrepancy]], None],
        unanswered: Callable[[NoAnswerError], None],
        doubt: Callable[[], str] = lambda: "",
    ) -> None:
        self.execution = execution
        self._url = url
        self._version = version
        self._weigh = weigh
        self._unanswered = unanswered
        self._doubt = doubt
        self.undecided = ""
        """Why nothing that was answered proves anything; empty: it does."""

    @property
    def scenario(self) -> Scenario:
        """What was sent so far."""
        return self.execution.scenario

    @property
    def exchanges(self) -> Sequence[tuple[int, Request, Response | NoResponse]]:
        """Index of the step, request without its body, and what was answered."""
        return self.execution.log.sent

    def unique(self, name: str) -> str:
        """A text for profiles, codes and the like that no other conversation sends."""
        return f"{name}-{MARK}"

    def update(
        self,
        session: Mapping[str, Any] | None = None,
        *,
        state: SessionState | str | None = None,
        at: int = 0,
        dry: bool = False,
    ) -> Reply:
        """Updates a session and asks for it in the response.

        Args:
            session: fields of the session.
            state: the state to ask for; None: none.
            at: which session of the conversation, from 0.
            dry: whether nothing shall be stored.
        """
        __tracebackhide__ = True
        fields = dict(session or {})
        if state is not None:
            fields["state"] = SessionState(state).value
        body = {"customerSession": fields, "responseContent": ["customerSession"]}
        return self.send(Update(session=at, body=body, dry=dry))

    def read(self, *, at: int = 0) -> Reply:
        """Reads a session."""
        __tracebackhide__ = True
        return self.send(Fetch(session=at))

    def give_back(self, *items: Mapping[str, Any], at: int = 0, dry: bool = False) -> Reply:
        """Returns items: maps of ``position`` and ``quantity``."""
        __tracebackhide__ = True
        body = {
            "return": {"returnedCartItems": list(items)},
            "responseContent": ["customerSession"],
        }
        return self.send(ReturnItems(session=at, body=body, dry=dry))

    def reopen(self, *, at: int = 0) -> Reply:
        """Reopens a session (current only)."""
        __tracebackhide__ = True
        return self.send(Reopen(session=at))

    def send(self, step: Step) -> Reply:
        """Sends any step and has its response judged.

        Raises:
            ContractBrokenError: the response breaks the contract.
            NoAnswerError: there is none, or the answers prove nothing.
            ValueError: the contract version has no such operation.
        """
        __tracebackhide__ = True
        if step.operation not in operations_of(self._version):
            raise ValueError(
                f"contract {self._version.value} has no {step.operation.value}: "
                "use --cartfuzz-contract current for a target that has it"
            )
        result = self.execution.step(step)
        outcome = result.outcome
        if isinstance(outcome, NoResponse):
            error = NoAnswerError(f"{self._url}: no answer to {step!r:.200}: {outcome.reason}")
            self._unanswered(error)
            raise error
        self._weigh_found(result.discrepancies)
        body = decode_json(outcome.body)
        return Reply(
            status=outcome.status,
            body=None if body is NOT_JSON else body,
            discrepancies=tuple(result.discrepancies),
        )

    def settle(self) -> None:
        """Reports what only the next step could have explained: wrong answers to dry updates.

        Raises:
            ContractBrokenError: there is such an answer, and the test is about its rule.
        """
        __tracebackhide__ = True
        self._weigh_found(self.execution.settle())

    def finish(self) -> ScenarioRun:
        """What was sent so far and what it showed, as an event of the record."""
        return self.execution.finish(self.undecided)

    def _weigh_found(self, found: Sequence[Discrepancy]) -> None:
        __tracebackhide__ = True
        self.undecided = self.undecided or (self._doubt() if found else "")
        if self.undecided:
            error = NoAnswerError(
                f"{self._url}: {self.undecided}: what it answered proves nothing; try again"
            )
            self._unanswered(error)
            raise error
        self._weigh(self, found)
