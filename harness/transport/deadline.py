"""Sockets that end at a deadline, however slowly the other side drips.

A socket timeout bounds one system call; a hostile target that sends a byte a second never meets
it. These sockets give each call only the time that is left until the deadline of the thread that
uses them.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterable
from time import monotonic
from typing import Any


class Deadline(threading.local):
    """The deadline of the request that this thread is in, in `time.monotonic` seconds."""

    at: float | None = None

    def remaining(self) -> float | None:
        """Seconds left; None: there is no deadline.

        Raises:
            TimeoutError: none are left.
        """
        if self.at is None:
            return None
        left = self.at - monotonic()
        if left <= 0:
            raise TimeoutError("the request's deadline has passed")
        return left


DEADLINE = Deadline()
"""One for the process: sockets are made deep inside urllib3, where nothing can be handed in."""


class DeadlineSocket(socket.socket):
    """A TCP socket whose reads and writes end at `DEADLINE`."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(DEADLINE.remaining())
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self.settimeout(DEADLINE.remaining())
        super().sendall(*args, **kwargs)


class DeadlineSSLSocket(ssl.SSLSocket):
    """A TLS socket whose reads and writes end at `DEADLINE`."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(DEADLINE.remaining())
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self.settimeout(DEADLINE.remaining())
        super().sendall(*args, **kwargs)


def tls_context() -> ssl.SSLContext:
    """A verifying TLS context whose sockets end at `DEADLINE`."""
    context = ssl.create_default_context()
    context.sslsocket_class = DeadlineSSLSocket
    return context


def with_deadline(plain: socket.socket) -> DeadlineSocket:
    """``plain``, taken over by a socket that ends at `DEADLINE`."""
    timeout = plain.gettimeout()
    taken = DeadlineSocket(plain.family, plain.type, plain.proto, fileno=plain.detach())
    taken.settimeout(timeout)
    return taken


SocketOptions = Iterable[tuple[int, int, int]]
NO_DELAY: SocketOptions = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)
