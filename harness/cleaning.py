"""Cancels the sessions that a run has left open or closed.

Each session is read first: an update of one that does not exist would make it. What is open, closed
or partially returned is cancelled, which gives back what it has redeemed (STATE-05, STATE-06,
STATE-10); what is cancelled already is left alone. Only sessions whose ID holds the run's mark are
ever written to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from threading import Lock

from ..contract import SessionState
from ..record.made_sessions import Left, MadeSessions
from ..wire import NoResponse, Request, Response, session_view
from ..wire.encoding import decode_json, encode_json
from ..wire.trace import execution_name, request_name
from .errors import CredentialsRefusedError, TargetUnreachableError
from .sender import Sender

MAX_NAMED = 1_000
"""Sessions that could not be cancelled, of which a result has the names."""
_SESSIONS = "/v2/customer_sessions/"
_CANCEL = encode_json(
    {
        "customerSession": {"state": SessionState.CANCELLED.value},
        "responseContent": ["customerSession"],
    }
)
_NOT_FOUND = 404
_UNKNOWN_PATH = frozenset((400, _NOT_FOUND, 405))
_REFUSED_KEY = frozenset((401, 403))
_MAX_UNANSWERED = 5
"""After so many requests in a row without any answer, the target is gone."""
_BATCH = 64
"""Executions whose sessions are cleaned before the next ones are read from the ledger."""


class _OverError(Exception):
    """The time is up, or the user stops it."""


class Fate(StrEnum):
    """What became of a session."""

    CANCELLED = "cancelled"
    WAS_CANCELLED = "was cancelled already"
    ABSENT = "does not exist"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftSession:
    """A session that could not be cancelled."""

    name: str
    """As in `MadeSessions.names`."""
    reason: str


@dataclass(slots=True, kw_only=True)
class CleaningResult:
    """What a cleaning did."""

    fates: dict[Fate, int] = field(default_factory=lambda: dict.fromkeys(Fate, 0))
    left: list[LeftSession] = field(default_factory=list)
    """At most `MAX_NAMED` of those that could not be cancelled."""
    not_tried: int = 0
    """Sessions that may be left and were not reached in time."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left that is not cancelled."""
        return not self.fates[Fate.LEFT] and not self.not_tried


class Cleaner:
    """Cancels the sessions of one run.

    Args:
        sender: sends at the rate that the user allows.
        run_id: of the run.
        note: is given the mark of each execution and the states of its sessions after.
        is_over: returns, before each session, whether the time is up or the user stops it.
        in_flight: sessions at once.
    """

    def __init__(
        self,
        sender: Sender,
        *,
        run_id: str,
        note: Callable[[str, tuple[Left, ...]], None],
        is_over: Callable[[], bool] = lambda: False,
        in_flight: int = 1,
    ) -> None:
        self._sender = sender
        self._prefix = f"cf-{run_id}-"
        self._name = execution_name(run_id, "clean")
        self._note = note
        self._time_is_over = is_over
        self._ended = False
        self._in_flight = in_flight
        self._unanswered = 0
        self._lock = Lock()
        self.result = CleaningResult()
        """Of what was cleaned so far."""

    def clean(self, made: Iterable[MadeSessions]) -> CleaningResult:
        """Cancels what may be left of ``made``.

        Raises:
            TargetUnreachableError: nothing answers.
            CredentialsRefusedError: the target answers 401 or 403.
        """
        executions = iter(made)
        with ThreadPoolExecutor(self._in_flight, thread_name_prefix="cartfuzz-clean") as pool:
            try:
                while not self._is_over() and (batch := list(islice(executions, _BATCH))):
                    list(pool.map(self._clean_execution, batch))
            except BaseException:  # a stop too: the threads end with the request under way
                self._ended = True
                raise
        self.result.not_tried += sum(one.may_be_left for one in executions)
        return self.result

    def _clean_execution(self, made: MadeSessions) -> None:
        states = list(made.states)
        for index, name in enumerate(made.names):
            if states[index] is Left.CLEANED:
                continue
            if self._is_over():
                self._count_not_tried(states[index:])
                break
            try:
                fate = self._clean_session(name, made.mark, made.states[index])
            except _OverError:
                self._count_not_tried(states[index:])
                break
            with self._lock:
                self.result.fates[fate] += 1
            if fate is not Fate.LEFT:
                states[index] = Left.CLEANED
        if tuple(states) != made.states:
            self._note(made.mark, tuple(states))

    def _is_over(self) -> bool:
        return self._ended or self._time_is_over()

    def _count_not_tried(self, states: Iterable[Left]) -> None:
        with self._lock:
            rest = MadeSessions(mark="", names=(), states=tuple(states))
            self.result.not_tried += rest.may_be_left

    def _clean_session(self, name: str, mark: str, believed: Left) -> Fate:
        if self._prefix not in name:
            return self._left(name, "its ID does not hold the mark of the run: not touched")
        read = self._send("GET", name, mark, None)
        if isinstance(read, Response) and read.status == _NOT_FOUND:
            return Fate.ABSENT
        is_odd = believed is Left.NEVER_MADE or name.startswith("/")
        if is_odd and isinstance(read, Response) and read.status in _UNKNOWN_PATH:
            return Fate.ABSENT  # an ID or a path that the target refuses
        state = _state(read)
        if state == SessionState.CANCELLED:
            return Fate.WAS_CANCELLED
        if state is None:
            return self._left(name, f"the read of it: {_words(read)}")
        written = self._send("PUT", name, mark, _CANCEL)
        shown = _state(written)
        if shown is None and isinstance(written, Response) and written.accepted:
            shown = _state(self._send("GET", name, mark, None))  # the answer shows no session
        if shown == SessionState.CANCELLED:
            return Fate.CANCELLED
        return self._left(name, f"{state}; its cancellation: {_words(written)}")

    def _left(self, name: str, reason: str) -> Fate:
        with self._lock:
            if len(self.result.left) < MAX_NAMED:
                self.result.left.append(LeftSession(name=name, reason=reason))
        return Fate.LEFT

    def _send(self, method: str, name: str, mark: str, body: bytes | None) -> Response | NoResponse:
        request = Request(
            method=method,
            target=name if name.startswith("/") else f"{_SESSIONS}{name}",
            body=body,
            trace=request_name(self._name, "cancel" if body else "read"),
        )
        if not self._sender.may_send():
            raise _OverError
        outcome = self._sender.send(request, mark)
        with self._lock:
            self._unanswered = self._unanswered + 1 if isinstance(outcome, NoResponse) else 0
            gone = self._unanswered >= _MAX_UNANSWERED
        if gone and isinstance(outcome, NoResponse):
            self._ended = True
            raise TargetUnreachableError(
                f"the target does not answer: {outcome.reason}; start it, or correct the URL"
            )
        if isinstance(outcome, Response) and outcome.status in _REFUSED_KEY:
            self._ended = True
            raise CredentialsRefusedError(
                f"the target refuses the API key with {outcome.status}; set the environment "
                "variable to the key that the run had"
            )
        return outcome


def may_be_left(made: Iterable[MadeSessions]) -> int:
    """How many sessions of ``made`` exist and are not cancelled, as far as is known."""
    return sum(one.may_be_left for one in made)


def _state(outcome: Response | NoResponse) -> str | None:
    """The state of the session that an answer shows; None: it shows none."""
    if isinstance(outcome, NoResponse) or not outcome.accepted:
        return None
    view = session_view(decode_json(outcome.body))
    state = view.get("state") if view is not None else None
    return state if isinstance(state, str) else None


def _words(outcome: Response | NoResponse) -> str:
    if isinstance(outcome, NoResponse):
        return f"no answer ({outcome.reason})"
    state = _state(outcome)
    return f"answered {outcome.status}" + (f" with the state {state}" if state else "")
