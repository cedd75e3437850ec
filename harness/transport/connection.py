"""One connection to the target: sends bytes, receives responses."""

from __future__ import annotations

import selectors
import socket
import ssl
from contextlib import suppress

from .answer_order import begins_answer
from .deadline import DEADLINE, DeadlineSocket, received_already
from .origin import Origin
from .response_parser import ResponseParser
from .troubles import ProxyError
from .tunnel import open_tunnel

_RECEIVE_BYTES = 64 * 1024
_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)


class Connection:
    """An open connection to ``origin`` (TCP_NODELAY, perhaps TLS).

    Every call ends at the deadline of the thread that makes it.

    Raises:
        OSError: it could not be opened; the target has seen no request.
    """

    def __init__(self, origin: Origin) -> None:
        self._socket = open_socket(origin)
        self._waiting = _Selector()
        self._waiting.register(self._socket, selectors.EVENT_READ)
        self.reusable = True
        """Whether the target has agreed to take another request."""
        self.answers = 0
        """How many responses came on it that were asked for."""
        self.is_followed = False
        """Whether another one came with the last of them, that nobody asked for."""

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
        self.is_followed = response.is_followed
        self.answers += 1
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

    def stale(self, wait_sec: float = 0.0) -> bool:
        """Whether the other side has closed it, or sent bytes that no request asked for.

        Args:
            wait_sec: how long it may take to do so.
        """
        return not self.reusable or bool(self._waiting.select(timeout=wait_sec))

    def has_extra_answer(self) -> bool:
        """Whether an answer has come that no request asked for. It is of no use afterwards."""
        self.reusable = False
        return begins_answer(received_already(self._socket))

    def abort(self) -> None:
        """Ends it from another thread: whoever waits for a byte gets the end of the connection."""
        end_socket(self._socket)

    def close(self) -> None:
        """Closes it; more than once does no harm."""
        self._waiting.close()
        self._socket.close()


def end_socket(connection: socket.socket) -> None:
    """Ends a connection from another thread than the one that uses it."""
    with suppress(OSError, ValueError):  # it is closed
        # Not the method of a TLS socket, which would change it under the thread that uses it.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def open_socket(origin: Origin) -> DeadlineSocket | ssl.SSLSocket:
    """A socket that leads to ``origin``, through its proxy and with TLS where it has them.

    Raises:
        OSError: it could not be opened; the target has seen no request.
    """
    plain = DeadlineSocket.taking(_plain(origin))
    if origin.tls is None:
        return plain
    try:
        if origin.tunnel:
            open_tunnel(plain, origin.tunnel)
        plain.settimeout(DEADLINE.remaining())
        return origin.tls.wrap_socket(plain, server_hostname=origin.host)
    except BaseException:  # a stop too: nobody else would close it
        plain.close()
        raise


def _plain(origin: Origin) -> socket.socket:
    address = origin.proxy or (origin.host, origin.port)
    try:
        plain = socket.create_connection(address, timeout=DEADLINE.remaining())
    except OSError as error:
        if origin.proxy is None:
            raise
        reason = "no answer in time" if isinstance(error, TimeoutError) else error.strerror
        words = (reason or type(error).__name__).lower()
        raise ProxyError(f"the proxy cannot be reached: {words}") from error
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return plain
