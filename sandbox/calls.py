"""Defines the HTTP request, the reply and the refusal that the service works with."""

from __future__ import annotations

import json
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

UNKNOWN_SESSION = "no such session"
"""The title of every refusal because the session does not exist (ERR-05, RET-04, STATE-16)."""


async def _stays_connected() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP request, with the part of its body that arrived."""

    method: str
    path: bytes
    """The raw path, percent-encoded."""
    query: Mapping[str, str] = field(default_factory=dict)
    """Decoded query parameters; of a repeated one the last."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """By lower-case name."""
    body: bytes = b""
    whole: bool = True
    """Whether the client sent the body to its end."""
    gone: Callable[[], Awaitable[bool]] = _stays_connected
    """Waits a few milliseconds and returns whether the client has closed the connection."""

    @property
    def dry(self) -> bool:
        """Whether the request asks for a dry run (DRY-01, DRY-03)."""
        return self.query.get("dry") == "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One HTTP response."""

    status: int
    body: bytes
    content_type: str = "application/json"
    allow: str = ""
    """With status 405: the methods that the endpoint takes."""
    headers: tuple[tuple[str, str], ...] = ()
    """Other header lines: name and value."""


class Refusal(Exception):  # noqa: N818 - a refused request is not an error of the sandbox
    """The request is refused.

    Args:
        status: the HTTP status.
        title: what is wrong, for people.
        pointer: JSON Pointer to the wrong value in the body; empty: the body is not at fault.
        allow: with status 405, the methods that the endpoint takes.
    """

    def __init__(self, status: int, title: str, pointer: str = "", *, allow: str = "") -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.pointer = pointer
        self.allow = allow

    def content(self) -> dict[str, Any]:
        """The ErrorResponse that describes this refusal (ERR-01)."""
        error: dict[str, Any] = {"title": self.title}
        if self.pointer:
            error["source"] = {"pointer": self.pointer}
        return {"message": self.title, "errors": [error]}


def encode(value: Any) -> bytes:
    """``value`` as JSON. Lone surrogates become escapes, because UTF-8 cannot hold them."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return json.dumps(value).encode("ascii")


def decode(text: bytes) -> Any:
    """The JSON value of ``text``.

    Raises:
        Refusal: 400, ``text`` is not JSON, or holds a number beyond a double (ERR-04).
    """
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass  # lone surrogates and very long numbers are JSON that msgspec does not read
    try:
        return json.loads(text, parse_constant=_reject_constant, parse_float=_parse_float)
    except (ValueError, RecursionError):
        raise Refusal(400, f"the body must be JSON, found {len(text)} other bytes") from None


def _parse_float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise Refusal(400, f"a number must fit a double, found one of {len(text)} characters")
    return value


def _reject_constant(name: str) -> None:
    raise ValueError(f"JSON has no {name}")
