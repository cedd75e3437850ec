"""Tests refusals, routing and the answers' required fields."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cartfuzz.sandbox.asgi import application
from cartfuzz.sandbox.assembly import assembled
from cartfuzz.sandbox.service import MAX_BODY_BYTES

from .environments import ENVIRONMENT_2_5_1
from .steps import (
    AUTHORIZATION,
    KEY,
    Answer,
    Client,
    Step,
    get,
    item,
    path_of,
    put,
    put_body,
    reopen,
    return_items,
    return_line,
)


def is_error(answer: Answer) -> bool:
    """Whether the body of ``answer`` is an ErrorResponse."""
    content = answer.json
    return (
        answer.content_type == "application/json"
        and isinstance(content["message"], str)
        and all(isinstance(error["title"], str) for error in content["errors"])
    )


WRONG_CREDENTIALS = [
    "",
    KEY,
    "ApiKey-v1 wrong",
    "ApiKey-v1 ",
    f"Bearer {KEY}",
    f"apikey-v1 {KEY}",
    f"{AUTHORIZATION} ",
    f"ApiKey-v1  {KEY}",
]


@pytest.mark.parametrize("key", WRONG_CREDENTIALS)
def test_wrong_credentials(client_current: Client, key: str) -> None:
    """A wrong key is answered 401 by every endpoint, before any other check, without an effect."""
    client_current(put(state="closed", cartItems=[item()]))
    before = client_current(get())
    for step in (
        put(key=key, state="cancelled"),
        put("new", key=key),
        put_body(b"{", key=key),
        get(key=key),
        get("unknown", key=key),
        return_items(return_line(0), key=key),
        reopen(key=key),
    ):
        answer = client_current(step)
        assert answer.status == 401
        assert is_error(answer)
        assert KEY not in answer.text.decode()
    assert client_current(get()) == before
    assert client_current(get("new")).status == 404


@pytest.mark.parametrize(
    "step",
    [
        get("unknown"),
        put(state="paused"),
        put(cartItems=[item(quantity=0)]),
        put_body(b"{"),
        return_items(return_line(0), session="unknown"),
        Step(method="GET", path="/v2/unknown", headers={"authorization": AUTHORIZATION}),
        Step(method="DELETE", path=path_of("s"), headers={"authorization": AUTHORIZATION}),
    ],
)
def test_refusals_are_json(client: Client, step: Step) -> None:
    """Every refusal has a 4xx status and an ErrorResponse as its body."""
    answer = client(step)
    assert 400 <= answer.status < 500
    assert is_error(answer)


def test_a_refusal_points_at_the_mistake(client: Client) -> None:
    """The error of an invalid value has the JSON Pointer to it."""
    answer = client(put(cartItems=[item(), item(quantity=0)]))
    assert answer.json["errors"][0]["source"] == {
        "pointer": "/customerSession/cartItems/1/quantity"
    }


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/v2/customer_sessions", 404),
        ("GET", "/v2/customer_sessions/", 404),
        ("PUT", "/v1/customer_sessions/s", 404),
        ("GET", "/v2/customer_sessions/s/unknown", 404),
        ("GET", "/v2/customer_sessions/s/returns/1", 404),
        ("POST", "/v2/customer_sessions/s", 405),
        ("PATCH", "/v2/customer_sessions/s", 405),
        ("GET", "/v2/customer_sessions/s/returns", 405),
        ("PUT", "/v2/customer_sessions/s/returns", 405),
        ("POST", "/v2/customer_sessions/s/reopen", 405),
        ("GET", "/v2/customer_sessions/%FF", 400),
    ],
)
def test_routes(client: Client, method: str, path: str, status: int) -> None:
    """An unknown path is answered 404, a wrong method 405, a session ID that is not UTF-8 400."""
    step = Step(method=method, path=path, headers={"authorization": AUTHORIZATION})
    assert client(step).status == status


def test_required_response_fields(client: Client) -> None:
    """Answers to reads and updates hold the fields that the contract requires."""
    required = {
        "id", "created", "updated", "integrationId", "applicationId", "profileId", "state",
        "cartItems", "attributes", "firstSession", "total", "cartItemTotal", "additionalCostTotal",
    }  # fmt: skip
    written = client(put())
    assert written.json.keys() >= {"effects", "createdCoupons", "createdReferrals"}
    assert written.session.keys() >= required
    read = client(get())
    # Only the current contract has effects in a read.
    has_effects = "updateCount" in read.session
    assert read.json.keys() == {"customerSession", *(["effects"] if has_effects else [])}
    assert read.session == written.session


def test_the_session_is_shown_when_asked_for(client: Client) -> None:
    """Without responseContent an answer shows the required lists and no session."""
    answer = client(put_body({"customerSession": {}}))
    assert answer.json == {"effects": [], "createdCoupons": [], "createdReferrals": []}
    answer = client(put_body({"customerSession": {}, "responseContent": None}))
    assert answer.status == 200


def test_too_large_a_body() -> None:
    """A body over the limit of the server is read to its end and answered 413."""
    app = application(assembled(ENVIRONMENT_2_5_1, (), (), KEY))
    piece = b" " * (MAX_BODY_BYTES // 2)
    pieces = [piece, piece, piece, piece]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": pieces.pop(), "more_body": bool(pieces)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "PUT",
        "raw_path": b"/v2/customer_sessions/s",
        "query_string": b"",
        "headers": [(b"authorization", AUTHORIZATION.encode())],
    }
    asyncio.run(app(scope, receive, send))
    assert not pieces
    assert sent[0]["status"] == 413


@pytest.mark.parametrize("latency", [0.0, 0.05])
def test_an_answer_waits_as_long_as_asked(latency: float) -> None:
    """A latency is waited for once, before the first byte; without one nothing is waited for."""
    events: list[str | float] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: dict[str, Any]) -> None:
        events.append(str(message["type"]))

    async def pause(seconds: float) -> None:
        events.append(seconds)

    app = application(assembled(ENVIRONMENT_2_5_1, (), (), KEY), latency_sec=latency, pause=pause)
    scope = {
        "type": "http",
        "method": "GET",
        "raw_path": b"/v2/customer_sessions/s",
        "query_string": b"",
        "headers": [],
    }
    asyncio.run(app(scope, receive, send))
    answered = ["http.response.start", "http.response.body"]
    assert events == ([latency, *answered] if latency else answered)


def test_other_protocols() -> None:
    """A connection that is not HTTP is an error."""
    app = application(assembled(ENVIRONMENT_2_5_1, (), (), KEY))

    async def nothing(*_: Any) -> Any:
        raise AssertionError

    with pytest.raises(RuntimeError, match="not websocket"):
        asyncio.run(app({"type": "websocket"}, nothing, nothing))
