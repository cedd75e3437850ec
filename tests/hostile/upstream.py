"""The lawful server behind the hostile one, over one connection; responses are read as bytes."""

from __future__ import annotations

import select
import socket
from dataclasses import dataclass

from tests.hostile.exchange import Answer, Headers

_FRAMING = frozenset({b"content-length", b"transfer-encoding", b"connection", b"keep-alive"})
_READ = 65_536
_PATIENCE_SEC = 60.0
"""For one answer of the lawful server."""


class ClientGoneError(Exception):
    """Either side ended before the answer was complete."""


@dataclass
class Upstream:
    """One connection to the lawful server, which serves one connection of a client."""

    connection: socket.socket

    def exchange(self, client: socket.socket, opening: bytes) -> tuple[bytes, Answer]:
        """Sends a request on, as its bytes arrive, and reads the answer.

        Args:
            client: where the rest of the request comes from.
            opening: the part of it that is there already.

        Returns:
            The bytes of the request, and the answer.

        Raises:
            ClientGoneError: there will be no answer.
        """
        request = bytearray(opening)
        received = bytearray()
        self._send(opening)
        reading = [client, self.connection]
        while True:
            ready, _, _ = select.select(reading, [], [], _PATIENCE_SEC)
            if not ready:
                raise ClientGoneError
            if client in ready:
                more = _read(client)
                request += more
                self._send(more)
                if not more:
                    reading.remove(client)
            if self.connection in ready:
                more = _read(self.connection)
                received += more
                answer = _complete(bytes(received), ended=not more)
                if answer is not None:
                    return bytes(request), answer
                if not more:
                    raise ClientGoneError

    def _send(self, content: bytes) -> None:
        """Sends ``content``; nothing means that the client has ended its direction."""
        try:
            if content:
                self.connection.sendall(content)
            else:
                self.connection.shutdown(socket.SHUT_WR)
        except OSError as error:
            raise ClientGoneError from error


def _read(connection: socket.socket) -> bytes:
    try:
        return connection.recv(_READ)
    except OSError:
        return b""


def _complete(received: bytes, *, ended: bool) -> Answer | None:
    """The answer, once all of it is there; None before. Interim answers are left out."""
    while True:
        head, separator, rest = received.partition(b"\r\n\r\n")
        if not separator:
            return None
        lines = head.split(b"\r\n")
        status, _, reason = lines[0].split(b" ", 1)[1].partition(b" ")
        if not status.startswith(b"1"):
            break
        received = rest
    headers: Headers = tuple(
        (name.lower(), value.strip())
        for name, _, value in (line.partition(b":") for line in lines[1:])
    )
    body = _body(dict(headers), rest, ended=ended)
    if body is None:
        return None
    kept = tuple(line for line in headers if line[0] not in _FRAMING)
    return Answer(int(status), reason, kept, body)


def _body(headers: dict[bytes, bytes], rest: bytes, *, ended: bool) -> bytes | None:
    if b"content-length" in headers:
        length = int(headers[b"content-length"])
        return rest[:length] if len(rest) >= length else None
    if headers.get(b"transfer-encoding") == b"chunked":
        return _unchunked(rest)
    return rest if ended else None


def _unchunked(rest: bytes) -> bytes | None:
    body = bytearray()
    while True:
        size, separator, rest = rest.partition(b"\r\n")
        if not separator:
            return None
        length = int(size, 16)
        if len(rest) < length + 2:
            return None
        if not length:
            return bytes(body)
        body += rest[:length]
        rest = rest[length + 2 :]
