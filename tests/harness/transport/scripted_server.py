"""A real server on a socket that answers what a test tells it to, byte for byte."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Script = Callable[[socket.socket], None]
"""Given a connection on which a request has arrived: answers it."""


@dataclass
class ScriptedServer:
    """The server's URL and the heads and bodies of the requests that it got.

    Attributes:
        url: base URL.
        requests: all, in the order in which they came.
        latest: the last one of each connection, for a script that answers several at once.
    """

    url: str
    requests: list[bytes] = field(default_factory=list)
    latest: dict[socket.socket, bytes] = field(default_factory=dict)


def _one_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def scripted_server(script: Script) -> Iterator[ScriptedServer]:
    """Serves each request on each connection with ``script`` until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    served = ScriptedServer(url=f"http://127.0.0.1:{listener.getsockname()[1]}")
    connections: list[socket.socket] = []

    def serve(connection: socket.socket) -> None:
        try:
            while request := _one_request(connection):
                served.requests.append(request)
                served.latest[connection] = request
                script(connection)
        except OSError:
            pass  # the client went away, as some tests make it
        finally:
            connection.close()

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connections.append(connection)
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in connections:
            connection.close()
        thread.join()


def answering(status: int, body: bytes, *, headers: bytes = b"") -> Script:
    """A script that gives one and the same answer to every request."""

    def script(connection: socket.socket) -> None:
        connection.sendall(
            b"HTTP/1.1 %d Scripted\r\nContent-Length: %d\r\n%s\r\n%s"
            % (status, len(body), headers, body)
        )

    return script
