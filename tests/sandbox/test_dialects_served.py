"""Tests the dialects of the HTTP stack on a real server: they show, and another client reads them.

The other client is h11, which is strict about HTTP/1.1.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import h11
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.sandbox import DIALECTS, start
from cartfuzz.sandbox.assembly import assembled
from cartfuzz.sandbox.calls import Refusal
from cartfuzz.sandbox.dialects import http

from .steps import KEY, Client, get

IDLE = {"ClosesIdleConnections": b"", "Answers408ToIdleConnections": b"HTTP/1.0 408 "}
"""What an idle connection gets before it ends, by dialect."""
UNSEEN = frozenset({"SendsBodiesInPieces", "AllowsTwentyRequestsASecond"})
"""The dialects whose octets are those of the clean sandbox, or depend on the time."""
BY_OCTETS = sorted(
    dialect.name
    for dialect in DIALECTS.values()
    if dialect.needs_server and dialect.name not in IDLE.keys() | UNSEEN
)
_TIME = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+Z")
_DATE = re.compile(rb"(?i)date: ?[^\r]*")
_BODY = json.dumps({"customerSession": {}, "responseContent": ["customerSession"]}).encode()


def request(connection: str) -> bytes:
    """An update, with a Connection header."""
    return (
        b"PUT /v2/customer_sessions/s HTTP/1.1\r\nHost: sandbox\r\n"
        b"Authorization: ApiKey-v1 %b\r\nConnection: %b\r\nContent-Length: %d\r\n\r\n%b"
        % (KEY.encode(), connection.encode(), len(_BODY), _BODY)
    )


def exchange(dialects: Sequence[str], *requests: bytes) -> bytes:
    """All octets that a server of its own sends on one connection."""
    with start(dialects=dialects, api_key=KEY) as sandbox:
        place = urlsplit(sandbox.url)
        with socket.create_connection((place.hostname, place.port), timeout=60) as connection:
            connection.sendall(b"".join(requests))
            return b"".join(iter(lambda: connection.recv(65536), b""))


def without_times(received: bytes) -> bytes:
    """What a server sent, with a mark for each time and each Date header."""
    return _DATE.sub(b"date", _TIME.sub(b"time", received))


@pytest.fixture(scope="module")
def of_clean() -> bytes:
    """What the clean sandbox sends in answer to twelve updates."""
    return exchange([], *[request("keep-alive")] * 11, request("close"))


@pytest.mark.parametrize("name", BY_OCTETS)
def test_a_dialect_shows_and_is_http(name: str, of_clean: bytes) -> None:
    """A dialect changes the octets of twelve answers; a strict client reads the first one alike."""
    spoken = exchange([name], *[request("keep-alive")] * 11, request("close"))
    assert without_times(spoken) != without_times(of_clean)
    assert parsed(spoken) == parsed(of_clean)


def parsed(received: bytes) -> tuple[int, Any]:
    """The status and the JSON value of the first final response, as h11 reads them."""
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method="PUT", target="/", headers=[("host", "sandbox")]))
    client.send(h11.EndOfMessage())
    client.receive_data(received)
    client.receive_data(b"")
    status, body = 0, b""
    while not isinstance(event := client.next_event(), h11.EndOfMessage):
        if isinstance(event, h11.Response):
            status = event.status_code
        elif isinstance(event, h11.Data):
            body += event.data
    return status, json.loads(without_times(body))


@pytest.mark.parametrize("name", IDLE)
def test_an_idle_connection_ends(name: str) -> None:
    """A connection that sends nothing more ends by itself, after what the dialect sends."""
    answered = without_times(exchange([name], request("keep-alive")))
    closed = without_times(exchange([], request("close")))
    first = closed.replace(b"connection: close\r\n", b"")
    assert answered.startswith(first)
    assert answered.removeprefix(first).startswith(IDLE[name])


def test_pieces_add_up() -> None:
    """A body in two pieces is the whole body."""
    service = assembled(EXAMPLE_ENVIRONMENT, (), ("SendsBodiesInPieces",), KEY)
    assert service.body_pieces(b"abcde") == [b"ab", b"cde"]


def test_the_rate_is_limited_by_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 21 requests in one second the last is answered 429; in the next one they count anew."""
    seconds = iter([5.0] * 21 + [6.0])
    monkeypatch.setattr(http, "monotonic", lambda: next(seconds))
    client = Client(dialects=["AllowsTwentyRequestsASecond"])
    statuses = [client(get("missing")).status for _ in range(22)]
    assert statuses == [404] * 20 + [429, 404]


def test_a_429_names_the_pause() -> None:
    """A 429 has Retry-After."""
    service = assembled(EXAMPLE_ENVIRONMENT, (), ("AllowsTwentyRequestsASecond",), KEY)
    refusal = Refusal(429, "too many")
    assert ("retry-after", "1") in service.reply_headers(service.refusal_reply(refusal))
