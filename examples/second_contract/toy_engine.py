"""A toy engine with a session API of its own: baskets, which are active, paid, void or refunded.

It keeps the rules of the sandbox, behind another wire form. ``app`` is right; ``faulty`` pays a
basket that is void.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from cartfuzz.contract import CostScope, Environment
from cartfuzz.sandbox.asgi import application
from cartfuzz.sandbox.assembly import assembled

TOKEN = "toy-token"  # noqa: S105 - of a toy
_ENVIRONMENT = Environment(additional_costs={"shipping": CostScope.SESSION})
_BASKETS, _SESSIONS = b"/baskets/", b"/v2/customer_sessions/"
_WORDS = {
    "basket": "customerSession",
    "reference": "integrationId",
    "customer": "profileId",
    "status": "state",
    "lines": "cartItems",
    "count": "quantity",
    "refundedCount": "returnedQuantity",
    "keptCount": "remainingQuantity",
    "article": "sku",
    "label": "name",
    "vouchers": "couponCodes",
    "recommendation": "referralCode",
    "extras": "additionalCosts",
    "refund": "return",
    "refundedLines": "returnedCartItems",
    "linesTotal": "cartItemTotal",
    "extrasTotal": "additionalCostTotal",
    "sum": "total",
    "actions": "effects",
}
_STATUS = {"active": "open", "paid": "closed", "void": "cancelled"}
_STATUS |= {"partly_refunded": "partially_returned"}
_OWN_WORDS = {inner: own for own, inner in _WORDS.items()}
_OWN_STATUS = {inner: own for own, inner in _STATUS.items()}

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


def make(*faults: str) -> App:
    """The engine, with faults of the sandbox in it."""
    inner = application(assembled(_ENVIRONMENT, faults, (), TOKEN))

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        path = scope["raw_path"].partition(b"?")[0]
        if not path.startswith(_BASKETS):
            await _answer(send, 404, {"problem": "no such path"})
            return
        first = await _whole(receive)
        is_refund = path.endswith(b"/refunds")
        path = _SESSIONS + path.removeprefix(_BASKETS).removesuffix(b"/refunds")
        path += b"/returns" if is_refund else b""
        first["body"] = _to_inner(first["body"], "return" if is_refund else "customerSession")
        waiting = [first]

        async def replay() -> Message:
            return waiting.pop() if waiting else await receive()

        sent: list[Message] = []

        async def keep(message: Message) -> None:
            sent.append(message)

        await inner({**scope, **_inner_lines(scope), "raw_path": path}, replay, keep)
        answer = b"".join(message.get("body", b"") for message in sent)
        await _answer(send, *_to_own(sent[0]["status"], answer))

    return app


async def _whole(receive: Receive) -> Message:
    """The request in one message; of a client that has gone the part that arrived."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] == "http.disconnect":
            return {"type": "http.disconnect", "body": body}
        if not message.get("more_body"):
            return {"type": "http.request", "body": body, "more_body": False}


def _inner_lines(scope: Message) -> Message:
    """The token under its inner name, and the parameter ``preview``."""
    lines = [(name, value) for name, value in scope["headers"] if name != b"authorization"]
    lines += [
        (b"authorization", value) for name, value in scope["headers"] if name == b"x-toy-token"
    ]
    return {"headers": lines, "query_string": scope["query_string"].replace(b"preview=", b"dry=")}


def _to_inner(body: bytes, name: str) -> bytes:
    if not body:
        return body
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return body
    if not isinstance(value, dict):
        return b"[]"
    inner = {name: _worded(value, _WORDS, _STATUS)}
    return json.dumps({**inner, "responseContent": ["customerSession"]}).encode()


def _to_own(status: int, body: bytes) -> tuple[int, Message]:
    try:
        value = json.loads(body)
    except ValueError:
        return status, {"problem": body.decode("utf-8", "replace")}
    if status >= 300:
        return 422 if status == 400 else status, {"problem": value["message"]}
    worded = _worded(value, _OWN_WORDS, _OWN_STATUS)
    basket = worded["basket"]
    basket |= {name: worded[name] for name in ("actions", "refund") if name in worded}
    return status, basket


def _worded(value: Any, words: dict[str, str], states: dict[str, str]) -> Any:
    """``value`` in other words; attributes, and the names of extras, are the shop's own."""
    if isinstance(value, list):
        return [_worded(one, words, states) for one in value]
    if not isinstance(value, dict):
        return value
    made: Message = {}
    for name, member in value.items():
        new = _worded(member, words, states)
        if name in ("status", "state") and isinstance(member, str):
            new = states.get(member, f"unknown {member}")
        elif name == "attributes":
            new = member
        elif name in ("extras", "additionalCosts") and isinstance(member, dict):
            new = {key: _worded(one, words, states) for key, one in member.items()}
        made[words.get(str(name), str(name))] = new
    return made


async def _answer(send: Send, status: int, value: Message) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(value).encode()})


app = make()
faulty = make("closes-cancelled-sessions")
