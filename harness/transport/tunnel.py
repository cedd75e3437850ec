"""Makes a proxy open a tunnel to the target (RFC 9110, 9.3.6)."""

from __future__ import annotations

import socket

from .troubles import PROXY_WANTS_LOGIN, ProxyError

_MAX_HEAD_BYTES = 64 * 1024
_END = b"\r\n\r\n"
_NO_LOGIN = b"407"


def open_tunnel(connection: socket.socket, request: bytes) -> None:
    """Sends ``request``, which is a CONNECT, and reads the answer of the proxy.

    Raises:
        ProxyError: the proxy opens no tunnel.
        OSError: the connection broke, or the deadline has passed.
    """
    connection.sendall(request)
    head = b""
    while _END not in head:
        piece = connection.recv(4096)
        if not piece:
            raise ProxyError("the proxy closed the connection without a tunnel to the target")
        head += piece
        if len(head) > _MAX_HEAD_BYTES or not b"HTTP/1.".startswith(head[:7]):
            raise ProxyError("the proxy does not answer as a proxy")
    status = head.split(b"\r\n", 1)[0].split(b" ")[1][:3]
    if status == _NO_LOGIN:
        raise ProxyError(PROXY_WANTS_LOGIN)
    if not status.startswith(b"2"):
        shown = status.decode() if status.isdigit() else "something else"
        raise ProxyError(f"the proxy opens no tunnel to the target: it answers {shown}")
