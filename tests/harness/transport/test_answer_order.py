"""Answers that no request asked for, on connections that are kept."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest
from urllib3.util.wait import wait_for_read

from cartfuzz.contract import MARK, Fetch, Update
from cartfuzz.harness.transport import HttpTransport, Transport, open_transport
from cartfuzz.harness.transport.answer_order import begins_answer
from cartfuzz.harness.transport.protocols import mixed_up_of
from cartfuzz.harness.transport.requests_transport import RequestsTransport
from cartfuzz.record.target_access import TargetAccess, TransportKind
from cartfuzz.wire import Delivery, NoResponse, Response
from cartfuzz.wire.encoding import request_of
from cartfuzz.wire.secrets import TargetSecrets

from .scripted_server import Script, ScriptedServer, answering, scripted_server

READ = request_of(Fetch(), MARK, MARK)
WRITE = request_of(Update(body={"customerSession": {}}), MARK, MARK)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
EXTRA = b'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"other"'
IDLE_END = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"
WAIT_SEC = 30.0
"""Ends a test that hangs."""

each_transport = pytest.mark.parametrize("kind", TransportKind)


@contextmanager
def transport_to(script: Script, kind: TransportKind) -> Iterator[tuple[Transport, ScriptedServer]]:
    """A transport to a server that answers by ``script``."""
    with scripted_server(script) as server:
        transport = open_transport(
            server.url,
            access=TargetAccess(transport=kind),
            secrets=TargetSecrets("k"),
            timeout_sec=WAIT_SEC,
        )
        with closing(transport):
            yield transport, server


def in_turn(connections: list[socket.socket], *answers: bytes) -> Script:
    """A script that sends ``answers``, one for each request; then `ANSWER`."""
    left = list(answers)

    def script(connection: socket.socket) -> None:
        connections.append(connection)
        connection.sendall(left.pop(0) if left else ANSWER)

    return script


def body_of(outcome: Response | NoResponse) -> bytes:
    assert isinstance(outcome, Response), outcome
    return outcome.body


def kept_by(transport: Transport) -> socket.socket:
    """The connection that this thread will use next."""
    if isinstance(transport, HttpTransport):
        kept: socket.socket = transport._kept._local.connection._socket
    else:
        assert isinstance(transport, RequestsTransport)
        kept = transport._local.adapter._socket
    return kept


@each_transport
def test_after_an_extra_answer_no_connection_is_kept(kind: TransportKind) -> None:
    """The first answer of a connection is certain; from then on each request has its own one."""
    connections: list[socket.socket] = []
    with transport_to(in_turn(connections, ANSWER + EXTRA), kind) as (transport, _):
        bodies = [body_of(transport.send(READ)) for _ in range(3)]
        assert mixed_up_of(transport)(0.0) == 0
    assert bodies == [b"{}"] * 3
    assert len(set(connections)) == 3


@each_transport
def test_two_answers_to_a_later_request_are_none(kind: TransportKind) -> None:
    """Nobody knows which of them is to the request: the first may have come too late."""
    with transport_to(in_turn([], ANSWER, EXTRA + ANSWER), kind) as (transport, server):
        assert body_of(transport.send(WRITE)) == b"{}"
        outcome = transport.send(WRITE)
        assert mixed_up_of(transport)(0.0) == 1
    assert len(server.requests) == 2
    assert isinstance(outcome, NoResponse)
    assert outcome.fate is Delivery.UNKNOWN
    assert outcome.reason.startswith("more than one answer")


@each_transport
def test_a_read_with_two_answers_is_sent_again(kind: TransportKind) -> None:
    """On a connection of its own, where there is no doubt."""
    with transport_to(in_turn([], ANSWER, EXTRA + ANSWER), kind) as (transport, server):
        assert [body_of(transport.send(READ)) for _ in range(2)] == [b"{}", b"{}"]
    assert len(server.requests) == 3


@each_transport
def test_a_second_answer_to_a_raw_request_is_none_to_the_next(kind: TransportKind) -> None:
    """A raw request may be answered twice; the read behind it is sent again then."""
    with transport_to(in_turn([], ANSWER, EXTRA + ANSWER), kind) as (transport, server):
        outcomes = transport.sequence([WRITE, READ])
    assert [body_of(one) for one in outcomes] == [b"{}", b"{}"]
    assert len(server.requests) == 3


@each_transport
def test_a_late_answer_makes_the_one_before_it_doubtful(kind: TransportKind) -> None:
    """An extra answer was taken for the one to the next request, which comes after it."""
    connections: list[socket.socket] = []
    with transport_to(in_turn(connections, ANSWER, EXTRA), kind) as (transport, _):
        assert body_of(transport.send(READ)) == b"{}"
        assert body_of(transport.send(READ)) == b'"other"'
        assert mixed_up_of(transport)(0.0) == 0
        connections[0].sendall(ANSWER)
        assert mixed_up_of(transport)(WAIT_SEC) == 1
        assert body_of(transport.send(READ)) == b"{}"
    assert connections[2] is not connections[1]


@each_transport
def test_an_answer_that_waits_is_not_taken(kind: TransportKind) -> None:
    """Bytes that are there before a request goes out end the connection (RFC 9112, 9.2)."""
    connections: list[socket.socket] = []
    with transport_to(in_turn(connections), kind) as (transport, _):
        for _ in range(2):
            assert body_of(transport.send(READ)) == b"{}"
        connections[0].sendall(EXTRA)
        assert wait_for_read(kept_by(transport), timeout=WAIT_SEC)
        assert body_of(transport.send(READ)) == b"{}"
        assert mixed_up_of(transport)(0.0) == 1


@each_transport
@pytest.mark.parametrize(
    "extra",
    [IDLE_END, IDLE_END[:20], b"\r\n", b"xyz}", b"0\r\n\r\n", b" ", b"\0"],
    ids=["408", "half a 408", "line end", "letters", "last chunk", "space", "NUL"],
)
def test_what_may_follow_an_answer_changes_nothing(kind: TransportKind, extra: bytes) -> None:
    """A 408 ends an idle connection, and other bytes are no answer: the one before them is to its
    request, and connections are kept after it."""
    connections: list[socket.socket] = []
    with transport_to(in_turn(connections, ANSWER, ANSWER + extra), kind) as (transport, server):
        bodies = [body_of(transport.send(WRITE)) for _ in range(2)]
        assert len(server.requests) == 2
        bodies += [body_of(transport.send(READ)) for _ in range(2)]
        assert mixed_up_of(transport)(0.0) == 0
    assert bodies == [b"{}"] * 4
    assert connections[2] is connections[3]


@each_transport
def test_bytes_behind_an_extra_answer_do_not_hide_it(kind: TransportKind) -> None:
    """The second answer is whole; what follows it is no HTTP."""
    with transport_to(in_turn([], ANSWER, EXTRA + ANSWER + b"xyz"), kind) as (transport, _):
        assert body_of(transport.send(WRITE)) == b"{}"
        assert isinstance(transport.send(WRITE), NoResponse)
        assert mixed_up_of(transport)(0.0) == 1


@each_transport
def test_no_thread_uses_its_kept_connection_again(kind: TransportKind) -> None:
    """One thread got an extra answer; the connection of another one is not used after that."""
    connections: list[socket.socket] = []
    with (
        transport_to(in_turn(connections, ANSWER, ANSWER + EXTRA), kind) as (transport, _),
        ThreadPoolExecutor(1) as other,
    ):
        assert body_of(transport.send(READ)) == b"{}"
        assert body_of(other.submit(transport.send, READ).result()) == b"{}"
        assert body_of(transport.send(READ)) == b"{}"
    assert connections[2] is not connections[0]


@each_transport
def test_an_answer_that_comes_after_the_last_one_is_noticed(kind: TransportKind) -> None:
    """A connection stays open until its next use, although no answer on it is certain."""
    connections: list[socket.socket] = []
    with (
        transport_to(in_turn(connections, ANSWER, ANSWER, ANSWER + EXTRA), kind) as (transport, _),
        ThreadPoolExecutor(1) as other,
    ):
        for _ in range(2):
            assert body_of(transport.send(READ)) == b"{}"
        assert body_of(other.submit(transport.send, READ).result()) == b"{}"
        connections[0].sendall(EXTRA)
        assert mixed_up_of(transport)(WAIT_SEC) == 1


@each_transport
def test_a_healthy_target_keeps_its_connection(kind: TransportKind) -> None:
    """Looking for an extra answer in vain ends nothing."""
    with transport_to(answering(200, b"{}"), kind) as (transport, server):
        for _ in range(3):
            assert body_of(transport.send(READ)) == b"{}"
            assert mixed_up_of(transport)(0.001) == 0
    assert len(server.latest) == 1


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", False),
        (b"\r\n", False),
        (b"HT", True),
        (b"\r\nHTTP/1.1 200 OK", True),
        (b"HTTP/1.1 408 Timeout", False),
        (b"garbage", False),
    ],
)
def test_beginnings(data: bytes, expected: bool) -> None:
    """An answer is known by its first bytes."""
    assert begins_answer(data) is expected
