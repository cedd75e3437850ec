"""The transport to a target over HTTP/1.1: kept connections, and connections of a request's own."""

from __future__ import annotations

from collections.abc import Sequence

from ...contract import Cut
from ...record.target_access import DIRECT, TargetAccess
from ...wire.bounds import MAX_BODY_BYTES
from ...wire.messages import NoResponse, Request, Response
from ...wire.secrets import TargetSecrets
from ...wire.trace import DEFAULT_TRACE, TraceHeaders
from .kept_connections import KeptConnections
from .own_connections import OwnConnections
from .peer import Peer

_MAX_BYTES_TOGETHER = 64 * 1024 * 1024
"""Of the bodies that are received at the same time, as long as each may have `_LEAST_BYTES`."""
_LEAST_BYTES = 512 * 1024
"""More than any lawful response has."""


def max_response_bytes(in_flight: int) -> int:
    """How long a body may be where up to ``in_flight`` responses come in at once."""
    return min(MAX_BODY_BYTES, max(_LEAST_BYTES, _MAX_BYTES_TOGETHER // in_flight))


class HttpTransport:
    """Sends requests to one target; threads may share one.

    Requests go out as they are: no redirects, no cookies, no proxies or credentials from the
    environment, no retries. A proxy that ``access`` names gets them as they are too; to a target
    with https it opens a tunnel.

    Args:
        base_url: scheme, host, port and an optional base path.
        secrets: sent in header lines; kept in memory only.
        timeout_sec: the longest that one request may take from first to last byte.
        max_response_bytes: a longer body is cut there.
        trace: which header lines name a request.
        access: the way to the target.

    Raises:
        ConfigurationError: a file that ``access`` names cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        *,
        secrets: TargetSecrets,
        timeout_sec: float = 30.0,
        max_response_bytes: int = MAX_BODY_BYTES,
        access: TargetAccess = DIRECT,
        trace: TraceHeaders = DEFAULT_TRACE,
    ) -> None:
        peer = Peer(
            base_url,
            secrets=secrets,
            timeout_sec=timeout_sec,
            max_response_bytes=max_response_bytes,
            access=access,
            trace=trace,
        )
        self._peer = peer
        self._kept = KeptConnections(peer)
        self._own = OwnConnections(peer)

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

    def mixed_up(self, wait_sec: float) -> int:
        """See `Ordered.mixed_up`."""
        return self._kept.mixed_up(wait_sec)

    def abort(self) -> None:
        """Ends all requests under way, from another thread; they count as not answered."""
        self._peer.abort()

    def close(self) -> None:
        """Closes the kept connections of all threads."""
        self._kept.close()
