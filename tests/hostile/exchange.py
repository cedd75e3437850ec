"""What a mode gets and what it gives: one exchange, and the moves that answer it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]


class Move(Enum):
    """What the server does to the connection, apart from sending bytes."""

    RESET = auto()
    """Ends it with an RST segment."""
    CLOSE = auto()
    HALF_CLOSE = auto()
    """Ends the own direction only, and reads on."""
    HANG = auto()
    """Sends nothing more until the client is gone."""


@dataclass(frozen=True)
class Pause:
    """Waits before the next move."""

    seconds: float


Moves: TypeAlias = Iterable[bytes | Move | Pause]


@dataclass(frozen=True)
class Answer:
    """One complete response of the lawful server."""

    status: int
    reason: bytes
    headers: Headers
    """Without those that frame the body."""
    body: bytes

    def message(self) -> bytes:
        """The bytes of it on the wire."""
        return message(self.body, status=self.status, reason=self.reason, headers=self.headers)


@dataclass(frozen=True)
class Exchange:
    """One request, and the answer that a lawful server gives to it."""

    request: bytes
    """As far as it was read."""
    answer: Answer
    key: str
    """The API key of the target."""
    canary: str
    """URL of a server that must see no request."""
    earlier: tuple[Answer, ...] = field(default=())
    """Answers of earlier exchanges, oldest first; some of each session."""
    number: int = 0
    """How many answers were changed before this one."""

    def json(self) -> Json:
        """The lawful body; an empty object where it holds no JSON."""
        try:
            found: Json = json.loads(self.answer.body)
        except ValueError:
            return {}
        return found


def message(
    body: bytes,
    *,
    status: int | str = 200,
    reason: bytes = b"OK",
    headers: Headers = ((b"content-type", b"application/json"),),
) -> bytes:
    """A response with the right Content-Length."""
    lines = [b"HTTP/1.1 " + str(status).encode() + b" " + reason]
    lines += [name + b": " + value for name, value in headers]
    return b"\r\n".join([*lines, b"content-length: " + str(len(body)).encode(), b"", body])


def body_replaced(exchange: Exchange, body: bytes) -> bytes:
    """The lawful response with another body."""
    answer = exchange.answer
    return message(body, status=answer.status, reason=answer.reason, headers=answer.headers)


def header_added(exchange: Exchange, name: bytes, value: bytes) -> bytes:
    """The lawful response with one header line more."""
    answer = exchange.answer
    return Answer(
        answer.status, answer.reason, (*answer.headers, (name, value)), answer.body
    ).message()


def planted(exchange: Exchange, raw: bytes) -> bytes:
    """The lawful response with ``raw`` as attributes of its session, or as details of a refusal.

    ``raw`` goes out as it is, so it may be what no JSON library writes.
    """
    mark = "@planted@"
    value = exchange.json()
    if isinstance(value, dict):
        session = value.get("customerSession")
        if isinstance(session, dict):
            value = {**value, "customerSession": {**session, "attributes": mark}}
        else:
            value = {**value, "details": mark}
    body = json.dumps(value).encode()
    return body_replaced(exchange, body.replace(f'"{mark}"'.encode(), raw))


def texts_changed(value: Json, change: Callable[[str], str]) -> Json:
    """``value`` with each text in it changed, but for the names of members."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [texts_changed(item, change) for item in value]
    if isinstance(value, dict):
        return {name: texts_changed(item, change) for name, item in value.items()}
    return value


def leaves_changed(value: Json, change: Callable[[Json], Json]) -> Json:
    """``value`` with each text, number, boolean and null in it changed."""
    if isinstance(value, list):
        return [leaves_changed(item, change) for item in value]
    if isinstance(value, dict):
        return {name: leaves_changed(item, change) for name, item in value.items()}
    return change(value)


def session_changed(exchange: Exchange, members: Mapping[str, Json]) -> bytes:
    """The lawful response with some members of its session replaced."""
    value = exchange.json()
    if isinstance(value, dict):
        session = value.get("customerSession")
        inner = {**(session if isinstance(session, dict) else {}), **members}
        value = {**value, "customerSession": inner}
    return body_replaced(exchange, json.dumps(value).encode())


def refusal(text: str, *, status: int = 400, reason: bytes = b"Bad Request") -> bytes:
    """A refusal in the error format, with ``text`` as message and title."""
    return message(error_body(text), status=status, reason=reason)


def error_body(text: str) -> bytes:
    """A body in the error format."""
    return json.dumps({"message": text, "errors": [{"title": text, "details": text}]}).encode()


def repeated(piece: bytes, total: int) -> bytes:
    """``piece`` again and again, ``total`` bytes or a little less."""
    return piece * (total // len(piece))


def endless(piece: bytes) -> Iterator[bytes]:
    """``piece`` for ever."""
    while True:
        yield piece
