"""Opens the transport that a target's access names."""

from __future__ import annotations

from ...record.target_access import TargetAccess, TransportKind
from ...wire.secrets import TargetSecrets
from ...wire.trace import DEFAULT_TRACE, TraceHeaders
from .http import HttpTransport, max_response_bytes
from .peer import Peer
from .protocols import Transport


def open_transport(
    url: str,
    *,
    access: TargetAccess,
    secrets: TargetSecrets,
    timeout_sec: float,
    trace: TraceHeaders = DEFAULT_TRACE,
    in_flight: int = 1,
) -> Transport:
    """The transport to the target at ``url``; everything that sends uses one.

    Args:
        url: scheme, host, port and an optional base path.
        access: the way to the target.
        secrets: sent in header lines; kept in memory only.
        timeout_sec: the longest that one request may take from first to last byte.
        trace: which header lines name a request.
        in_flight: how many responses may come in at once.

    Raises:
        ConfigurationError: a file that ``access`` names cannot be used.
    """
    if access.transport is TransportKind.SOCKETS:
        return HttpTransport(
            url,
            secrets=secrets,
            timeout_sec=timeout_sec,
            access=access,
            trace=trace,
            max_response_bytes=max_response_bytes(in_flight),
        )
    # Measured: the import takes 0.13 s, which is as much as a short command.
    from .requests_transport import RequestsTransport  # noqa: PLC0415

    peer = Peer(
        url,
        secrets=secrets,
        timeout_sec=timeout_sec,
        access=access,
        trace=trace,
        max_response_bytes=max_response_bytes(in_flight),
    )
    return RequestsTransport(peer)
