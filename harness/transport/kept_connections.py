"""Ordinary requests: one kept connection a thread, opened again where the target has closed it."""

from __future__ import annotations

import threading
from enum import Enum, auto

from ...wire.messages import Delivery, NoResponse, Request, Response
from .connection import Connection
from .deadline import DEADLINE
from .peer import Peer, ends_idle


class _Trouble(Enum):
    """Why a response on a kept connection is none to its request."""

    NONE = auto()
    ENDED_BEFORE = auto()
    """The target had ended it before the request came."""
    SEVERAL_ANSWERS = auto()


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
        """Sends ``request``; again only if it is a read, and a kept connection ended before it, or
        several answers came on one, so that it is not certain which one is to it.

        A target that closes an idle connection may send a 408 before (RFC 9110, 15.5.9). Where that
        crosses a request, the target has not seen the request.
        """
        with DEADLINE.within(self._peer.timeout_sec) as started:
            outcome, trouble = self._exchange(request, started)
            if trouble is not _Trouble.NONE and request.method == "GET":
                outcome, _ = self._exchange(request, started)
            elif trouble is _Trouble.ENDED_BEFORE:
                return NoResponse(
                    fate=Delivery.NOT_SENT,
                    reason="the target ended an idle connection with a 408",
                    elapsed_sec=outcome.elapsed_sec,
                )
            return outcome

    def _exchange(self, request: Request, started: float) -> tuple[Response | NoResponse, _Trouble]:
        """What became of a request, and what was wrong with the connection."""
        kept = getattr(self._local, "connection", None)
        connection = self._connection(started)
        if isinstance(connection, NoResponse):
            return connection, _Trouble.NONE
        outcome = self._peer.exchange(connection, request, started)
        if connection.is_followed:
            self._peer.order.note_extra(connection.answers)
        if not connection.reusable:
            self._drop(connection)
        if connection is kept and connection.is_followed:
            return outcome, _Trouble.SEVERAL_ANSWERS
        if connection is kept and ends_idle(outcome, connection):
            return outcome, _Trouble.ENDED_BEFORE
        return outcome, _Trouble.NONE

    def mixed_up(self, wait_sec: float) -> int:
        """See `Ordered.mixed_up`."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None and connection.stale(wait_sec):
            self._end_stale(connection)
        return self._peer.order.mixed_up

    def close(self) -> None:
        """Closes the connections of all threads."""
        while self._open:
            self._open.pop().close()
        self._local = threading.local()

    def _connection(self, started: float) -> Connection | NoResponse:
        """This thread's connection; a new one where the target has closed it, or where an answer to
        another request may still come on it."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            if self._peer.order.is_certain and not connection.stale():
                return connection
            self._end_stale(connection)
        opened = self._peer.open(started)
        if isinstance(opened, Connection):
            self._open.add(opened)
            self._local.connection = opened
        return opened

    def _end_stale(self, connection: Connection) -> None:
        if connection.has_extra_answer():
            self._peer.order.note_extra(connection.answers)
        self._drop(connection)

    def _drop(self, connection: Connection) -> None:
        self._local.connection = None
        self._open.discard(connection)
        connection.close()
