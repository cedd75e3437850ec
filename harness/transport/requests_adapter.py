"""The adapter of `requests`, with the connections of the transport on sockets below it.

`urllib3` would open its own ones. With ours, deadline, TLS, tunnel and their troubles are the same
for both transports, and nothing of the environment counts.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from .connection import open_socket
from .origin import Origin


class _Connecting(threading.local):
    """Why this thread could not open a connection; None: it could."""

    error: OSError | None = None

    def clear(self) -> None:
        """Before a request."""
        self.error = None


CONNECTING = _Connecting()


class DeadlineAdapter(HTTPAdapter):
    """Sends prepared requests to one origin; nothing is sent twice.

    Args:
        origin: where the target listens.
    """

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *_arguments: object, **_keywords: object) -> None:
        """A pool of one connection to the origin."""
        origin = self._origin

        class Plain(HTTPConnection):
            def connect(self) -> None:
                self.sock = _opened(origin)

        class Secure(HTTPSConnection):
            def connect(self) -> None:
                self.sock = _opened(origin)
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
