"""What the sandbox's decisions are made of: a call that came in, and a refusal."""

from __future__ import annotations

import json
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec


async def _listening() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP request, read as far as it came."""

    method: str
    path: bytes
    """The raw path, still percent-encoded."""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """By lower-case name."""
    body: bytes = b""
    whole: bool = True
    """Whether the client sent all of the body."""
    gone: Callable[[], Awaitable[bool]] = _listening
    """Waits a moment and tells whether the client has closed the connection."""

    @property
    def dry(self) -> bool:
        return self.query.get("dry") == "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What goes back."""

    status: int
    body: bytes
    content_type: str = "application/json"
    allow: str = ""
    """With 405: the methods that the endpoint takes."""


class Refusal(Exception):  # noqa: N818 - a refusal is no error of ours
    """The request is refused.

    Args:
        status: the HTTP status.
        title: what is wrong, for people.
        pointer: JSON Pointer to what is wrong in the body; empty: nothing in it.
        allow: with 405, the methods that the endpoint takes.
    """

    def __init__(self, status: int, title: str, pointer: str = "", *, allow: str = "") -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.pointer = pointer
        self.allow = allow

    def content(self) -> dict[str, Any]:
        """The ErrorResponse."""
        error: dict[str, Any] = {"title": self.title}
        if self.pointer:
            error["source"] = {"pointer": self.pointer}
        return {"message": self.title, "errors": [error]}


def encode(value: Any) -> bytes:
    """``value`` as JSON; lone surrogates as escapes, since UTF-8 cannot hold them."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return json.dumps(value).encode("ascii")


def decode(text: bytes) -> Any:
    """The JSON value of ``text``.

    Raises:
        Refusal: 400, ``text`` is no JSON, or holds a number beyond a double.
    """
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass  # lone surrogates and very long numbers are JSON that msgspec does not read
    try:
        return json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError):
        raise Refusal(400, "the body is not JSON") from None


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise Refusal(400, "a number is too large")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(name)
