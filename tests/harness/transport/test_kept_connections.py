"""The transport against a real, badly behaved server."""

from __future__ import annotations

import gzip
import socket
import threading

import pytest

from cartfuzz.contract import MARK, Credentials, Fetch, Update
from cartfuzz.harness.transport import HttpTransport, open_transport
from cartfuzz.record.target_access import TargetAccess, TransportKind
from cartfuzz.wire import Delivery, NoResponse, Response
from cartfuzz.wire.encoding import request_of
from cartfuzz.wire.secrets import TargetSecrets

from .scripted_server import Script, answering, scripted_server

READ = request_of(Fetch(), MARK, MARK)


def test_session_ids_arrive_as_they_were_drawn() -> None:
    """Slashes, percent signs, dots and NUL reach the server percent-encoded once, unnormalised."""
    session_id = f"../%2F a+é\x00{MARK}."
    with scripted_server(answering(200, b"{}")) as server:
        transport = HttpTransport(server.url, secrets=TargetSecrets("k"))
        transport.send(request_of(Fetch(), session_id, MARK))
        transport.close()
    line = server.requests[0].split(b"\r\n")[0]
    assert line == (
        f"GET /v2/customer_sessions/..%2F%252F%20a%2B%C3%A9%00{MARK}. HTTP/1.1".encode()
    )


@pytest.mark.parametrize(
    ("credentials", "header"),
    [
        (Credentials.VALID, b"Authorization: ApiKey-v1 the-key"),
        (Credentials.SCHEME, b"Authorization: Basic the-key"),
        (Credentials.MISSING, None),
    ],
)
def test_credentials(credentials: Credentials, header: bytes | None) -> None:
    """Each kind of credentials makes its header; without any there is none."""
    with scripted_server(answering(200, b"{}")) as server:
        transport = HttpTransport(server.url, secrets=TargetSecrets("the-key"))
        transport.send(request_of(Fetch(credentials=credentials), MARK, MARK))
        transport.close()
    lines = server.requests[0].split(b"\r\n")
    sent = [line for line in lines if line.lower().startswith(b"authorization")]
    assert sent == ([header] if header else [])


def test_wrong_credentials_hold_no_part_of_the_key() -> None:
    """The deliberately wrong key is not the key."""
    with scripted_server(answering(401, b"{}")) as server:
        transport = HttpTransport(server.url, secrets=TargetSecrets("the-key"))
        transport.send(request_of(Fetch(credentials=Credentials.WRONG), MARK, MARK))
        transport.close()
    assert b"the-key" not in server.requests[0]
    assert b"Authorization: ApiKey-v1 " in server.requests[0]


def test_connections_are_kept() -> None:
    """Requests of one thread share one connection."""
    peers = []

    def script(connection: socket.socket) -> None:
        peers.append(connection.getpeername())
        answering(200, b"{}")(connection)

    with scripted_server(script) as server:
        transport = HttpTransport(server.url, secrets=TargetSecrets("k"))
        for _ in range(3):
            assert isinstance(transport.send(READ), Response)
        transport.close()
    assert len(set(peers)) == 1


@pytest.mark.parametrize("part", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_dripping_target_meets_the_deadline(part: bytes) -> None:
    """An answer that drips on for ever, in its head or its body, ends at the deadline."""
    gone = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(part)
        while not gone.wait(0.01):
            connection.sendall(b"x")

    with scripted_server(drip) as server:
        transport = HttpTransport(server.url, secrets=TargetSecrets("k"), timeout_sec=2.0)
        outcome = transport.send(READ)
        gone.set()
        transport.close()
    assert outcome == NoResponse(fate=Delivery.UNKNOWN, reason="no complete answer within 2 s")


def test_a_long_answer_is_cut() -> None:
    """A body past the bound is cut there, and the next request is served."""
    with scripted_server(answering(200, b"x" * 300_000)) as server:
        transport = HttpTransport(server.url, secrets=TargetSecrets("k"), max_response_bytes=1_000)
        outcomes = [transport.send(READ) for _ in range(2)]
        transport.close()
    for outcome in outcomes:
        assert isinstance(outcome, Response)
        assert outcome.truncated
        assert outcome.body == b"x" * 1_000


def test_redirects_are_answers() -> None:
    """A redirect is not followed: the key would go where nobody allowed it to."""
    with scripted_server(answering(307, b"", headers=b"Location: /elsewhere\r\n")) as server:
        transport = HttpTransport(server.url, secrets=TargetSecrets("k"))
        outcome = transport.send(READ)
        transport.close()
    assert isinstance(outcome, Response)
    assert outcome.status == 307
    assert len(server.requests) == 1


def test_a_write_is_never_repeated() -> None:
    """A connection that closes after the request leaves the fate of the write unknown."""
    with scripted_server(socket.socket.close) as server:
        transport = HttpTransport(server.url, secrets=TargetSecrets("k"))
        outcome = transport.send(request_of(Update(body={}), MARK, MARK))
        transport.close()
    assert isinstance(outcome, NoResponse)
    assert outcome.fate is Delivery.UNKNOWN
    assert len(server.requests) == 1


def test_an_unreachable_target_saw_nothing() -> None:
    """A refused connection is a request that was not sent."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    transport = HttpTransport(f"http://127.0.0.1:{port}", secrets=TargetSecrets("k"))
    assert transport.send(READ) == NoResponse(fate=Delivery.NOT_SENT, reason="connection refused")


def test_an_echoed_key_is_redacted_and_told() -> None:
    """A key in an answer, compressed or not, is replaced before anybody else sees the answer."""
    leaky = gzip.compress(b'{"message": "bad key the-secret"}')
    script = answering(400, leaky, headers=b"Content-Encoding: gzip\r\n")
    with scripted_server(script) as server:
        transport = HttpTransport(server.url, secrets=TargetSecrets("the-secret"))
        outcome = transport.send(READ)
        transport.close()
    assert isinstance(outcome, Response)
    assert outcome.shows_key
    assert outcome.body == b'{"message": "bad key [API key]"}'


@pytest.mark.parametrize("kind", TransportKind)
def test_gzip_of_too_many_members_is_no_response(kind: TransportKind) -> None:
    """A part of a body must not be judged as the whole."""
    packed = b"".join(gzip.compress(b"%d " % number) for number in range(20))
    with scripted_server(answering(200, packed, headers=b"Content-Encoding: gzip\r\n")) as server:
        transport = open_transport(
            server.url,
            access=TargetAccess(transport=kind),
            secrets=TargetSecrets("k"),
            timeout_sec=10,
        )
        outcome = transport.send(READ)
        transport.close()
    assert isinstance(outcome, NoResponse)
    assert outcome.fate is Delivery.UNKNOWN
    assert "more than 16 members of gzip" in outcome.reason


def test_retry_after_is_read() -> None:
    """Retry-After in seconds is passed on."""
    with scripted_server(answering(429, b"{}", headers=b"Retry-After: 3\r\n")) as server:
        transport = HttpTransport(server.url, secrets=TargetSecrets("k"))
        outcome = transport.send(READ)
        transport.close()
    assert isinstance(outcome, Response)
    assert outcome.retry_after_sec == 3.0


WRITE = request_of(Update(body={"customerSession": {}}), MARK, MARK)
IDLE_END = b"HTTP/1.0 408 Request Time-out\r\nConnection: close\r\n\r\n<html></html>"


def after_idling(connections: list[socket.socket]) -> Script:
    """A script that ends each connection with a 408 in place of its second response."""

    def script(connection: socket.socket) -> None:
        if connection in connections:
            connection.sendall(IDLE_END)
            connection.close()
        else:
            connections.append(connection)
            answering(200, b"{}")(connection)

    return script


def test_a_read_that_meets_an_idle_end_is_sent_anew() -> None:
    """A 408 that ends a kept connection is no response to the read (RFC 9110, 15.5.9)."""
    connections: list[socket.socket] = []
    with scripted_server(after_idling(connections)) as server:
        transport = HttpTransport(server.url, secrets=TargetSecrets("k"))
        outcomes = [transport.send(READ) for _ in range(3)]
        outcomes += transport.sequence([READ, READ])
        transport.close()
    assert [isinstance(one, Response) and one.status for one in outcomes] == [200] * 5


def test_a_write_that_meets_an_idle_end_was_not_sent() -> None:
    """It is not repeated, and the target has not seen it."""
    connections: list[socket.socket] = []
    with scripted_server(after_idling(connections)) as server:
        transport = HttpTransport(server.url, secrets=TargetSecrets("k"))
        assert isinstance(transport.send(WRITE), Response)
        outcome = transport.send(WRITE)
        transport.close()
    assert isinstance(outcome, NoResponse)
    assert outcome.fate is Delivery.NOT_SENT
    assert len(server.requests) == 2


@pytest.mark.parametrize("headers", [b"", b"Connection: close\r\n"])
def test_a_408_on_a_new_connection_is_a_response(headers: bytes) -> None:
    """So is one that leaves the connection open: it may be about the request."""
    with scripted_server(answering(408, b"", headers=headers)) as server:
        transport = HttpTransport(server.url, secrets=TargetSecrets("k"))
        outcomes = [transport.send(READ), transport.send(WRITE)]
        transport.close()
    assert [isinstance(one, Response) and one.status for one in outcomes] == [408, 408]
    assert len(server.requests) == 2
