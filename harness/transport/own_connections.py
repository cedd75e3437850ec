"""Bursts, cuts and raw requests: each on connections of its own, byte by byte.

`KeptConnections` hides connections, which is right for ordinary requests. Here the caller decides
which bytes go out when, and which request follows on the same connection.
"""

from __future__ import annotations

import selectors
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from time import monotonic

from ...contract import Cut
from ...wire.messages import Delivery, NoResponse, Request, Response
from .answer_order import NOT_ALONE
from .connection import Connection
from .deadline import DEADLINE
from .peer import Peer, ends_idle
from .response_parser import NotHTTPError

_NOT_SENT = NoResponse(fate=Delivery.NOT_SENT, reason="not sent")
_LEAST_BYTES_IN_BURST = 64 * 1024
"""The responses of a burst share the bound of one; this much is left to each."""
_MAX_CLOSE_WAIT_SEC = 0.5
"""A target that has not closed a half-closed connection after this time will not close it soon."""


class OwnConnections:
    """Sends requests where it matters on which connection, and when, they go out.

    Threads may share one; it holds no open connection between calls.

    Args:
        peer: the target.
    """

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    def burst(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        """Sends ``requests`` at once, each on its own connection.

        All connections are open and all but the last byte of each request has been sent before the
        first last byte goes out, so the target has all of them within some microseconds.

        Returns:
            What became of each, in the order of ``requests``. They count as concurrent: which of
            them the target took first is not known.
        """
        with DEADLINE.within(self._peer.timeout_sec) as started:
            connections = [self._peer.open(started) for _ in requests]
            texts = [self._peer.text(request) for request in requests]
            try:
                outcomes = list(map(_failure, connections))
                for piece in (slice(None, -1), slice(-1, None)):
                    for index, connection in enumerate(connections):
                        if outcomes[index] is None and isinstance(connection, Connection):
                            text = texts[index][piece]
                            outcomes[index] = self._peer.push(connection, text, started)
                waiting = {
                    index: connection
                    for index, connection in enumerate(connections)
                    if outcomes[index] is None and isinstance(connection, Connection)
                }
                responses: dict[int, Response | NoResponse] = {}
                left = self._peer.max_response_bytes
                for index in _in_order_of_response(waiting):
                    responses[index] = outcome = self._peer.read(
                        waiting[index], requests[index], started, max_bytes=left
                    )
                    if isinstance(outcome, Response):
                        left = max(_LEAST_BYTES_IN_BURST, left - len(outcome.body))
                return [
                    responses.get(index) or outcome or _NOT_SENT
                    for index, outcome in enumerate(outcomes)
                ]
            finally:
                for connection in connections:
                    if isinstance(connection, Connection):
                        connection.close()

    def sequence(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        """Sends ``requests`` one after the other on one connection.

        Where the target closes it between two of them, as HTTP allows it to after a bad request,
        a new one is opened. A read that meets a connection just being closed, perhaps with a 408
        before, is sent again. Where it is not certain which answer is to which request, each gets a
        connection of its own.
        """
        outcomes: list[Response | NoResponse] = []
        connection: Connection | None = None
        try:
            for request in requests:
                with DEADLINE.within(self._peer.timeout_sec) as started:
                    used = connection is not None
                    outcome, connection = self._send_next(connection, request, started)
                    ended = connection is None or ends_idle(outcome, connection)
                    if used and ended and request.method == "GET":
                        if connection is not None:
                            connection.close()
                        outcome, connection = self._send_next(None, request, started)
                    outcomes.append(outcome)
        finally:
            if connection is not None:
                connection.close()
        return outcomes

    def _send_next(
        self, connection: Connection | None, request: Request, started: float
    ) -> tuple[Response | NoResponse, Connection | None]:
        """What became of a request, and the connection for the next one; None: open a new one."""
        if connection is not None and (connection.stale() or not self._peer.order.is_certain):
            connection.close()
            connection = None
        opened = connection or self._peer.open(started)
        if isinstance(opened, NoResponse):
            return opened, None
        outcome = self._peer.exchange(opened, request, started)
        if isinstance(outcome, Response) and not self._is_doubtful(opened):
            return outcome, opened
        opened.close()
        if isinstance(outcome, Response):
            outcome = self._peer.failed(NotHTTPError(NOT_ALONE), Delivery.UNKNOWN, started)
        return outcome, None

    @staticmethod
    def _is_doubtful(connection: Connection) -> bool:
        """Whether the last response may be to the request before: another one is there already."""
        if connection.answers == 1 or not connection.reusable:
            return False
        return connection.stale() and connection.has_extra_answer()

    def cut(self, request: Request, cut: Cut) -> NoResponse:
        """Sends ``request`` as far as ``cut`` says and closes the connection.

        Where the request is not whole, the call returns once the target has noticed, as a rule: an
        effect that the part has by mistake comes before the next request, not during it.
        """
        with DEADLINE.within(self._peer.timeout_sec) as started:
            connection = self._peer.open(started)
            if isinstance(connection, NoResponse):
                return connection
            head, body = self._peer.head(request), request.body or b""
            text = {
                Cut.HEAD: head[: -len(b"\r\n\r\n")],
                Cut.BODY: head + body[:-1] if body else head[:-1],
            }.get(cut, head + body)
            try:
                connection.send(text)
                if cut is Cut.ANSWER:
                    connection.peek()
                elif not cut.whole:
                    connection.finish(_MAX_CLOSE_WAIT_SEC)
            except OSError as error:
                return self._peer.failed(error, Delivery.UNKNOWN, started)
            finally:
                connection.close()
        return NoResponse(
            fate=Delivery.UNKNOWN if cut.whole else Delivery.NOT_SENT,
            reason=f"cut {cut.value}",
            elapsed_sec=monotonic() - started,
        )


def _failure(connection: Connection | NoResponse) -> NoResponse | None:
    return connection if isinstance(connection, NoResponse) else None


def _in_order_of_response(waiting: Mapping[int, Connection]) -> Iterator[int]:
    """The keys of ``waiting``, each once its response begins; at the deadline those that are left.

    A request that the target leaves hanging must not cost the responses to the others.
    """
    left = dict(waiting)
    with selectors.DefaultSelector() as selector, suppress(TimeoutError):
        for index, connection in left.items():
            selector.register(connection, selectors.EVENT_READ, index)
        while left:
            for key, _ in selector.select(DEADLINE.remaining()):
                selector.unregister(key.fileobj)
                del left[key.data]
                yield key.data
    yield from left
