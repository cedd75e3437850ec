"""The transport of ordinary requests: connections are kept, and nobody sees them."""

from __future__ import annotations

import threading

from ...wire.messages import NoResponse, Request, Response
from .connection import Connection
from .deadline import DEADLINE
from .exchange import Endpoint


class HttpTransport:
    """Sends requests to one target on one kept connection a thread.

    Requests go out as they are: no redirects, no cookies, no proxies or credentials from the
    surroundings, no retries.

    Args:
        base_url: scheme, host, port and perhaps a base path.
        api_key: sent in the Authorization header; kept in memory only.
        timeout_sec: the longest that one request may take from first to last byte.
        max_answer_bytes: a longer body is cut there.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str,
        timeout_sec: float = 30.0,
        max_answer_bytes: int = 16 * 1024 * 1024,
    ) -> None:
        self._endpoint = Endpoint(
            base_url, api_key=api_key, timeout_sec=timeout_sec, max_answer_bytes=max_answer_bytes
        )
        self._timeout_sec = timeout_sec
        self._local = threading.local()
        self._open: set[Connection] = set()

    def send(self, request: Request) -> Response | NoResponse:
        """Sends ``request`` once."""
        with DEADLINE.within(self._timeout_sec) as started:
            connection = self._connection(started)
            if isinstance(connection, NoResponse):
                return connection
            outcome = self._endpoint.exchange(connection, request, started)
            if not connection.reusable:
                self._drop(connection)
            return outcome

    def close(self) -> None:
        """Closes the connections of all threads."""
        while self._open:
            self._open.pop().close()
        self._local = threading.local()

    def _connection(self, started: float) -> Connection | NoResponse:
        """The one of this thread, opened anew where the target has closed it."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            if not connection.stale():
                return connection
            self._drop(connection)
        opened = self._endpoint.opened(started)
        if isinstance(opened, Connection):
            self._open.add(opened)
            self._local.connection = opened
        return opened

    def _drop(self, connection: Connection) -> None:
        self._local.connection = None
        self._open.discard(connection)
        connection.close()
