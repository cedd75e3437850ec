"""One connection to the target: bytes go out, answers come in."""

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

_PIECE = 64 * 1024
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

    def receive(self, method: str, most: int) -> ResponseParser:
        """The next answer, whole.

        Args:
            method: of the request.
            most: bytes of its body that are kept; the connection is no use after a longer one.

        Raises:
            OSError: the connection broke, or the deadline has passed.
            NotHTTPError: what came is no HTTP answer.
        """
        answer = ResponseParser(method, most)
        self.reusable = False
        while not answer.complete:
            answer.feed(self._socket.recv(_PIECE))
        self.reusable = answer.reusable
        return answer

    def peek(self) -> None:
        """Waits for the first byte of an answer.

        Raises:
            OSError: the connection broke, or the deadline has passed.
        """
        self._socket.recv(1)

    def finish(self, patience_sec: float) -> None:
        """Says that nothing more will be sent, and waits, not longer than that, for what the other
        side does about it: an answer, or its own end of the connection."""
        with suppress(OSError):  # it has done that before, or the deadline has passed
            self._socket.shutdown(socket.SHUT_WR)
            self._waiting.select(timeout=min(patience_sec, DEADLINE.remaining() or patience_sec))

    def fileno(self) -> int:
        """For selectors."""
        return self._socket.fileno()

    def stale(self) -> bool:
        """Whether the other side has closed it, or sent what nobody asked for."""
        return not self.reusable or bool(self._waiting.select(timeout=0))

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
