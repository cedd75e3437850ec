"""Sends requests byte by byte over plain sockets. Nothing calls it here: artefacts hold its text.

Standard library only. A request is a dictionary: method, target, headers (pairs), body (latin-1).
"""

from __future__ import annotations

import selectors
import socket
import ssl
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

NOTHING: tuple[int | None, bytes] = (None, b"")


def send_exactly(
    how: str, requests: list[dict[str, Any]], url: str, replacements: dict[str, str]
) -> list[tuple[int | None, bytes]]:
    """Status and body of each answer; the status is None where none came."""
    texts = [as_bytes(request, url, replacements) for request in requests]
    if how == "together":
        return together(url, requests, texts)
    if how.startswith("cut "):
        cut(url, texts[0], how)
        return [NOTHING]
    return on_one_connection(url, requests, texts)


def as_bytes(request: dict[str, Any], url: str, replacements: dict[str, str]) -> bytes:
    """The whole request, head and body, with the placeholders replaced."""
    base = urlsplit(url)
    head = f"{request['method']} {base.path.rstrip('/')}{request['target']} HTTP/1.1\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in request["headers"]) + "\r\n"
    body = (request["body"] or "").encode("latin-1")
    for name, value in replacements.items():
        head = head.replace(name, value)
        body = body.replace(name.encode(), value.encode()) if name[0] != "{" else body
    head = head.replace("{host}", base.netloc.rpartition("@")[2])
    return head.encode("utf-8", "surrogatepass") + body


def connected(url: str) -> socket.socket:
    base = urlsplit(url)
    host, secure = base.hostname or "", base.scheme == "https"
    plain = socket.create_connection((host, base.port or (443 if secure else 80)), timeout=60)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return (
        ssl.create_default_context().wrap_socket(plain, server_hostname=host) if secure else plain
    )


def together(
    url: str, requests: list[dict[str, Any]], texts: list[bytes]
) -> list[tuple[int | None, bytes]]:
    """Each on a connection of its own; the last bytes of all go out at the same moment."""
    connections = [connected(url) for _ in texts]
    for connection, text in zip(connections, texts, strict=True):
        connection.sendall(text[:-1])
    for connection, text in zip(connections, texts, strict=True):
        connection.sendall(text[-1:])
    answers = [answer(c, r["method"]) for c, r in zip(connections, requests, strict=True)]
    for connection in connections:
        connection.close()
    return answers


def cut(url: str, text: bytes, how: str) -> None:
    """Sends a part of the request, or all of it, and closes before the answer was read."""
    end = text.index(b"\r\n\r\n")
    whole = len(text) > end + 4
    part = {"cut in the head": text[:end], "cut in the body": text[: -1 if whole else end + 3]}
    connection = connected(url)
    connection.sendall(part.get(how, text))
    if how == "cut in the answer":
        connection.recv(1)
    elif how in part and not finished(connection):
        readable(connection, 0.5)  # the target notices, and does what it does, before the next one
    connection.close()


def finished(connection: socket.socket) -> bool:
    """Says that nothing more will be sent; whether the target had closed before."""
    try:
        connection.shutdown(socket.SHUT_WR)
    except OSError:
        return True
    return False


def on_one_connection(
    url: str, requests: list[dict[str, Any]], texts: list[bytes]
) -> list[tuple[int | None, bytes]]:
    """One after the other, on one connection as long as the target keeps it open."""
    answers: list[tuple[int | None, bytes]] = []
    connection = connected(url)
    for request, text in zip(requests, texts, strict=True):
        if answers and (answers[-1] == NOTHING or readable(connection)):
            connection.close()
            connection = connected(url)
        answers.append(exchanged(connection, text, request["method"]))
    connection.close()
    return answers


def exchanged(connection: socket.socket, text: bytes, method: str) -> tuple[int | None, bytes]:
    try:
        connection.sendall(text)
    except OSError:  # a target may answer and close before it has read everything
        return answer(connection, method)
    return answer(connection, method)


def readable(connection: socket.socket, within_sec: float = 0) -> bool:
    """Whether the target has closed the connection, or sent what nobody asked for."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        return bool(selector.select(timeout=within_sec))


def answer(connection: socket.socket, method: str) -> tuple[int | None, bytes]:
    response = HTTPResponse(connection, method=method)
    try:
        response.begin()
        return response.status, response.read()
    except (OSError, HTTPException):
        return NOTHING
    finally:
        response.close()
