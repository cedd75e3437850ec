"""The adapter of `requests`, with the connections of the transport on sockets below it.

`urllib3` would open its own ones. With ours, deadline, TLS, tunnel and their troubles are the same
for both transports, and nothing of the environment counts.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from http.client import HTTPResponse

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from .connection import open_socket
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
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *_arguments: object, **_keywords: object) -> None:
        """A pool of one connection to the origin."""
        origin, opened = self._origin, self._opened

        class Plain(HTTPConnection):
            response_class = FinalResponse

            def connect(self) -> None:
                self.sock = _opened(origin)
                opened(self.sock)

        class Secure(HTTPSConnection):
            response_class = FinalResponse

            def connect(self) -> None:
                self.sock = _opened(origin)
                opened(self.sock)
                self.is_verified = True  # as far as the access to the target asks for it

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager = PoolManager(num_pools=1, maxsize=1)
        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}

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
