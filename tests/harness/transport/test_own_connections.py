"""The transport that shows its connections, against a real server on a socket."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Cut, Fetch, Update
from cartfuzz.harness.transport import HttpTransport, own_connections
from cartfuzz.sandbox import start
from cartfuzz.wire import Delivery, NoResponse, Response
from cartfuzz.wire.encoding import request_of
from cartfuzz.wire.secrets import TargetSecrets

from .scripted_server import answering, scripted_server

READ = request_of(Fetch(), MARK, MARK)
WRITE = request_of(Update(body={"customerSession": {"state": "open"}}), MARK, MARK)
TIMEOUT_SEC = 60.0
"""Ends a test that hangs; a busy machine needs no second of it."""


def direct(url: str, *, timeout_sec: float = TIMEOUT_SEC, most: int = 1024) -> HttpTransport:
    return HttpTransport(
        url,
        secrets=TargetSecrets("key-of-the-shop"),
        timeout_sec=timeout_sec,
        max_response_bytes=most,
    )


def test_a_burst_is_under_way_all_at_once() -> None:
    """No request is answered before all have come in, each on a connection of its own."""
    everyone = threading.Barrier(4, timeout=TIMEOUT_SEC)
    connections: set[socket.socket] = set()
    answer = answering(200, b"{}")

    def script(connection: socket.socket) -> None:
        connections.add(connection)
        everyone.wait()
        answer(connection)

    with scripted_server(script) as server:
        outcomes = direct(server.url).burst([WRITE, READ, WRITE, READ])
    assert [isinstance(o, Response) and o.status for o in outcomes] == [200] * 4
    assert len(connections) == 4
    assert sorted(line[:3] for line in server.requests) == [b"GET", b"GET", b"PUT", b"PUT"]


def test_outcomes_of_a_burst_keep_their_order() -> None:
    """Each outcome belongs to the request in its place, whoever is answered first."""
    names = [f"{MARK}-{number}" for number in range(5)]
    body = {"customerSession": {}, "responseContent": ["customerSession"]}
    with start(EXAMPLE_ENVIRONMENT) as sandbox:
        transport = HttpTransport(sandbox.url, secrets=TargetSecrets(sandbox.api_key))
        outcomes = transport.burst([request_of(Update(body=body), name, MARK) for name in names])
    shown = [json.loads(o.body)["customerSession"] for o in outcomes if isinstance(o, Response)]
    assert [session["integrationId"] for session in shown] == names


def received(cut: Cut, reply: Callable[[socket.socket], None] | None = None) -> bytes:
    """Everything that a server gets of one request that is cut."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:

        def serve() -> bytes:
            connection, _ = listener.accept()
            with connection:
                data = b""
                connection.settimeout(TIMEOUT_SEC)
                if reply is not None:
                    while not data.endswith(WRITE.body or b""):
                        data += connection.recv(65536)
                    reply(connection)
                try:
                    while piece := connection.recv(65536):
                        data += piece
                except ConnectionResetError:
                    pass  # the client left bytes of the answer unread
                return re.sub(rb"Host: [^\r]*", b"Host: -", data)

        serving = pool.submit(serve)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        outcome = direct(url).cut(WRITE, cut)
        assert outcome.fate is (Delivery.UNKNOWN if cut.whole else Delivery.NOT_SENT)
        return serving.result(TIMEOUT_SEC)


def test_cuts() -> None:
    """Each cut lets as much through as it says."""
    assert WRITE.body is not None
    whole = received(Cut.SENT)
    assert whole.endswith(b"\r\n\r\n" + WRITE.body)
    assert received(Cut.BODY) == whole[:-1]
    head = received(Cut.HEAD)
    assert whole.startswith(head)
    assert b"\r\n\r\n" not in head
    assert received(Cut.ANSWER, lambda c: c.sendall(b"HTTP/1.1 200 OK\r\n")) == whole


def test_a_part_of_a_request_is_noticed_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The call ends once the target has ended the connection, and not before."""
    monkeypatch.setattr(own_connections, "_MAX_CLOSE_WAIT_SEC", TIMEOUT_SEC)
    returned = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:

        def serve() -> bool:
            connection, _ = listener.accept()
            with connection:
                while connection.recv(65536):
                    pass
                return returned.wait(0.1)

        serving = pool.submit(serve)
        direct(f"http://127.0.0.1:{listener.getsockname()[1]}").cut(WRITE, Cut.BODY)
        returned.set()
        assert serving.result(TIMEOUT_SEC) is False


def test_a_target_that_does_not_notice_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps the connection; the call ends all the same."""
    monkeypatch.setattr(own_connections, "_MAX_CLOSE_WAIT_SEC", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        cut = direct(f"http://127.0.0.1:{listener.getsockname()[1]}").cut(WRITE, Cut.HEAD)
    assert cut.fate is Delivery.NOT_SENT


def test_a_sequence_stays_on_its_connection() -> None:
    """Requests follow each other on one connection while the server keeps it."""
    connections: list[int] = []
    answer = answering(200, b"{}")

    def script(connection: socket.socket) -> None:
        connections.append(connection.fileno())
        answer(connection)

    with scripted_server(script) as server:
        outcomes = direct(server.url).sequence([WRITE, READ, WRITE])
    assert all(isinstance(outcome, Response) for outcome in outcomes)
    assert len(connections) == 3
    assert len(set(connections)) == 1


def test_a_sequence_goes_on_after_a_closed_connection() -> None:
    """A server that closes after an answer gets the next request on a new connection."""

    def script(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 400 Bad\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        connection.shutdown(socket.SHUT_RDWR)

    with scripted_server(script) as server:
        outcomes = direct(server.url).sequence([WRITE, READ])
    assert [isinstance(o, Response) and o.status for o in outcomes] == [400, 400]


@pytest.mark.parametrize(
    "garbage", [b"220 mail.example.com ESMTP\r\n", b"\x16\x03\x01", b"HTTP/1.1 abc\r\n\r\n", b""]
)
def test_what_is_no_http_is_no_answer(garbage: bytes) -> None:
    """Nobody knows what became of a request that gets no HTTP answer; nothing is raised."""

    def script(connection: socket.socket) -> None:
        connection.sendall(garbage)
        connection.shutdown(socket.SHUT_RDWR)

    with scripted_server(script) as server:
        [outcome] = direct(server.url).sequence([WRITE])
    assert isinstance(outcome, NoResponse)
    assert outcome.fate is Delivery.UNKNOWN


def test_the_key_stands_in_no_answer_and_bodies_are_bounded() -> None:
    """As with the ordinary transport."""
    with scripted_server(answering(200, b"key-of-the-shop" + b"x" * 5_000)) as server:
        [outcome] = direct(server.url, most=1024).burst([READ])
    assert isinstance(outcome, Response)
    assert outcome.shows_key
    assert b"key-of-the-shop" not in outcome.body
    assert outcome.truncated
    assert len(outcome.body) <= 1024 + 16


def test_a_server_that_drips_meets_the_deadline() -> None:
    """A byte now and then does not keep a burst waiting for ever."""
    done = threading.Event()

    def script(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not done.wait(0.02):
            connection.sendall(b"x")

    with scripted_server(script) as server:
        outcomes = direct(server.url, timeout_sec=0.3).burst([READ, READ])
        done.set()
    assert all(isinstance(outcome, NoResponse) for outcome in outcomes)


def test_nobody_there() -> None:
    """A target that cannot be reached has not seen anything."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    transport = direct(f"http://127.0.0.1:{port}")
    outcomes = [*transport.burst([READ, READ]), *transport.sequence([READ])]
    outcomes.append(transport.cut(WRITE, Cut.SENT))
    assert [isinstance(o, NoResponse) and o.fate for o in outcomes] == [Delivery.NOT_SENT] * 4


def test_one_that_hangs_costs_no_answer_of_the_others() -> None:
    """A target that deadlocks on one of several requests has answered the others."""
    answer, over = answering(200, b"{}"), threading.Event()

    def script(connection: socket.socket) -> None:
        if b"hangs" in server.latest[connection]:
            over.wait()
        else:
            answer(connection)

    hanging = request_of(Fetch(), f"{MARK}-hangs", MARK)
    with scripted_server(script) as server:
        outcomes = direct(server.url, timeout_sec=10).burst([hanging, READ, READ, READ])
        over.set()
    assert isinstance(outcomes[0], NoResponse)
    assert [isinstance(one, Response) for one in outcomes[1:]] == [True] * 3
