"""The check before a run: what is not the session API is named, what has bugs is tested."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from cartfuzz.contract import Environment
from cartfuzz.harness.declared_values import Declared, DeclaredKind
from cartfuzz.harness.errors import (
    CredentialsRefusedError,
    DeclarationRefusedError,
    NotSessionAPIError,
)
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.harness.plan import Plan
from cartfuzz.harness.preflight import PreflightResult, check_target
from cartfuzz.harness.sender import Sender
from cartfuzz.harness.target import begin_run, preflight
from cartfuzz.harness.transport import Transport
from cartfuzz.wire import Delivery, NoResponse, Request, Response
from cartfuzz.wire.secrets import TargetSecrets

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
UNKNOWN_PATH = (404, b'{"message":"no Route matched with those values"}', JSON)
UNKNOWN_SESSION = (404, b'{"message":"not found"}', JSON)
CREATED = (200, b'{"effects":[]}', JSON)
STORED = (200, b'{"customerSession":{"integrationId":"a","state":"open"}}', JSON)


@pytest.mark.parametrize(
    "answer", [NOT_FOUND, (404, b'{"detail":"Not Found"}', JSON), UNKNOWN_PATH]
)
def test_a_wrong_base_path_is_an_error(answer: Answer) -> None:
    """Neither a read nor an update finds anything, whatever the body of the 404 looks like."""
    with (
        scripted_server(in_turn(answer, answer)) as server,
        pytest.raises(NotSessionAPIError, match="answered 404; correct the base path") as error,
    ):
        begin_run(Plan(url=server.url, environment=Environment()), TargetSecrets("the-secret"))
    assert str(error.value).startswith(f"nothing under {server.url} answers like the session API")


@pytest.mark.parametrize(
    ("read", "update", "advice"),
    [
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
    read: Answer, update: Answer, advice: str
) -> None:
    """One sentence: what was sent, what was answered, what to change."""
    with (
        scripted_server(in_turn(read, update)) as server,
        pytest.raises(NotSessionAPIError, match=advice) as error,
    ):
        begin_run(Plan(url=server.url, environment=Environment()), TargetSecrets("the-secret"))
    assert str(error.value).startswith(f"{server.url} does not serve the session API")
    assert "the-secret" not in str(error.value)


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
@pytest.mark.parametrize("update", [CREATED, (400, b'{"message":"no"}', JSON), (500, b"oops", b"")])
def test_a_target_with_bugs_is_tested(read: Answer, update: Answer) -> None:
    """An odd response to the read alone is a bug of the API, not another API."""
    with scripted_server(in_turn(read, update, STORED)) as server:
        begin_run(Plan(url=server.url, environment=Environment()), TargetSecrets("key"))
        assert len(server.requests) == (3 if update is CREATED else 2)


@pytest.mark.parametrize(
    "read",
    [
        (400, b'{"message":"no"}', JSON),
        (200, b'{"customerSession":{}}', JSON),
        (503, b"<html>", HTML),
        UNKNOWN_SESSION,
    ],
)
def test_a_session_is_created_and_read(read: Answer) -> None:
    """Three requests, and the sessions are named like all others of the run."""
    with scripted_server(in_turn(read, CREATED, STORED)) as server:
        run_id = begin_run(Plan(url=server.url, environment=Environment()), TargetSecrets("key"))
        methods = [request.partition(b" ")[0] for request in server.requests]
        assert methods == [b"GET", b"PUT", b"GET"]
        named = f"/v2/customer_sessions/cf-{run_id}-p".encode()
        assert all(named in request for request in server.requests)
        assert server.requests[1].split()[1].partition(b"?")[0] == server.requests[2].split()[1]


def test_a_wish_to_wait_is_granted() -> None:
    """A 429 is waited for and the request sent again, as in a run."""
    limited = (429, b"", b"Retry-After: 0\r\n")
    with scripted_server(in_turn(limited, UNKNOWN_SESSION, CREATED, STORED)) as server:
        begin_run(Plan(url=server.url, environment=Environment()), TargetSecrets("key"))
        assert len(server.requests) == 4


def test_the_block_of_a_gateway_is_not_a_refused_key() -> None:
    """The API answers in JSON; a page comes from something before it."""
    blocked = (403, b"<html>Access denied</html>", HTML)
    with (
        scripted_server(in_turn(blocked)) as server,
        pytest.raises(NotSessionAPIError, match=r"answers 403 with a page .*a gateway"),
    ):
        begin_run(Plan(url=server.url, environment=Environment()), TargetSecrets("key"))


def test_a_key_that_may_not_write_is_an_error() -> None:
    """The update finds a key without rights as the read does."""
    with (
        scripted_server(in_turn(NOT_FOUND, (403, b"", b""))) as server,
        pytest.raises(CredentialsRefusedError, match="403"),
    ):
        begin_run(Plan(url=server.url, environment=Environment()), TargetSecrets("key"))


DECLARED = tuple(
    Declared(kind, name, 1)
    for kind, name in (
        *((DeclaredKind.SESSION_ATTRIBUTE, name) for name in "abcdefghijkl"),
        *((DeclaredKind.ITEM_ATTRIBUTE, name) for name in "mnopqrst"),
        (DeclaredKind.SESSION_COST, "u"),
        (DeclaredKind.ITEM_COST, "v"),
    )
)


class Refusing:
    """A transport of a target that refuses each update with one of the names, and counts."""

    def __init__(self, *refused: str) -> None:
        self._refused = refused
        self.requests: list[Request] = []

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        if request.method == "GET":
            return Response(status=404, body=b'{"message":"not found"}')
        body = (request.body or b"").decode()
        if any(f'"{name}":' in body for name in self._refused):
            return Response(
                status=400,
                body=b'{"message":"invalid","errors":[{"title":"no number","details":"x"}]}',
            )
        return Response(status=200, body=b'{"effects":[]}')


def checked(transport: Refusing) -> PreflightResult:
    """The check on ``transport`` with everything in `DECLARED`."""
    sender = Sender(
        cast("Transport", transport), rate_limiter=RateLimiter(None), stopped=lambda: False
    )
    return check_target(sender, url="http://t", run_id="abcdefgh", declared=DECLARED)


@pytest.mark.parametrize("one", DECLARED, ids=lambda one: one.name)
def test_a_refused_declaration_is_found(one: Declared) -> None:
    """By name and key, with the target's own text, in fewer than ten requests."""
    transport = Refusing(one.name)
    expected = (
        f"the target refuses the declared {one.kind} {one.name}: 400 invalid, no number, x; "
        f"correct {one.where} in"
    )
    with pytest.raises(DeclarationRefusedError) as error:
        checked(transport)
    assert expected in str(error.value)
    assert len(transport.requests) < 10
    assert len({request.target.partition("?")[0] for request in transport.requests}) == len(
        transport.requests
    )


def test_a_target_that_takes_nothing_is_not_the_fault_of_a_declaration() -> None:
    """It refuses the plainest update as well: the run says what that is."""
    assert checked(Refusing("customerSession")).refusal == "400 invalid, no number, x"


def test_what_is_accepted_costs_three_requests() -> None:
    """One read, one session with everything in it, one read of that."""
    transport = Refusing()
    assert checked(transport) == PreflightResult(requests=3, made=("cf-abcdefgh-p000000001",))
    assert len(transport.requests) == 3


def test_a_target_that_only_reads_is_named() -> None:
    """The key is right where a read was answered, so something else keeps updates away."""
    forbidden = (403, b'{"message":"read-only mode"}', JSON)
    with (
        scripted_server(in_turn(UNKNOWN_SESSION, forbidden)) as server,
        pytest.raises(CredentialsRefusedError, match=r"for reads .*403 read-only mode; use a key"),
    ):
        begin_run(Plan(url=server.url, environment=Environment()), TargetSecrets("the-secret"))
    with (
        scripted_server(in_turn(UNKNOWN_SESSION, (405, b"", b""))) as server,
        pytest.raises(NotSessionAPIError, match="updates with 405: only reads are let through"),
    ):
        begin_run(Plan(url=server.url, environment=Environment()), TargetSecrets("the-secret"))


@pytest.mark.parametrize(("hours", "ahead_sec"), [(2, 7200), (-2, -7200)])
def test_the_clock_of_the_target_is_compared(hours: int, ahead_sec: float) -> None:
    """By the time of creation of a session that has just been made."""
    created = (datetime.now(UTC) + timedelta(hours=hours)).isoformat()
    stored = (200, f'{{"customerSession":{{"created":"{created}"}}}}'.encode(), JSON)
    with scripted_server(in_turn(UNKNOWN_SESSION, CREATED, stored)) as server:
        _, seen = preflight(Plan(url=server.url, environment=Environment()), TargetSecrets("key"))
    assert seen.clock_ahead_sec == pytest.approx(ahead_sec, abs=3600)


@pytest.mark.parametrize("stored", [CREATED, (200, b'{"customerSession":{"created":"now"}}', JSON)])
def test_a_target_without_times_has_no_clock(stored: Answer) -> None:
    """Nothing is said of it; the run judges the missing time."""
    with scripted_server(in_turn(UNKNOWN_SESSION, CREATED, stored)) as server:
        _, seen = preflight(Plan(url=server.url, environment=Environment()), TargetSecrets("key"))
    assert seen.clock_ahead_sec is None


class MixedUpTransport:
    """Loses the answer to one request, and notices then that answers were mixed up."""

    def __init__(self, lost: int, answers: list[Answer]) -> None:
        self._lost = lost
        self._answers = answers
        self._mixed_up = 0
        self.sent: list[Request] = []

    def send(self, request: Request) -> Response | NoResponse:
        self.sent.append(request)
        if len(self.sent) == self._lost:
            self._mixed_up += 1
            return NoResponse(fate=Delivery.UNKNOWN, reason="more than one answer")
        status, body, _ = self._answers.pop(0)
        return Response(status=status, body=body, content_type="application/json")

    def mixed_up(self, _wait_sec: float) -> int:
        return self._mixed_up


@pytest.mark.parametrize(
    ("lost", "is_same", "made"), [(1, True, 1), (2, False, 2)], ids=["read", "update"]
)
def test_a_request_with_an_uncertain_answer_is_repeated(
    lost: int, is_same: bool, made: int
) -> None:
    """A read for the same session; an update for another one, as the first may have been made."""
    transport = MixedUpTransport(lost, [UNKNOWN_SESSION, CREATED, STORED])
    sender = Sender(
        cast("Transport", transport), rate_limiter=RateLimiter(None), stopped=lambda: False
    )
    result = check_target(sender, url="http://target", run_id="abcdefgh")
    assert (result.refusal, len(result.made)) == ("", made)
    first, second = transport.sent[lost - 1 : lost + 1]
    assert first.method == second.method
    assert (first.target == second.target) is is_same
    assert result.requests == 4
