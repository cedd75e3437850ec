"""Requests byte by byte, against a small server that keeps what it receives."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cartfuzz.reports.reproduction.runtime.raw_sockets import (
    NO_ANSWER,
    RawRequest,
    Target,
    encode,
    send_raw,
)

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nlast"


def raw(body: str | None = None, **changes: str) -> RawRequest:
    """A request with all placeholders."""
    return {
        "method": changes.get("method", "PUT"),
        "target": "/x-mark",
        "headers": [("Host", "{host}"), ("Authorization", "{key}")],
        "body": body,
    }


def target(url: str) -> Target:
    """A target that is reached straight."""
    return {
        "url": url,
        "access": {
            "cacert": "",
            "client_cert": "",
            "client_key": "",
            "proxy": "",
            "insecure": False,
            "proxy_authorization": "",
        },
    }


REPLACEMENTS = {"mark": "fresh", "{key}": "secret"}


class Server:
    """Answers each request with the next of its answers; an empty one closes the connection."""

    def __init__(self, answers: list[bytes], size: int) -> None:
        self._answers = answers
        self.size = size
        self.connections: list[bytes] = []
        """What each connection received, in the order of their beginning."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/base/"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while self._answers:
            connection, _ = self._listener.accept()
            self.connections.append(b"")
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        while self._answers:
            message = b""
            while len(message) < self.size and (part := connection.recv(4096)):
                message += part
            self.connections[-1] += message
            if not message:
                return
            answer = self._answers.pop(0)
            connection.sendall(answer)
            if answer in (b"", LAST):
                return

    def close(self) -> None:
        """Waits until all answers are sent."""
        self._thread.join(timeout=60)
        self._listener.close()
        assert not self._thread.is_alive()


@contextmanager
def serving(*answers: bytes, body: str | None = None) -> Iterator[Server]:
    """A server that expects requests with ``body``."""
    server = Server(list(answers), 1)
    server.size = len(encode(raw(body), target(server.url), REPLACEMENTS))
    try:
        yield server
    finally:
        server.close()


def test_a_request_is_encoded_with_its_placeholders_replaced() -> None:
    """Base path, host without credentials, mark in head and body, the API key in the head only."""
    request = raw("{key} mark \u00ff")
    assert encode(request, target("https://user@host:81/base/"), REPLACEMENTS) == (
        b"PUT /base/x-fresh HTTP/1.1\r\nHost: host:81\r\nAuthorization: secret\r\n\r\n"
        b"{key} fresh \xff"
    )


def test_requests_share_a_connection_while_it_is_open() -> None:
    """A target that closes it gets a new one for the next request."""
    with serving(OK, LAST, OK) as server:
        answers = send_raw("on one connection", [raw()] * 3, target(server.url), REPLACEMENTS)
    assert answers == [(200, b"ok"), (200, b"last"), (200, b"ok")]
    one = encode(raw(), target(server.url), REPLACEMENTS)
    assert server.connections == [one * 2, one]


def test_a_missing_answer_has_no_status() -> None:
    """The next request is sent on a new connection."""
    with serving(b"", OK) as server:
        answers = send_raw("on one connection", [raw()] * 2, target(server.url), REPLACEMENTS)
    assert answers == [NO_ANSWER, (200, b"ok")]


def test_the_last_bytes_of_concurrent_requests_are_sent_at_the_same_moment() -> None:
    """Each has its own connection, and each gets its own answer."""
    barrier = threading.Barrier(2, timeout=60)
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    size = len(encode(raw(), target(url), REPLACEMENTS))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            received = b""
            while len(received) < size - 1:
                received += connection.recv(size - 1 - len(received))
            # The other request has to get as far before either is complete.
            barrier.wait()
            connection.recv(1)
            connection.sendall(OK)

    threads = [threading.Thread(target=serve, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    with listener:
        answers = send_raw("together", [raw()] * 2, target(url), REPLACEMENTS)
        for thread in threads:
            thread.join(timeout=60)
    assert answers == [(200, b"ok")] * 2
    assert not barrier.broken


@pytest.mark.parametrize(
    ("mode", "body", "missing"),
    [
        ("cut in the head", None, b"\r\n\r\n"),
        ("cut in the body", None, b"\n"),
        ("cut in the body", "xyz", b"z"),
        ("cut after sending", "xyz", b""),
    ],
)
def test_a_cut_request_arrives_in_part(mode: str, body: str | None, missing: bytes) -> None:
    """And has no answer."""
    with serving(b"", body=body) as server:
        assert send_raw(mode, [raw(body)], target(server.url), REPLACEMENTS) == [NO_ANSWER]
    whole = encode(raw(body), target(server.url), REPLACEMENTS)
    assert server.connections == [whole.removesuffix(missing)]


def test_a_cut_in_the_answer_waits_for_its_first_byte() -> None:
    """The target has received everything and has answered."""
    with serving(OK) as server:
        answers = send_raw("cut in the answer", [raw()], target(server.url), REPLACEMENTS)
    assert answers == [NO_ANSWER]
    assert server.connections == [encode(raw(), target(server.url), REPLACEMENTS)]


def test_the_answer_to_head_has_no_body() -> None:
    """Its Content-Length announces what a GET would get."""
    with serving(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n") as server:
        server.size += len("HEAD") - len("PUT")
        request = raw(method="HEAD")
        answers = send_raw("on one connection", [request], target(server.url), REPLACEMENTS)
    assert answers == [(200, b"")]


def test_the_length_follows_a_body_that_becomes_longer() -> None:
    """A code with its number may be longer than its placeholder; a wrong length stays wrong."""
    lengths = (("{length}", b"Content-Length: 14\r\n"), ("11", b"Content-Length: 11\r\n"))
    for length, expected in lengths:
        request: RawRequest = {
            "method": "PUT",
            "target": "/",
            "headers": [("Content-Length", length)],
            "body": '"SALE-{n}"',
        }
        message = encode(request, target("http://h"), {"SALE-{n}": "SALE-1234567"})
        assert expected in message
        assert message.endswith(b'"SALE-1234567"')
