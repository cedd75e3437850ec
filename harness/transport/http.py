"""The transport to a target over HTTP/1.1: kept connections, and connections of a request's own."""

from __future__ import annotations

from collections.abc import Sequence

from ...contract import Cut
from ...wire.messages import NoResponse, Request, Response
from ...wire.secrets import TargetSecrets
from ...wire.trace import DEFAULT_TRACE, TraceHeaders
from .kept_connections import KeptConnections
from .own_connections import OwnConnections
from .peer import Peer

MAX_RESPONSE_BYTES = 16 * 1024 * 1024
"""A longer body is cut here, unless the caller sets another bound."""


class HttpTransport:
    """Sends requests to one target; threads may share one.

    Requests go out as they are: no redirects, no cookies, no proxies or credentials from the
    environment, no retries.

    Args:
        base_url: scheme, host, port and an optional base path.
        secrets: sent in header lines; kept in memory only.
        timeout_sec: the longest that one request may take from first to last byte.
        max_response_bytes: a longer body is cut there.
        trace: which header lines name a request.
    """

    def __init__(
        self,
        base_url: str,
        *,
        secrets: TargetSecrets,
        timeout_sec: float = 30.0,
        max_response_bytes: int = MAX_RESPONSE_BYTES,
        trace: TraceHeaders = DEFAULT_TRACE,
    ) -> None:
        peer = Peer(
            base_url,
            secrets=secrets,
            timeout_sec=timeout_sec,
            max_response_bytes=max_response_bytes,
            trace=trace,
        )
        self._kept = KeptConnections(peer, timeout_sec=timeout_sec)
        self._own = OwnConnections(peer, timeout_sec=timeout_sec)

    def send(self, request: Request) -> Response | NoResponse:
        """Sends ``request`` once, on the connection of this thread."""
        return self._kept.send(request)

    def burst(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        """See `OwnConnections.burst`."""
        return self._own.burst(requests)

    def sequence(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        """See `OwnConnections.sequence`."""
        return self._own.sequence(requests)

    def cut(self, request: Request, cut: Cut) -> NoResponse:
        """See `OwnConnections.cut`."""
        return self._own.cut(request, cut)

    def close(self) -> None:
        """Closes the kept connections of all threads."""
        self._kept.close()
