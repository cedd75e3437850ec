"""Serves one connection as uvicorn does, with the decisions of an HTTP stack."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .http_stack import HttpStack

_STATUS_LINE = b"HTTP/1.1 "
_INTERIM = b"HTTP/1.1 1"


class _HeadWriter:
    """A transport that writes response heads as ``stack`` decides."""

    def __init__(self, transport: asyncio.Transport, stack: HttpStack) -> None:
        self._transport = transport
        self._stack = stack

    def write(self, data: bytes) -> None:
        """Writes ``data``, which is a whole head, a piece of a body, or an interim response."""
        if data.startswith(_STATUS_LINE) and not data.startswith(_INTERIM):
            head, blank_line, body = data.partition(b"\r\n\r\n")
            final = self._stack.written_head(head + blank_line) + body
            data = self._stack.interim_responses() + final
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _Protocol(HttpToolsProtocol):
    def __init__(self, *arguments: Any, stack: HttpStack, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._stack = stack
        # Its type is int, but the event loop waits for fractions of a second as well.
        self.timeout_keep_alive = cast("int", stack.keep_alive_sec())

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        kind = type(self._stack)
        if (
            kind.written_head is not HttpStack.written_head
            or kind.interim_responses is not HttpStack.interim_responses
        ):
            transport = cast("asyncio.Transport", _HeadWriter(transport, self._stack))
        super().connection_made(transport)
        if self._stack.idle_answer():
            # uvicorn waits from the first response on; a proxy waits from the connection on.
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def timeout_keep_alive_handler(self) -> None:
        answer = self._stack.idle_answer()
        if answer and not self.transport.is_closing():
            self.transport.write(answer)
        super().timeout_keep_alive_handler()


def protocol_of(stack: HttpStack) -> Callable[..., asyncio.Protocol]:
    """Makes the protocol of a connection, as `uvicorn.Config` calls it."""
    return partial(_Protocol, stack=stack)
