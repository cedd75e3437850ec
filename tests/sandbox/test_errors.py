"""Refusals of the clean sandbox, and how requests find their endpoint."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cartfuzz.sandbox.asgi import application
from cartfuzz.sandbox.assembly import assembled
from cartfuzz.sandbox.service import MAX_BODY_BYTES

from .environments import FIRST
from .steps import KEY, RIGHT, Answer, Client, Step, at, get, give, item, path_of, put, raw, reopen


def is_error(answer: Answer) -> bool:
    content = answer.json
    return (
        answer.content_type == "application/json"
        and isinstance(content["message"], str)
        and all(isinstance(error["title"], str) for error in content["errors"])
    )


@pytest.mark.parametrize("key", ["", KEY, "ApiKey-v1 wrong", "ApiKey-v1 ", f"Bearer {KEY}",
                                 f"apikey-v1 {KEY}", f"{RIGHT} ", f"ApiKey-v1  {KEY}"])  # fmt: skip
def test_wrong_credentials(current: Client, key: str) -> None:
    """Every endpoint answers 401, before it looks at anything else, and does nothing."""
    current(put(state="closed", cartItems=[item()]))
    before = current(get())
    for step in (
        put(key=key, state="cancelled"),
        put("new", key=key),
        raw(b"{", key=key),
        get(key=key),
        get("unknown", key=key),
        give(at(0), key=key),
        reopen(key=key),
    ):
        answer = current(step)
        assert answer.status == 401
        assert is_error(answer)
        assert KEY not in answer.text.decode()
    assert current(get()) == before
    assert current(get("new")).status == 404


@pytest.mark.parametrize(
    "step",
    [
        get("unknown"),
        put(state="paused"),
        put(cartItems=[item(quantity=0)]),
        raw(b"{"),
        give(at(0), session="unknown"),
        Step(method="GET", path="/v2/unknown", headers={"authorization": RIGHT}),
        Step(method="DELETE", path=path_of("s"), headers={"authorization": RIGHT}),
    ],
)
def test_refusals_are_json(client: Client, step: Step) -> None:
    """Each has a message and a list of errors."""
    answer = client(step)
    assert 400 <= answer.status < 500
    assert is_error(answer)


def test_a_refusal_points_at_the_mistake(client: Client) -> None:
    """The pointer names the place in the body."""
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
    """What is no endpoint is a 404, another method a 405, an ID that is no UTF-8 a 400."""
    step = Step(method=method, path=path, headers={"authorization": RIGHT})
    assert client(step).status == status


def test_required_response_fields(client: Client) -> None:
    """The fields that the contract requires are there, in reads and in updates."""
    required = {
        "id", "created", "updated", "integrationId", "applicationId", "profileId", "state",
        "cartItems", "attributes", "firstSession", "total", "cartItemTotal", "additionalCostTotal",
    }  # fmt: skip
    written = client(put())
    assert written.json.keys() >= {"effects", "createdCoupons", "createdReferrals"}
    assert written.session.keys() >= required
    read = client(get())
    assert read.json.keys() == {"customerSession", "effects"}
    assert read.session == written.session


def test_the_session_is_shown_when_asked_for(client: Client) -> None:
    """Without responseContent an answer has the required lists only."""
    answer = client(raw({"customerSession": {}}))
    assert answer.json == {"effects": [], "createdCoupons": [], "createdReferrals": []}
    answer = client(raw({"customerSession": {}, "responseContent": None}))
    assert answer.status == 200


def test_too_large_a_body() -> None:
    """A body over the server's own limit is a 413, and is not kept in memory whole."""
    app = application(assembled(FIRST, (), (), KEY))
    piece = b" " * (MAX_BODY_BYTES // 2)
    left = [piece, piece, piece, piece]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": left.pop(), "more_body": bool(left)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "PUT",
        "raw_path": b"/v2/customer_sessions/s",
        "query_string": b"",
        "headers": [(b"authorization", RIGHT.encode())],
    }
    asyncio.run(app(scope, receive, send))
    assert not left
    assert sent[0]["status"] == 413


@pytest.mark.parametrize("latency", [0.0, 0.05])
def test_an_answer_waits_as_long_as_asked(latency: float) -> None:
    """Once, and before its first byte goes out; without a latency not at all."""
    told: list[str | float] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: dict[str, Any]) -> None:
        told.append(str(message["type"]))

    async def pause(seconds: float) -> None:
        told.append(seconds)

    app = application(assembled(FIRST, (), (), KEY), latency_sec=latency, pause=pause)
    scope = {
        "type": "http",
        "method": "GET",
        "raw_path": b"/v2/customer_sessions/s",
        "query_string": b"",
        "headers": [],
    }
    asyncio.run(app(scope, receive, send))
    answered = ["http.response.start", "http.response.body"]
    assert told == ([latency, *answered] if latency else answered)


def test_other_protocols() -> None:
    """The application is asked for HTTP only."""
    app = application(assembled(FIRST, (), (), KEY))

    async def nothing(*_: Any) -> Any:
        raise AssertionError

    with pytest.raises(RuntimeError, match="not websocket"):
        asyncio.run(app({"type": "websocket"}, nothing, nothing))
