"""The sandbox as an ASGI application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from urllib.parse import parse_qsl

from .calls import Call, Reply
from .service import LONGEST_BODY, Service

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Coroutine[Any, Any, None]]


def application(service: Service) -> Application:
    """Serves ``service`` over ASGI."""

    async def serve(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"the sandbox speaks HTTP only, not {scope['type']}")
        reply = await service.handle(await _call(scope, receive))
        await _send(reply, send)

    return serve


async def _call(scope: dict[str, Any], receive: Receive) -> Call:
    message = await receive()
    body = message.get("body", b"")
    if message.get("more_body"):
        body = await _joined(body, receive)
    query = scope["query_string"]
    return Call(
        method=scope["method"],
        path=scope["raw_path"].partition(b"?")[0],
        query=dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)) if query else {},
        headers={
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        },
        body=body,
    )


async def _joined(first: bytes, receive: Receive) -> bytes:
    """A body that comes in pieces; of one that is too long only as much as shows that it is."""
    pieces, size, more = [first], len(first), True
    while more:
        message = await receive()
        piece = message.get("body", b"")
        more = message.get("more_body", False)
        if size <= LONGEST_BODY:
            pieces.append(piece)
            size += len(piece)
    return b"".join(pieces)


async def _send(reply: Reply, send: Send) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": reply.status,
            "headers": [
                (b"content-type", reply.content_type.encode("latin-1")),
                (b"content-length", str(len(reply.body)).encode("ascii")),
            ],
        }
    )
    await send({"type": "http.response.body", "body": reply.body})
