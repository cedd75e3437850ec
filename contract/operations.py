"""What a client does, as values: operations on sessions, and scenarios made of them.

A scenario is frozen data. It can be written as JSON and read back whole, stored, sent by any
runner, and it cannot send or judge itself.

**The mark.** Each execution of a scenario must meet sessions of its own, so that replays never
see each other's state and everything a run made can be found again. A scenario therefore carries
`MARK`, a placeholder of fixed length, inside its session IDs and wherever else a value must be
unique. Whoever executes the scenario replaces the placeholder with a mark of that execution, of
the same length, so that every length limit stays where the scenario put it.
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
"""The placeholder for the target's key in header lines of a raw request. Only the transport, which
knows the key, puts it in."""

JsonValue = Any
"""A JSON value as `json` decodes it."""


class Credentials(StrEnum):
    """Which credentials a request carries."""

    VALID = "valid"
    MISSING = "missing"
    WRONG = "wrong"
    """A well-formed header with a key that the target never gave out."""
    SCHEME = "scheme"
    """The right key under an authorization scheme that the API does not have."""


class Cut(StrEnum):
    """Where the client cuts the connection of a request, so that no answer comes."""

    HEAD = "in the head"
    """Before the end of the header lines: the target never saw a whole request."""
    BODY = "in the body"
    """Before the last byte of the body: the target never saw a whole request."""
    SENT = "after sending"
    """Once everything was sent: the target may apply the request or not."""
    ANSWER = "in the answer"
    """At the first byte of the answer: the target has decided, the client does not know how."""

    @property
    def whole(self) -> bool:
        """Whether the target got the whole request."""
        return self in (Cut.SENT, Cut.ANSWER)


class Update(msgspec.Struct, frozen=True, tag="update", kw_only=True, omit_defaults=True):
    """``PUT /v2/customer_sessions/{id}``."""

    session: int = 0
    """Which session: an index into `Scenario.sessions`."""
    body: JsonValue
    """The whole request body: an IntegrationRequest, or something that should be one."""
    dry: bool = False
    now: str | None = None
    """The ``now`` query parameter (current only); None: not sent."""
    cut: Cut | None = None
    """Where the connection is cut; None: it is not."""
    credentials: Credentials = Credentials.VALID
    aims: tuple[str, ...] = ()
    """The rules that this step puts to the test."""

    @property
    def operation(self) -> Operation:
        return Operation.UPDATE


class Fetch(msgspec.Struct, frozen=True, tag="get", kw_only=True, omit_defaults=True):
    """``GET /v2/customer_sessions/{id}``."""

    session: int = 0
    credentials: Credentials = Credentials.VALID
    aims: tuple[str, ...] = ()

    @property
    def operation(self) -> Operation:
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
    cut: Cut | None = None
    """Where the connection is cut; None: it is not."""
    credentials: Credentials = Credentials.VALID
    aims: tuple[str, ...] = ()

    @property
    def operation(self) -> Operation:
        return Operation.RETURN


class Reopen(msgspec.Struct, frozen=True, tag="reopen", kw_only=True, omit_defaults=True):
    """``PUT /v2/customer_sessions/{id}/reopen`` (current only)."""

    session: int = 0
    cut: Cut | None = None
    credentials: Credentials = Credentials.VALID
    aims: tuple[str, ...] = ()

    @property
    def operation(self) -> Operation:
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
    """A request as no well-behaved client sends it: any bytes, any method, any header lines."""

    session: int = 0
    endpoint: Operation = Operation.UPDATE
    """The endpoint whose path, and whose method where ``method`` says nothing, it takes."""
    what: str
    """What is odd about it, as a small stable key: ``"truncated JSON"``."""
    method: str | None = None
    path: str | None = None
    """The path as sent, holding `MARK` where the endpoint's would; None: the endpoint's own."""
    query: str = ""
    """As sent, without the question mark."""
    headers: tuple[tuple[str, str], ...] = ()
    """Header lines that come in the place of those of the same name, or beside them."""
    without: tuple[str, ...] = ()
    """Lower-case names of header lines that are left out."""
    body: bytes = b""
    """As sent, but for `MARK`; base64 where the step is written as JSON."""
    credentials: Credentials = Credentials.VALID
    aims: tuple[str, ...] = ()

    @property
    def operation(self) -> Operation:
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
    """A sequence of operations on a few sessions, one after the other but for one burst."""

    title: str
    """What the scenario is about, in a few plain words."""
    sessions: tuple[str, ...]
    """The session IDs, each holding `MARK` exactly once."""
    steps: tuple[Step, ...]
    burst: tuple[int, int] | None = None
    """The steps from the first number up to, but without, the second are released together, each
    on a connection of its own; None: no two are."""

    def __post_init__(self) -> None:
        for session_id in self.sessions:
            if session_id.count(MARK) != 1:
                raise ValueError(
                    f"session ID {session_id!r} must hold the mark {MARK!r} exactly once, "
                    "so that each execution meets a session of its own"
                )
        for number, step in enumerate(self.steps):
            if not 0 <= step.session < len(self.sessions):
                raise ValueError(
                    f"step {number} names session {step.session}, "
                    f"but the scenario has {len(self.sessions)}"
                )

        if self.burst is not None and not 0 <= self.burst[0] < self.burst[1] <= len(self.steps):
            raise ValueError(
                f"burst {self.burst} must be a range of the {len(self.steps)} steps, not empty"
            )

    @property
    def aims(self) -> frozenset[str]:
        """All rules that any step aims at."""
        return frozenset(self._every_aim())

    def _every_aim(self) -> Iterator[str]:
        for step in self.steps:
            yield from step.aims
