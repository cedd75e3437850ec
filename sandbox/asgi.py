"""The sandbox as an ASGI application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from .calls import Call, Reply
from .service import Service

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


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
        pieces = [body]
        while message.get("more_body"):
            message = await receive()
            pieces.append(message.get("body", b""))
        body = b"".join(pieces)
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
