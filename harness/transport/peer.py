"""The other side of the connections: opens them, sends requests, reads responses, as values."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic
from typing import Protocol
from weakref import WeakSet

from ...record.target_access import DIRECT, PROXY_AUTHORIZATION, TargetAccess
from ...wire.headers import RequestHeaders
from ...wire.messages import Delivery, NoResponse, Request, Response
from ...wire.redaction import Redactor
from ...wire.retry_after import retry_after_sec
from ...wire.secrets import TargetSecrets
from ...wire.trace import DEFAULT_TRACE, TraceHeaders
from .answer_order import NOT_ALONE, AnswerOrder
from .connection import Connection, end_socket
from .origin import Origin, split_proxy_authorization
from .response_parser import REQUEST_TIMEOUT, NotHTTPError
from .troubles import trouble

_KEPT_OF_TRUNCATED = 64 * 1024
"""Bytes of a body that is too long to be judged: nothing more is done with it."""
_STOPPED = "not answered, the run was stopped"


class Received(Protocol):
    """A response as it came in."""

    @property
    def status(self) -> int: ...

    @property
    def body(self) -> bytes:
        """At most as long as the bound."""

    @property
    def truncated(self) -> bool:
        """Whether the body went on past the bound."""

    def header(self, name: bytes) -> str:
        """The value of a header line, by its lower-case name; empty where there is none."""


class Peer:
    """A target's address, its API key, and the bounds of one exchange. Its methods do not raise.

    ``started`` is always when the request began, in `time.monotonic` seconds.

    Args:
        base_url: scheme, host, port and perhaps a base path.
        secrets: sent in header lines; kept in memory only.
        timeout_sec: the longest that one request may take; named in the reason of a timeout.
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
        timeout_sec: float,
        max_response_bytes: int,
        access: TargetAccess = DIRECT,
        trace: TraceHeaders = DEFAULT_TRACE,
    ) -> None:
        for_proxy, headers = split_proxy_authorization(access, secrets.headers)
        self.origin = Origin.of(base_url, access, proxy_authorization=for_proxy)
        if for_proxy and not self.origin.tunnel:
            headers = (*headers, (PROXY_AUTHORIZATION, for_proxy))
        self._heads = RequestHeaders(
            replace(secrets, headers=headers),
            trace,
            own=access.headers,
            key_header=access.api_key_header,
        )
        self._redactor = Redactor(secrets)
        self.base_url = base_url.rstrip("/")
        self.timeout_sec = timeout_sec
        self.order = AnswerOrder()
        """Of answers on connections that are kept."""
        self._open: WeakSet[Connection | socket.socket] = WeakSet()
        self._lock = threading.Lock()
        self._aborted = threading.Event()
        self.max_response_bytes = max_response_bytes

    def open(self, started: float) -> Connection | NoResponse:
        """A new connection; `Delivery.NOT_SENT` where none can be made."""
        if self._aborted.is_set():
            return NoResponse(fate=Delivery.NOT_SENT, reason=_STOPPED)
        try:
            connection = Connection(self.origin)
        except OSError as error:
            return replace(self.failed(error, Delivery.NOT_SENT, started), unreachable=True)
        self.keep(connection)
        return connection

    def keep(self, connection: Connection | socket.socket) -> None:
        """Lets `abort` end an open connection, for as long as somebody uses it."""
        with self._lock:
            self._open.add(connection)
            aborted = self._aborted.is_set()
        if aborted:  # meanwhile
            _end(connection)

    def abort(self) -> None:
        """Ends all connections: what waits for a response gets none, and no more are opened."""
        with self._lock:
            self._aborted.set()
            connections = list(self._open)
        for connection in connections:
            _end(connection)

    def head(self, request: Request) -> bytes:
        """All that goes out before the body."""
        return self._heads.head(
            request, host_line=self.origin.host_line, base_path=self.origin.base_path
        )

    def lines(self, request: Request) -> list[tuple[str, str]]:
        """The header lines of `head`."""
        return self._heads.of(request, self.origin.host_line)

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
        self,
        connection: Connection,
        request: Request,
        started: float,
        *,
        max_bytes: int | None = None,
    ) -> Response | NoResponse:
        """The response to ``request``, without the API key.

        Its body is cut at ``max_bytes``, or where there are none given at the usual bound.
        """
        bound = self.max_response_bytes if max_bytes is None else max_bytes
        try:
            received = connection.receive(request.method, bound)
        except (OSError, NotHTTPError) as error:
            return self.failed(error, Delivery.UNKNOWN, started)
        if received.is_followed and connection.answers > 1:
            return self.failed(NotHTTPError(NOT_ALONE), Delivery.UNKNOWN, started)
        return self.response(received, started)

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
        reason = self._redactor.text(self._reason(error, opening=fate is Delivery.NOT_SENT))
        return NoResponse(fate=fate, reason=reason, elapsed_sec=monotonic() - started)

    def response(self, received: Received, started: float) -> Response:
        """What came in, without secrets."""
        body = received.body[:_KEPT_OF_TRUNCATED] if received.truncated else received.body
        body, shows_key = self._redactor.clean(body)
        return Response(
            status=received.status,
            body=body,
            elapsed_sec=monotonic() - started,
            content_type=self._redactor.text(received.header(b"content-type")),
            retry_after_sec=_retry_after(received),
            truncated=received.truncated,
            shows_key=shows_key,
        )

    def _reason(self, error: Exception, *, opening: bool) -> str:
        if self._aborted.is_set():
            return _STOPPED
        if isinstance(error, NotHTTPError):
            return str(error)
        return trouble(error, self.timeout_sec, opening=opening)


def _end(connection: Connection | socket.socket) -> None:
    if isinstance(connection, Connection):
        connection.abort()
    else:
        end_socket(connection)


def ends_idle(outcome: Response | NoResponse, connection: Connection) -> bool:
    """Whether a response says that a used connection was idle for too long, and ends it.

    It is then no response to the request that was sent last (RFC 9110, 15.5.9).
    """
    timed_out = isinstance(outcome, Response) and outcome.status == REQUEST_TIMEOUT
    return timed_out and not connection.reusable


def _retry_after(received: Received) -> float | None:
    """The seconds of a Retry-After header; None where there is none that can be read."""
    value = received.header(b"retry-after")
    if not value:
        return None
    return retry_after_sec(value, date=received.header(b"date"), now=datetime.now(UTC))
