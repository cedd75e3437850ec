"""Sends requests byte by byte over plain sockets.

The text of this module is copied into reproduction scripts that send what an HTTP client cannot,
so it imports the standard library only.
"""

from __future__ import annotations

import os
import selectors
import socket
import ssl
from http.client import HTTPException, HTTPResponse
from typing import TypedDict
from urllib.parse import urlsplit

NO_ANSWER: tuple[int | None, bytes] = (None, b"")
_TIMEOUT_SEC = 60
_NOTICE_SEC = 0.5
"""How long a target gets to notice a cut connection before the next request is sent."""


class Access(TypedDict):
    """The way to the target; empty texts: not there."""

    cacert: str
    client_cert: str
    client_key: str
    proxy: str
    insecure: bool
    proxy_authorization: str


class Target(TypedDict):
    """A target and the way to it."""

    url: str
    access: Access


class RawRequest(TypedDict):
    """One request: method, target, all header lines, and the body as latin-1 (None: no body)."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: str | None


def send_raw(
    mode: str, requests: list[RawRequest], target: Target, replacements: dict[str, str]
) -> list[tuple[int | None, bytes]]:
    """Sends each `RawRequest` and returns status and body of its answer.

    Args:
        mode: ``together``, ``on one connection``, or ``cut in the head``, ``cut in the body``,
            ``cut in the answer``.
        requests: one `RawRequest` if ``mode`` is a cut.
        target: base URL and the way to it.
        replacements: by placeholder; one that begins with ``{`` is replaced in header lines only.

    Returns:
        One pair a request; `NO_ANSWER` where none came.

    Raises:
        OSError: no connection to the target.
    """
    messages = [encode(request, target, replacements) for request in requests]
    methods = [request["method"] for request in requests]
    if mode == "together":
        return send_together(target, methods, messages)
    if mode.startswith("cut "):
        send_cut(target, messages[0], mode)
        return [NO_ANSWER]
    return send_on_one_connection(target, methods, messages)


def encode(request: RawRequest, target: Target, replacements: dict[str, str]) -> bytes:
    """The bytes of a request, head and body, with its placeholders replaced."""
    base = urlsplit(target["url"])
    is_whole = target["access"]["proxy"] and base.scheme == "http"
    before = f"http://{base.netloc}" if is_whole else ""
    head = f"{request['method']} {before}{base.path.rstrip('/')}{request['target']} HTTP/1.1\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in request["headers"]) + "\r\n"
    body = (request["body"] or "").encode("latin-1")
    for name, value in replacements.items():
        head = head.replace(name, value)
        body = body.replace(name.encode(), value.encode()) if name[0] != "{" else body
    head = head.replace("{length}", str(len(body)))
    head = head.replace("{host}", base.netloc.rpartition("@")[2])
    return head.encode("utf-8", "surrogatepass") + body


def connect(target: Target) -> socket.socket:
    """A connection to the target; encrypted for ``https``."""
    base, access = urlsplit(target["url"]), target["access"]
    host, secure = base.hostname or "", base.scheme == "https"
    port = base.port or (443 if secure else 80)
    proxy = urlsplit(access["proxy"])
    address = (proxy.hostname or "", proxy.port or 80) if access["proxy"] else (host, port)
    plain = socket.create_connection(address, timeout=_TIMEOUT_SEC)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if not secure:
        return plain
    if access["proxy"]:
        open_tunnel(plain, f"{host}:{port}", access["proxy_authorization"])
    return tls_context(access).wrap_socket(plain, server_hostname=host)


def tls_context(access: Access) -> ssl.SSLContext:
    """Trusts what the run trusted, and shows its client certificate."""
    context = ssl.create_default_context(cafile=access["cacert"] or None)
    if access["insecure"]:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif not access["cacert"] and os.environ.get("REQUESTS_CA_BUNDLE"):
        context.load_verify_locations(os.environ["REQUESTS_CA_BUNDLE"])
    if access["client_cert"]:
        context.load_cert_chain(access["client_cert"], access["client_key"] or None)
    return context


def open_tunnel(plain: socket.socket, address: str, authorization: str) -> None:
    """Makes the proxy lead to the target.

    Raises:
        OSError: it does not.
    """
    login = f"Proxy-Authorization: {authorization}\r\n" if authorization else ""
    plain.sendall(f"CONNECT {address} HTTP/1.1\r\nHost: {address}\r\n{login}\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head:
        piece = plain.recv(1024)
        head += piece
        if not piece:
            break
    if head.split(b" ")[1:2] != [b"200"]:
        raise OSError("the proxy opens no tunnel to the target")


def send_together(
    target: Target, methods: list[str], messages: list[bytes]
) -> list[tuple[int | None, bytes]]:
    """Sends each request on its own connection and the last bytes of all at the same moment."""
    connections = [connect(target) for _ in messages]
    for connection, message in zip(connections, messages, strict=True):
        connection.sendall(message[:-1])
    for connection, message in zip(connections, messages, strict=True):
        connection.sendall(message[-1:])
    answers = [
        read_answer(connection, method)
        for connection, method in zip(connections, methods, strict=True)
    ]
    for connection in connections:
        connection.close()
    return answers


def send_cut(target: Target, message: bytes, mode: str) -> None:
    """Sends a part of the request, or all of it, and closes before the answer is read."""
    end = message.index(b"\r\n\r\n")
    has_body = len(message) > end + 4
    parts = {
        "cut in the head": message[:end],
        "cut in the body": message[: -1 if has_body else end + 3],
    }
    connection = connect(target)
    connection.sendall(parts.get(mode, message))
    if mode == "cut in the answer":
        connection.recv(1)
    elif mode in parts and finish_sending(connection):
        # What the target does with a part of a request, it does before the next one comes.
        is_readable(connection, _NOTICE_SEC)
    connection.close()


def finish_sending(connection: socket.socket) -> bool:
    """Ends the request; False if the target had closed the connection before."""
    try:
        connection.shutdown(socket.SHUT_WR)
    except OSError:
        return False
    return True


def send_on_one_connection(
    target: Target, methods: list[str], messages: list[bytes]
) -> list[tuple[int | None, bytes]]:
    """Sends one request after the other, on one connection while the target keeps it open."""
    answers: list[tuple[int | None, bytes]] = []
    connection = connect(target)
    for method, message in zip(methods, messages, strict=True):
        if answers and (answers[-1] == NO_ANSWER or is_readable(connection)):
            connection.close()
            connection = connect(target)
        answers.append(exchange(connection, message, method))
    connection.close()
    return answers


def exchange(connection: socket.socket, message: bytes, method: str) -> tuple[int | None, bytes]:
    """Sends one request and reads its answer."""
    try:
        connection.sendall(message)
    except OSError:
        # A target may answer and close before it has read everything: its answer still counts.
        return read_answer(connection, method)
    return read_answer(connection, method)


def is_readable(connection: socket.socket, within_sec: float = 0) -> bool:
    """Whether the target has closed the connection, or sent bytes before the next request."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        return bool(selector.select(timeout=within_sec))


def read_answer(connection: socket.socket, method: str) -> tuple[int | None, bytes]:
    """Status and body of the next answer on ``connection``; `NO_ANSWER` if none comes."""
    response = HTTPResponse(connection, method=method)
    try:
        response.begin()
        return response.status, response.read()
    except (OSError, HTTPException):
        return NO_ANSWER
    finally:
        response.close()
