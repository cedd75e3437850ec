"""A double of Acme's shop: the session API, its receipts, and a gateway that wants a signature.

``app`` keeps Acme's rules. The receipts of ``faulty`` leave out additional costs.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.sandbox.asgi import application
from cartfuzz.sandbox.assembly import assembled

API_KEY = "acme-api-key"
_RECEIPTS = b"/acme/receipts/"
_SESSIONS = b"/v2/customer_sessions/"

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


def make(total_field: str) -> App:
    """The shop, whose receipts show ``total_field`` of the session as their total."""
    api = application(assembled(EXAMPLE_ENVIRONMENT, (), (), API_KEY))

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        raw_path = scope["raw_path"].partition(b"?")[0]
        if not _is_signed(scope, raw_path):
            await _answer(send, 401, {"message": "no valid signature"})
        elif raw_path.startswith(_RECEIPTS) and scope["method"] == "GET":
            session_path = _SESSIONS + raw_path.removeprefix(_RECEIPTS)
            status, body = await _called(api, {**scope, "raw_path": session_path}, receive)
            await _answer(send, *_receipt(status, body, total_field))
        else:
            await api(scope, receive, send)

    return app


def _is_signed(scope: Message, raw_path: bytes) -> bool:
    query = scope["query_string"]
    target = raw_path + (b"?" + query if query else b"")
    text = scope["method"].encode() + b" " + target
    key = os.environ.get("ACME_SIGNING_KEY", "").encode()
    wanted = hmac.new(key, text, sha256).hexdigest().encode()
    return (b"x-acme-signature", wanted) in [tuple(line) for line in scope["headers"]]


async def _called(api: App, scope: Message, receive: Receive) -> tuple[int, bytes]:
    """Status and body of what ``api`` answers."""
    sent: list[Message] = []

    async def keep(message: Message) -> None:
        sent.append(message)

    await api(scope, receive, keep)
    body = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], body


def _receipt(status: int, body: bytes, total_field: str) -> tuple[int, Message]:
    if status != 200:
        return status, json.loads(body)
    session = json.loads(body)["customerSession"]
    if session["state"] != "closed":
        return 404, {"message": "no receipt"}
    return 200, {"total": session[total_field]}


async def _answer(send: Send, status: int, value: Message) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(value).encode()})


app = make("total")
faulty = make("cartItemTotal")
