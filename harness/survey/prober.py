"""Sends the requests of a survey, and counts them."""

from __future__ import annotations

from typing import Any

from ...contract import MARK, Step, Update
from ...wire import NoResponse, Response
from ...wire.encoding import decode_json, request_of
from ...wire.marks import Use, mark_of
from ...wire.trace import execution_name, request_name
from ..preflight import quoted
from ..sender import Sender

_CANCEL = {"customerSession": {"state": "cancelled"}}
_INDEX_OF_FIRST = 1_000
"""The check before it, which uses the same marks, makes fewer executions."""


class Prober:
    """Sends requests of one run, each on a session of its own or on that of the one before.

    Args:
        sender: sends at the rate of the run.
        run_id: the run's part of the marks.
    """

    def __init__(self, sender: Sender, run_id: str) -> None:
        self._sender = sender
        self._run_id = run_id
        self._mark = ""
        self._marks = 0
        self.requests = 0
        self.latencies_sec: list[float] = []
        """Of the requests that were sent one by one."""
        self.rate_limited: list[Response] = []
        """The answers with 429."""
        self.unanswered = 0

    @property
    def mark(self) -> str:
        """Of the session that requests go to now."""
        return self._mark

    def new_session(self) -> None:
        """Lets the next requests go to a session that does not exist yet."""
        self._mark = mark_of(self._run_id, _INDEX_OF_FIRST + self._marks, use=Use.PREFLIGHT)
        self._marks += 1

    def cancel(self, mark: str) -> bool:
        """Whether the session with ``mark`` was cancelled."""
        self._mark = mark
        answer = self.send(Update(body=_CANCEL))
        return answer is not None and answer.accepted

    def send(self, step: Step) -> Response | None:
        """The answer to ``step``; None: there is none."""
        self._sender.may_send()
        self.requests += 1
        request = request_of(step, MARK, self._mark, trace=self._name())
        outcome = self._sender.send(request, self._mark)
        return self._noted(outcome)

    def send_at_once(self, steps: list[Update]) -> list[Response | None]:
        """The answers to ``steps``, which are released together."""
        self._sender.may_send(len(steps))
        self.requests += len(steps)
        name = self._name()
        requests = [request_of(step, MARK, self._mark, trace=name) for step in steps]
        outcomes = self._sender.send_group(steps, requests, self._mark, burst=True)
        return [self._noted(one, alone=False) for one in outcomes]

    def dry(self, session: dict[str, Any]) -> Response | None:
        """The answer to a dry update of a session that does not exist: nothing is stored."""
        self.new_session()
        return self.send(dry_update(session))

    def _name(self) -> str:
        """The name of the request that was counted last."""
        return request_name(execution_name(self._run_id, "check"), self.requests)

    def _noted(self, outcome: Response | NoResponse, *, alone: bool = True) -> Response | None:
        if isinstance(outcome, NoResponse):
            self.unanswered += 1
            return None
        if alone:
            self.latencies_sec.append(outcome.elapsed_sec)
        if outcome.status == 429:
            self.rate_limited.append(outcome)
        return outcome


def dry_update(session: dict[str, Any]) -> Update:
    """A dry update that asks for the session in its answer."""
    return Update(
        body={"customerSession": session, "responseContent": ["customerSession"]}, dry=True
    )


def refused(response: Response | None) -> bool:
    """Whether the target does not take the content of a request."""
    return response is not None and response.status in (400, 413, 422)


def words(response: Response | None) -> str:
    """Status and error text of an answer, for a message."""
    return "no answer" if response is None else quoted(response)


def body_of(response: Response | None) -> object:
    """The decoded body of an answer; None: there is none that can be read."""
    return None if response is None else decode_json(response.body)
