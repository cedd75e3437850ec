"""The adapter of `requests`, with the connections of the transport on sockets below it.

`urllib3` would open its own ones. With ours, deadline, TLS, tunnel and their troubles are the same
for both transports, and nothing of the environment counts.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.client import HTTPResponse

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.wait import wait_for_read

from .answer_order import begins_answer
from .connection import open_socket
from .deadline import DEADLINE, received_already
from .origin import Origin
from .response_parser import SWITCHED


class _Connecting(threading.local):
    """Why this thread could not open a connection; None: it could."""

    error: OSError | None = None

    def clear(self) -> None:
        """Before a request."""
        self.error = None


CONNECTING = _Connecting()


_MAX_LINE_BYTES = 65_537


class FinalResponse(HTTPResponse):
    """A response without the interim ones before it.

    `http.client` knows 100 only. It would take another one, such as 103, for the response, and the
    response itself for that to the next request.
    """

    def _read_status(self) -> tuple[str, int, str]:
        """Called by `HTTPResponse.begin`."""
        while True:
            found: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]
            if not 100 <= found[1] < 200 or found[1] == SWITCHED:
                return found
            while self.fp.readline(_MAX_LINE_BYTES) not in (b"\r\n", b"\n", b""):
                pass  # header lines of an interim response

    def _close_conn(self) -> None:
        """Called once the response was read to its end, or given up."""
        with DEADLINE.passed(), suppress(OSError):  # nothing has come behind it
            self.note_rest(self.fp.peek(1))
        super()._close_conn()  # type: ignore[misc]

    def note_rest(self, rest: bytes) -> None:
        """Takes what had come in behind the response, as far as it was read."""


class DeadlineAdapter(HTTPAdapter):
    """Sends prepared requests to one origin; nothing is sent twice.

    Args:
        origin: where the target listens.
        opened: is given each connection, once it is open.
    """

    def __init__(
        self, origin: Origin, opened: Callable[[socket.socket], None] = lambda _: None
    ) -> None:
        self._origin = origin
        self._opened = opened
        self._socket: socket.socket | None = None
        self._answers = 0
        self._rest = b""
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    @property
    def answers(self) -> int:
        """How many responses came on its connection that were asked for."""
        return self._answers

    @property
    def is_followed(self) -> bool:
        """Whether another answer came with the last one, if that was read to its end."""
        return begins_answer(self._rest)

    @property
    def has_several_answers(self) -> bool:
        """Whether it is not certain that the last response is to the last request."""
        return self.is_followed and self._answers > 1

    def has_extra_answer(self, wait_sec: float) -> bool:
        """Whether an answer comes in that no request asked for; the connection is of no use then.

        Args:
            wait_sec: how long it may take.
        """
        connection = self._socket
        if connection is None or connection.fileno() < 0:
            return False
        if not wait_for_read(connection, timeout=wait_sec):
            return False
        extra = begins_answer(received_already(connection))
        self.close()
        return extra

    def close(self) -> None:
        """Closes its connection; another one may follow."""
        self._socket, self._rest = None, b""
        super().close()

    def init_poolmanager(self, *_arguments: object, **_keywords: object) -> None:
        """A pool of one connection to the origin."""
        adapter = self

        class Counted(FinalResponse):
            def begin(self) -> None:
                super().begin()
                adapter._answers += 1
                adapter._rest = b""

            def note_rest(self, rest: bytes) -> None:
                adapter._rest = rest

        class Plain(HTTPConnection):
            response_class = Counted

            def connect(self) -> None:
                self.sock = adapter._connected()

        class Secure(HTTPSConnection):
            response_class = Counted

            def connect(self) -> None:
                self.sock = adapter._connected()
                self.is_verified = True  # as far as the access to the target asks for it

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager = PoolManager(num_pools=1, maxsize=1)
        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}

    def _connected(self) -> socket.socket:
        self._socket = _opened(self._origin)
        self._answers, self._rest = 0, b""
        self._opened(self._socket)
        return self._socket

    def request_url(self, request: PreparedRequest, proxies: Mapping[str, str] | None) -> str:
        """What the request line names: the whole URL for a proxy that opens no tunnel."""
        if self._origin.proxy is None or self._origin.tunnel:
            return super().request_url(request, proxies)
        return request.url or ""


def _opened(origin: Origin) -> socket.socket:
    try:
        return open_socket(origin)
    except OSError as error:
        CONNECTING.error = error
        raise
