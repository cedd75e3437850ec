"""One connection to the target: sends bytes, receives responses."""

from __future__ import annotations

import selectors
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import certifi

from .deadline import DEADLINE, DeadlineSocket, DeadlineSSLSocket
from .response_parser import ResponseParser

_RECEIVE_BYTES = 64 * 1024
_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a target listens."""

    host: str
    port: int
    tls: ssl.SSLContext | None
    host_line: str
    """The value of the Host line."""
    base_path: str
    """What comes before the path of each request; empty or starting with a slash."""

    @classmethod
    def of(cls, base_url: str) -> Origin:
        """The origin of an http or https URL, perhaps with a base path."""
        parts = urlsplit(base_url)
        tls = _tls_context() if parts.scheme == "https" else None
        return cls(
            host=parts.hostname or "",
            port=parts.port or (443 if tls else 80),
            tls=tls,
            host_line=parts.netloc.rpartition("@")[2],
            base_path=parts.path.rstrip("/"),
        )


class Connection:
    """An open connection to ``origin`` (TCP_NODELAY, perhaps TLS).

    Every call ends at the deadline of the thread that makes it.

    Raises:
        OSError: it could not be opened; the target has seen no request.
    """

    def __init__(self, origin: Origin) -> None:
        plain = socket.create_connection((origin.host, origin.port), timeout=DEADLINE.remaining())
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket: DeadlineSocket | ssl.SSLSocket = (
            DeadlineSocket.taking(plain)
            if origin.tls is None
            else origin.tls.wrap_socket(plain, server_hostname=origin.host)
        )
        self._waiting = _Selector()
        self._waiting.register(self._socket, selectors.EVENT_READ)
        self.reusable = True
        """Whether the target has agreed to take another request."""

    def send(self, text: bytes) -> None:
        """Sends all of ``text``.

        Raises:
            OSError: the connection broke, or the deadline has passed.
        """
        self._socket.sendall(text)

    def receive(self, method: str, max_bytes: int) -> ResponseParser:
        """The next response, whole.

        Args:
            method: of the request.
            max_bytes: of its body that are kept; after a longer one the connection is not reusable.

        Raises:
            OSError: the connection broke, or the deadline has passed.
            NotHTTPError: what came is not an HTTP response.
        """
        response = ResponseParser(method, max_bytes)
        self.reusable = False
        while not response.complete:
            response.feed(self._socket.recv(_RECEIVE_BYTES))
        self.reusable = response.reusable
        return response

    def peek(self) -> None:
        """Waits for the first byte of a response.

        Raises:
            OSError: the connection broke, or the deadline has passed.
        """
        self._socket.recv(1)

    def finish(self, patience_sec: float) -> None:
        """Closes the sending side, and waits up to ``patience_sec`` for a response or a close."""
        with suppress(OSError):  # it has done that before, or the deadline has passed
            self._socket.shutdown(socket.SHUT_WR)
            self._waiting.select(timeout=min(patience_sec, DEADLINE.remaining() or patience_sec))

    def fileno(self) -> int:
        """For selectors."""
        return self._socket.fileno()

    def stale(self) -> bool:
        """Whether the other side has closed it, or sent bytes that no request asked for."""
        return not self.reusable or bool(self._waiting.select(timeout=0))

    def abort(self) -> None:
        """Ends it from another thread: whoever waits for a byte gets the end of the connection."""
        with suppress(OSError, ValueError):  # it is closed
            # Not the method of a TLS socket, which would change it under the thread that uses it.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Closes it; more than once does no harm."""
        self._waiting.close()
        self._socket.close()


def _tls_context() -> ssl.SSLContext:
    """A verifying TLS context that trusts the machine's authorities and those of `certifi`."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    context.sslsocket_class = DeadlineSSLSocket
    return context
