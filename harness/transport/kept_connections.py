"""Ordinary requests: one kept connection a thread, opened again where the target has closed it."""

from __future__ import annotations

import threading

from ...wire.messages import Delivery, NoResponse, Request, Response
from .connection import Connection
from .deadline import DEADLINE
from .peer import Peer, ends_idle


class KeptConnections:
    """Sends requests where it does not matter on which connection they go out.

    Args:
        peer: the target.
    """

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._local = threading.local()
        self._open: set[Connection] = set()

    def send(self, request: Request) -> Response | NoResponse:
        """Sends ``request``; again only where a kept connection ended before it, and it is a read.

        A target that closes an idle connection may send a 408 before (RFC 9110, 15.5.9). Where that
        crosses a request, the target has not seen the request.
        """
        with DEADLINE.within(self._peer.timeout_sec) as started:
            outcome, ended_before = self._exchange(request, started)
            if ended_before and request.method == "GET":
                outcome, _ = self._exchange(request, started)
            elif ended_before:
                return NoResponse(
                    fate=Delivery.NOT_SENT,
                    reason="the target ended an idle connection with a 408",
                    elapsed_sec=outcome.elapsed_sec,
                )
            return outcome

    def _exchange(self, request: Request, started: float) -> tuple[Response | NoResponse, bool]:
        """What became of a request, and whether its connection was ended before it came."""
        kept = getattr(self._local, "connection", None)
        connection = self._connection(started)
        if isinstance(connection, NoResponse):
            return connection, False
        outcome = self._peer.exchange(connection, request, started)
        if not connection.reusable:
            self._drop(connection)
        return outcome, connection is kept and ends_idle(outcome, connection)

    def close(self) -> None:
        """Closes the connections of all threads."""
        while self._open:
            self._open.pop().close()
        self._local = threading.local()

    def _connection(self, started: float) -> Connection | NoResponse:
        """This thread's connection, opened again where the target has closed it."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            if not connection.stale():
                return connection
            self._drop(connection)
        opened = self._peer.open(started)
        if isinstance(opened, Connection):
            self._open.add(opened)
            self._local.connection = opened
        return opened

    def _drop(self, connection: Connection) -> None:
        self._local.connection = None
        self._open.discard(connection)
        connection.close()
