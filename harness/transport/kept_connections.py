"""Ordinary requests: one kept connection a thread, opened again where the target has closed it."""

from __future__ import annotations

import threading

from ...wire.messages import NoResponse, Request, Response
from .connection import Connection
from .deadline import DEADLINE
from .peer import Peer


class KeptConnections:
    """Sends requests where it does not matter on which connection they go out.

    Args:
        peer: the target.
        timeout_sec: the longest that one request may take from first to last byte.
    """

    def __init__(self, peer: Peer, *, timeout_sec: float) -> None:
        self._peer = peer
        self._timeout_sec = timeout_sec
        self._local = threading.local()
        self._open: set[Connection] = set()

    def send(self, request: Request) -> Response | NoResponse:
        """Sends ``request`` once."""
        with DEADLINE.within(self._timeout_sec) as started:
            connection = self._connection(started)
            if isinstance(connection, NoResponse):
                return connection
            outcome = self._peer.exchange(connection, request, started)
            if not connection.reusable:
                self._drop(connection)
            return outcome

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
