"""HTTP requests and responses, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from ..contract import Credentials

UNREAD: Final = object()
"""In the place of a value that nobody has decoded yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request, without the host and the API key, which only the transport knows."""

    method: str
    target: str
    """Path and query, percent-encoded, starting with a slash."""
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    """Header lines besides the usual ones; one replaces a usual line of the same name."""
    omitted_headers: tuple[str, ...] = ()
    """Lower-case names of usual header lines that are left out."""
    credentials: Credentials = Credentials.VALID
    trace: str = ""
    """What `cartfuzz.wire.trace.trace_name` makes of it; empty: it carries no name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One HTTP response."""

    status: int
    body: bytes
    """At most as long as the transport's bound; the API key in it is redacted."""
    elapsed_sec: float = 0.0
    content_type: str = ""
    retry_after_sec: float | None = None
    truncated: bool = False
    """The body went on past the bound: it is not judged."""
    shows_key: bool = False
    """The response held the API key (ERR-03)."""
    decoded: Any = field(default=UNREAD, init=False, repr=False, compare=False)
    """The JSON value of ``body`` once `cartfuzz.wire.encoding.json_of` was asked for it: several
    possible states of a target are judged by one value, and none of them changes it."""

    @property
    def accepted(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300


class Delivery(StrEnum):
    """Whether a request without a response reached the target."""

    NOT_SENT = "not sent"
    """No connection could be made: the target cannot have seen it."""
    UNKNOWN = "unknown"
    """The target may have applied it or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoResponse:
    """A request without a response. Never a violation: connections break."""

    fate: Delivery
    reason: str
    """A few words, free of secrets: ``"connection refused"``, ``"cut after sending"``."""
    elapsed_sec: float = field(default=0.0, compare=False)
    unreachable: bool = field(default=False, compare=False)
    """No connection could be made at all."""
    held_back: bool = field(default=False, compare=False)
    """Cartfuzz or a plugin did not let it out, or could not read it: that says nothing of the
    target."""
