"""Sockets that end at a deadline, however slowly the other side drips.

A socket timeout bounds one system call; a hostile target that sends a byte a second never meets
it. These sockets give each call only the time that is left until the deadline of the thread that
uses them.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
            raise TimeoutError(f"the request's deadline passed {-left:.3f} s ago")
        return left

    @contextmanager
    def within(self, seconds: float) -> Iterator[float]:
        """Sets the deadline for a block; gives the time at which it began."""
        started = monotonic()
        self.at = started + seconds
        try:
            yield started
        finally:
            self.at = None

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Lets nothing wait for the other side within a block: what would has a timeout."""
        former, self.at = self.at, monotonic()
        try:
            yield
        finally:
            self.at = former


DEADLINE = Deadline()
"""One for the process: TLS sockets are made by their context, where nothing can be handed in."""


class DeadlineSocket(socket.socket):
    """A TCP socket whose reads and writes end at `DEADLINE`."""

    @classmethod
    def taking(cls, plain: socket.socket) -> DeadlineSocket:
        """The same connection as ``plain``, which is of no use from then on."""
        return cls(plain.family, plain.type, plain.proto, fileno=plain.detach())

    def recv(self, *args: Any, **kwargs: Any) -> bytes:
        self.settimeout(DEADLINE.remaining())
        return super().recv(*args, **kwargs)

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(DEADLINE.remaining())
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self.settimeout(DEADLINE.remaining())
        super().sendall(*args, **kwargs)


class DeadlineSSLSocket(ssl.SSLSocket):
    """A TLS socket whose reads and writes end at `DEADLINE`."""

    def recv(self, *args: Any, **kwargs: Any) -> bytes:
        self.settimeout(DEADLINE.remaining())
        return super().recv(*args, **kwargs)

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(DEADLINE.remaining())
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self.settimeout(DEADLINE.remaining())
        super().sendall(*args, **kwargs)


_BEGINNING_BYTES = 64


def received_already(connection: socket.socket) -> bytes:
    """The beginning of what has come in and was not read; empty: nothing, or the end."""
    connection.setblocking(False)
    with suppress(OSError):  # nothing is there, or the connection is broken
        # Past the methods of this module, which would wait until the deadline.
        if isinstance(connection, ssl.SSLSocket):
            return ssl.SSLSocket.recv(connection, _BEGINNING_BYTES)
        return socket.socket.recv(connection, _BEGINNING_BYTES)
    return b""
