"""The check before a run: what is not the session API is named, what has bugs is tested."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from cartfuzz.harness.errors import CredentialsRefusedError, NotSessionAPIError
from cartfuzz.harness.target import begin_run

from .transport.scripted_server import answering, scripted_server

HTML = b"Content-Type: text/html; charset=utf-8\r\n"
JSON = b"Content-Type: application/json\r\n"
LOCATION = b"Location: https://example.org/login\r\n"
Answer = tuple[int, bytes, bytes]
"""Status, body, header lines."""


def in_turn(*answers: Answer) -> Callable[[socket.socket], None]:
    """A script that gives ``answers`` one after the other."""
    left = list(answers)

    def script(connection: socket.socket) -> None:
        status, body, headers = left.pop(0)
        answering(status, body, headers=headers)(connection)

    return script


NOT_FOUND = (404, b"404 page not found", b"Content-Type: text/plain\r\n")


@pytest.mark.parametrize(
    ("read", "probe", "advice"),
    [
        (NOT_FOUND, NOT_FOUND, "answered 404 with text/plain; correct the base path"),
        (
            (404, b'{"detail":"Not Found"}', JSON),
            (404, b'{"detail":"Not Found"}', JSON),
            "correct the base path",
        ),
        ((200, b"<form>", HTML), (200, b"<form>", HTML), "answered 200 with text/html; .*sign in"),
        (
            (302, b"", LOCATION),
            (302, b"", LOCATION),
            "answered 302 .*the address that it redirects",
        ),
        ((200, b"[]", JSON), (405, b"", b""), "answered 200 with application/json; .*another API"),
        ((200, b"pong", b""), (200, b"pong", b""), "with no content type; .*another API"),
    ],
)
def test_something_else_than_the_session_api_is_an_error(
    read: Answer, probe: Answer, advice: str
) -> None:
    """One sentence: what was sent, what was answered, what to change."""
    with (
        scripted_server(in_turn(read, probe)) as server,
        pytest.raises(NotSessionAPIError, match=advice) as error,
    ):
        begin_run(server.url, "the-secret", timeout_sec=5)
    assert str(error.value).startswith(f"{server.url} does not serve the session API")
    assert "the-secret" not in str(error.value)
    assert b"dry=true" in server.requests[1]


@pytest.mark.parametrize(
    "read",
    [
        NOT_FOUND,
        (404, b"", b""),
        (200, b"null", JSON),
        (404, b"<h1>no such session</h1>", HTML),
        (302, b"", LOCATION),
    ],
)
@pytest.mark.parametrize(
    "probe",
    [(200, b'{"effects":[]}', JSON), (400, b'{"message":"no"}', JSON), (500, b"oops", b"")],
)
def test_a_target_with_bugs_is_tested(read: Answer, probe: Answer) -> None:
    """An odd response to the read alone is a bug of the API, not another API."""
    with scripted_server(in_turn(read, probe)) as server:
        begin_run(server.url, "key", timeout_sec=5)
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    "read",
    [
        (400, b'{"message":"no"}', JSON),
        (200, b'{"customerSession":{}}', JSON),
        (503, b"<html>", HTML),
        (429, b"", b""),
    ],
)
def test_what_the_api_may_answer_is_enough(read: Answer) -> None:
    """Then nothing more is sent before the run."""
    with scripted_server(in_turn(read)) as server:
        begin_run(server.url, "key", timeout_sec=5)
        assert len(server.requests) == 1


def test_a_key_that_may_not_write_is_an_error() -> None:
    """The probe finds a key without rights as the read does."""
    with (
        scripted_server(in_turn(NOT_FOUND, (403, b"", b""))) as server,
        pytest.raises(CredentialsRefusedError, match="403"),
    ):
        begin_run(server.url, "key", timeout_sec=5)
