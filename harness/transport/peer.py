"""The other side of the connections: opens them, sends requests, reads responses, as values."""

from __future__ import annotations

from time import monotonic

from ...wire.headers import RequestHeaders
from ...wire.messages import Delivery, NoResponse, Request, Response
from ...wire.redaction import Redactor
from ...wire.secrets import TargetSecrets
from ...wire.trace import DEFAULT_TRACE, TraceHeaders
from .connection import Connection, Origin
from .response_parser import NotHTTPError, ResponseParser

_REQUEST_TIMEOUT = 408


class Peer:
    """A target's address, its API key, and the bounds of one exchange. Nothing here raises.

    ``started`` is always when the request began, in `time.monotonic` seconds.

    Args:
        base_url: scheme, host, port and perhaps a base path.
        secrets: sent in header lines; kept in memory only.
        timeout_sec: the longest that one request may take; named in the reason of a timeout.
        max_response_bytes: a longer body is cut there.
        trace: which header lines name a request.
    """

    def __init__(
        self,
        base_url: str,
        *,
        secrets: TargetSecrets,
        timeout_sec: float,
        max_response_bytes: int,
        trace: TraceHeaders = DEFAULT_TRACE,
    ) -> None:
        self._origin = Origin.of(base_url)
        self._heads = RequestHeaders(secrets, trace)
        self._redactor = Redactor(secrets)
        self._timeout_sec = timeout_sec
        self._max_response_bytes = max_response_bytes

    def open(self, started: float) -> Connection | NoResponse:
        """A new connection; `Delivery.NOT_SENT` where none can be made."""
        try:
            return Connection(self._origin)
        except OSError as error:
            return self.failed(error, Delivery.NOT_SENT, started)

    def head(self, request: Request) -> bytes:
        """All that goes out before the body."""
        return self._heads.head(
            request, host_line=self._origin.host_line, base_path=self._origin.base_path
        )

    def text(self, request: Request) -> bytes:
        """All that goes out."""
        return self.head(request) + (request.body or b"")

    def push(self, connection: Connection, text: bytes, started: float) -> NoResponse | None:
        """Sends ``text``; None: all of it was sent."""
        try:
            connection.send(text)
        except OSError as error:
            return self.failed(error, Delivery.UNKNOWN, started)
        return None

    def read(
        self, connection: Connection, request: Request, started: float
    ) -> Response | NoResponse:
        """The response to ``request``, without the API key."""
        try:
            received = connection.receive(request.method, self._max_response_bytes)
        except (OSError, NotHTTPError) as error:
            return self.failed(error, Delivery.UNKNOWN, started)
        return self._response(received, started)

    def exchange(
        self, connection: Connection, request: Request, started: float
    ) -> Response | NoResponse:
        """Sends ``request`` once and reads its response."""
        failure = self.push(connection, self.text(request), started)
        # A target may answer and close before it has read everything: read in any case.
        outcome = self.read(connection, request, started)
        return outcome if isinstance(outcome, Response) else failure or outcome

    def failed(self, error: Exception, fate: Delivery, started: float) -> NoResponse:
        """Why no response came, in a few words that hold no secret."""
        reason = self._redactor.text(self._reason(error))
        return NoResponse(fate=fate, reason=reason, elapsed_sec=monotonic() - started)

    def _response(self, received: ResponseParser, started: float) -> Response:
        body, shows_key = self._redactor.clean(received.body)
        return Response(
            status=received.status,
            body=body,
            elapsed_sec=monotonic() - started,
            content_type=self._redactor.text(received.header(b"content-type")),
            retry_after_sec=_seconds(received.header(b"retry-after")),
            truncated=received.truncated,
            shows_key=shows_key,
        )

    def _reason(self, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"no complete answer within {self._timeout_sec:g} s"
        if isinstance(error, OSError) and error.strerror:
            return error.strerror.lower()
        return str(error) if isinstance(error, NotHTTPError) else type(error).__name__


def ends_idle(outcome: Response | NoResponse, connection: Connection) -> bool:
    """Whether a response says that a used connection was idle for too long, and ends it.

    It is then no response to the request that was sent last (RFC 9110, 15.5.9).
    """
    timed_out = isinstance(outcome, Response) and outcome.status == _REQUEST_TIMEOUT
    return timed_out and not connection.reusable


def _seconds(text: str) -> float | None:
    """The seconds of a Retry-After header; None where it holds a date or nothing."""
    return float(text) if text.isascii() and text.isdigit() else None
