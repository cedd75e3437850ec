"""Defines the operations of a client on sessions, and scenarios made of them, as frozen values.

A scenario can be written as JSON and read back without loss. It neither sends nor judges.

**The mark.** Each execution of a scenario must have sessions of its own, so that executions do not
share state and everything that a run created can be found again. So a scenario holds `MARK`, a
placeholder of fixed length, in its session IDs and wherever else a value must be unique. The
executor replaces the placeholder by a mark of that execution that has the same length, so that
lengths at a limit stay at the limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import msgspec

from .states import Operation

MARK = "cf-00000000-0000000000"
"""The placeholder: ``cf-``, 8 characters for the run, ``-``, 10 for the execution."""

API_KEY = "{api-key}"
"""The placeholder for the target's API key in header lines of a raw request. Only the transport,
which knows the key, replaces it."""

SESSION_IN_PATH = "{session}"
"""In the path of an operation of a plugin: the session ID as one path segment."""

JsonValue = Any
"""A JSON value as `json` decodes it."""


class Credentials(StrEnum):
    """Which credentials a request carries."""

    VALID = "valid"
    MISSING = "missing"
    WRONG = "wrong"
    """A well-formed header with a key that the target never issued."""
    SCHEME = "scheme"
    """The right key under an authorization scheme that the API does not have."""


class Cut(StrEnum):
    """Where the client cuts the connection of a request, so that it receives no response."""

    HEAD = "in the head"
    """Before the end of the header lines: the target receives an incomplete request."""
    BODY = "in the body"
    """Before the last byte of the body: the target receives an incomplete request."""
    SENT = "after sending"
    """After the last byte of the request: the target may apply it or not."""
    ANSWER = "in the answer"
    """At the first byte of the response: the target has decided, the client does not know how."""

    @property
    def whole(self) -> bool:
        """Whether the target receives the whole request."""
        return self in (Cut.SENT, Cut.ANSWER)


class Update(msgspec.Struct, frozen=True, tag="update", kw_only=True, omit_defaults=True):
    """``PUT /v2/customer_sessions/{id}``."""

    session: int = 0
    """Which session: an index into `Scenario.sessions`."""
    body: JsonValue
    """The whole request body: an IntegrationRequest, or a JSON value in the place of one."""
    dry: bool = False
    """Whether the target is asked not to store anything."""
    now: str | None = None
    """The ``now`` query parameter (current only); None: not sent."""
    cut: Cut | None = None
    """Where the connection is cut; None: it is not."""
    idempotency_key: str | None = None
    """The ``Idempotency-Key`` header (`current` only); None: not sent."""
    credentials: Credentials = Credentials.VALID
    aims: tuple[str, ...] = ()
    """The rules that this step puts to the test."""

    @property
    def operation(self) -> Operation:
        """The operation of the API that the step requests."""
        return Operation.UPDATE


class Fetch(msgspec.Struct, frozen=True, tag="get", kw_only=True, omit_defaults=True):
    """``GET /v2/customer_sessions/{id}``."""

    session: int = 0
    credentials: Credentials = Credentials.VALID
    aims: tuple[str, ...] = ()

    @property
    def operation(self) -> Operation:
        """The operation of the API that the step requests."""
        return Operation.GET

    @property
    def cut(self) -> None:
        """The connection is never cut."""
        return None

    @property
    def dry(self) -> bool:
        """There is no dry form of it."""
        return False

    @property
    def body(self) -> None:
        """The request has no body."""
        return None


class ReturnItems(msgspec.Struct, frozen=True, tag="return", kw_only=True, omit_defaults=True):
    """``POST /v2/customer_sessions/{id}/returns``."""

    session: int = 0
    body: JsonValue
    """The whole request body: a ReturnIntegrationRequest, or something that should be one."""
    dry: bool = False
    idempotency_key: str | None = None
    """The ``Idempotency-Key`` header (current only); None: not sent."""
    run_rule_engine: bool | None = None
    """The ``runRuleEngine`` query parameter (`current` only), which decides on effects alone; None:
    not sent."""
    cut: Cut | None = None
    """Where the connection is cut; None: it is not."""
    credentials: Credentials = Credentials.VALID
    aims: tuple[str, ...] = ()

    @property
    def operation(self) -> Operation:
        """The operation of the API that the step requests."""
        return Operation.RETURN


class Reopen(msgspec.Struct, frozen=True, tag="reopen", kw_only=True, omit_defaults=True):
    """``PUT /v2/customer_sessions/{id}/reopen`` (current only)."""

    session: int = 0
    cut: Cut | None = None
    idempotency_key: str | None = None
    """The ``Idempotency-Key`` header; None: not sent."""
    credentials: Credentials = Credentials.VALID
    aims: tuple[str, ...] = ()

    @property
    def operation(self) -> Operation:
        """The operation of the API that the step requests."""
        return Operation.REOPEN

    @property
    def dry(self) -> bool:
        """There is no dry form of it."""
        return False

    @property
    def body(self) -> None:
        """The request has no body."""
        return None


class Raw(msgspec.Struct, frozen=True, tag="raw", kw_only=True, omit_defaults=True):
    """A request that no well-behaved client sends: any bytes, any method, any header lines.

    Or one of an operation that a plugin describes (`own`), which the contract does not know.
    """

    session: int = 0
    endpoint: Operation = Operation.UPDATE
    """The endpoint, which gives the path and the method where ``path`` and ``method`` are None."""
    oddity: str = msgspec.field(name="what")
    """What is odd about it, as a short stable key: ``"truncated JSON"``."""
    method: str | None = None
    path: str | None = None
    """The path as it is sent, with `MARK` in the session ID; None: that of the endpoint."""
    query: str = ""
    """As it is sent, without the question mark."""
    headers: tuple[tuple[str, str], ...] = ()
    """Header lines that replace the usual ones of the same name, or are added to them."""
    omitted_headers: tuple[str, ...] = msgspec.field(default=(), name="without")
    """Lower-case names of usual header lines that are not sent."""
    body: bytes = b""
    """As it is sent, except for `MARK`; base64 in the JSON of a scenario."""
    credentials: Credentials = Credentials.VALID
    aims: tuple[str, ...] = ()
    own: str = ""
    """The operation of a plugin that it requests, see `OwnOperation`; `SESSION_IN_PATH` in the path
    is replaced by the session ID then. Empty: it is one of the API's."""

    @property
    def operation(self) -> Operation:
        """The operation of the API that the step requests."""
        return self.endpoint

    @property
    def cut(self) -> None:
        """The connection is never cut."""
        return None

    @property
    def dry(self) -> bool:
        """There is no dry form of it."""
        return False


Step = Update | Fetch | ReturnItems | Reopen | Raw


class Scenario(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A sequence of operations on a few sessions, with at most one burst of concurrent ones.

    Raises:
        ValueError: a session ID does not hold the mark exactly once, a step names a session that
            does not exist, or the burst is not a range of the steps or holds an operation of a
            plugin.
    """

    title: str
    """What the scenario is about, in a few plain words."""
    sessions: tuple[str, ...]
    """The session IDs, each holding `MARK` exactly once."""
    steps: tuple[Step, ...]
    burst: tuple[int, int] | None = None
    """Index of the first step that is sent concurrently, and the index after the last one; each has
    a connection of its own. None: there is no burst."""

    def __post_init__(self) -> None:
        for session_id in self.sessions:
            if session_id.count(MARK) != 1:
                raise ValueError(
                    f"session ID {session_id!r} must hold the mark {MARK!r} exactly once, "
                    "so that each execution has a session of its own"
                )
        for step_index, step in enumerate(self.steps):
            if not 0 <= step.session < len(self.sessions):
                raise ValueError(
                    f"step {step_index} names session {step.session}, "
                    f"but the scenario has {len(self.sessions)}"
                )
        if self.burst is not None:
            self._check_burst(*self.burst)

    def _check_burst(self, first: int, end: int) -> None:
        if not 0 <= first < end <= len(self.steps):
            raise ValueError(
                f"burst {self.burst} must be a range of the {len(self.steps)} steps, not empty"
            )
        for step in self.steps[first:end]:
            if isinstance(step, Raw) and step.own:
                raise ValueError(
                    f"the operation {step.own!r} of a plugin must not be within a burst, since no "
                    "order of it is known"
                )

    @property
    def aims(self) -> frozenset[str]:
        """The rules that any step puts to the test."""
        return frozenset(self._every_aim())

    def _every_aim(self) -> Iterator[str]:
        for step in self.steps:
            yield from step.aims
