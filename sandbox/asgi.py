"""Makes an ASGI application of the service."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from urllib.parse import parse_qsl

from .calls import Call, Reply
from .http_stack import HttpStack
from .service import MAX_BODY_BYTES, Service

_DISCONNECT_WAIT_SEC = 0.005
"""How long `Call.gone` waits for a client to disconnect: about one query to a database."""

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Coroutine[Any, Any, None]]


def application(
    service: Service,
    *,
    latency_sec: float = 0.0,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Application:
    """The ASGI application that serves ``service``.

    Args:
        service: answers the requests.
        latency_sec: how long each answer waits before it is sent; other requests are handled
            meanwhile.
        pause: waits for a number of seconds; tests replace it.

    Raises:
        RuntimeError: when called, for a connection that is not HTTP.
    """

    async def serve(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"the sandbox serves HTTP only, not {scope['type']}")
        reply = await service.handle(await _read_call(scope, receive))
        if latency_sec:
            await pause(latency_sec)
        await _send(service, reply, send)

    return serve


async def _read_call(scope: dict[str, Any], receive: Receive) -> Call:
    message = await receive()
    body, is_complete = message.get("body", b""), message["type"] == "http.request"
    if message.get("more_body"):
        body, is_complete = await _read_body(body, receive)

    async def has_disconnected() -> bool:
        try:
            message = await asyncio.wait_for(receive(), _DISCONNECT_WAIT_SEC)
        except TimeoutError:
            return False
        return bool(message["type"] == "http.disconnect")

    query = scope["query_string"]
    return Call(
        method=scope["method"],
        path=scope["raw_path"].partition(b"?")[0],
        query=dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)) if query else {},
        headers={
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        },
        body=body,
        whole=is_complete,
        gone=has_disconnected,
    )


async def _read_body(first: bytes, receive: Receive) -> tuple[bytes, bool]:
    """The body that begins with ``first``, and whether its last piece arrived.

    Pieces beyond `MAX_BODY_BYTES` are dropped, except for one that shows that the body is longer.
    """
    pieces, size, has_more, is_complete = [first], len(first), True, True
    while has_more:
        message = await receive()
        piece = message.get("body", b"")
        has_more = message.get("more_body", False)
        is_complete = message["type"] == "http.request"
        if size <= MAX_BODY_BYTES:
            pieces.append(piece)
            size += len(piece)
    return b"".join(pieces), is_complete


async def _send(stack: HttpStack, reply: Reply, send: Send) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": reply.status,
            "headers": [
                (name.encode("latin-1"), value.encode("latin-1"))
                for name, value in stack.reply_headers(reply)
            ],
        }
    )
    *pieces, last = stack.body_pieces(reply.body)
    for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": last})
