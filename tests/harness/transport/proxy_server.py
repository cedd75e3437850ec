"""A small HTTP proxy: tunnels (CONNECT), and requests with a whole URL; perhaps with a login."""

from __future__ import annotations

import selectors
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

_END = b"\r\n\r\n"


class _Proxy(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, login: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.login = login
        self.heads: list[bytes] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(socketserver.BaseRequestHandler):
    server: _Proxy

    def handle(self) -> None:
        client: socket.socket = self.request
        text = b""
        while _END not in text:
            piece = client.recv(65536)
            if not piece:
                return
            text += piece
        head = text[: text.index(_END)]
        self.server.heads.append(head)
        if self.server.login and f"Authorization: {self.server.login}".encode() not in head:
            client.sendall(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        method, url, _ = head.split(b"\r\n")[0].split(b" ")
        if method == b"CONNECT":
            host, _, port = url.decode().rpartition(":")
            with socket.create_connection((host, int(port))) as target:
                client.sendall(b"HTTP/1.1 200 Go\r\n\r\n")
                _join(client, target)
            return
        parts = urlsplit(url.decode())
        with socket.create_connection((parts.hostname or "", parts.port or 80)) as target:
            target.sendall(text.replace(url, parts.path.encode(), 1))
            _join(client, target)


def _join(client: socket.socket, target: socket.socket) -> None:
    """Hands bytes over in both directions until one side closes."""
    with selectors.DefaultSelector() as selector:
        selector.register(client, selectors.EVENT_READ, target)
        selector.register(target, selectors.EVENT_READ, client)
        while True:
            for key, _ in selector.select():
                source = key.fileobj
                assert isinstance(source, socket.socket)
                try:
                    piece = source.recv(65536)
                    if not piece:
                        return
                    key.data.sendall(piece)
                except OSError:  # a side has closed it
                    return


@contextmanager
def proxy_server(login: str = "") -> Iterator[_Proxy]:
    """A running proxy.

    Args:
        login: the value of Proxy-Authorization that it wants; empty: none.
    """
    with _Proxy(login) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
