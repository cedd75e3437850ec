"""A gate with TLS before a served sandbox: a CA of its own, basic authentication, a secret line."""

from __future__ import annotations

import base64
import select
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import trustme

from .harness.transport.proxy_server import proxy_server
from .served import KEY, Served, served

LOGIN = "gatekeeper:MsmPaoG4Jz1vRw8Lq0"
TOKEN = "t0k-Vw83jQz7KdYp1mTfXc"  # noqa: S105 - made up
PROXY_LOGIN = "walker:Zk29fGhT5rNxVb3QyU"
_END = b"\r\n\r\n"
_REFUSED = b"HTTP/1.1 401 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_AUTHORITY = trustme.CA()


@dataclass(frozen=True, kw_only=True)
class Gated:
    """A sandbox that is reached through a proxy and a gate only."""

    url: str
    sandbox: Served
    options: Sequence[str]
    """Of a command, all but the URL: they name the variables of `variables` and files."""
    variables: Mapping[str, str]
    refused: list[bytes]
    """Heads of the requests that did not pass the gate."""
    proxied: list[bytes]
    """Heads that the proxy has seen."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Texts that must be in no file and no output."""
        texts = (KEY, LOGIN, TOKEN, PROXY_LOGIN)
        passwords = tuple(login.partition(":")[2] for login in (LOGIN, PROXY_LOGIN))
        logins = tuple(_base64(login) for login in (LOGIN, PROXY_LOGIN))
        return (*texts, *passwords, *logins)


@contextmanager
def gated(folder: Path, faults: Sequence[str] = ()) -> Iterator[Gated]:
    """A running sandbox with its gate and a proxy.

    Args:
        folder: for the certificate of the authority.
        faults: of the sandbox.
    """
    with ExitStack() as stack:
        sandbox = stack.enter_context(served(faults=faults))
        proxy = stack.enter_context(proxy_server(f"Basic {_base64(PROXY_LOGIN)}"))
        gate = stack.enter_context(_Gate(urlsplit(sandbox.url).port or 80))
        threading.Thread(target=gate.serve_forever, daemon=True).start()
        stack.callback(gate.shutdown)
        authority = folder / "authority.pem"
        _AUTHORITY.cert_pem.write_to_path(str(authority))
        yield Gated(
            url=f"https://127.0.0.1:{gate.server_address[1]}",
            sandbox=sandbox,
            options=(
                *("--cacert", str(authority)),
                *("--proxy", proxy.url, "--proxy-auth-env", "WAY_LOGIN"),
                *("--basic-auth-env", "GATE_LOGIN", "--api-key-header", "X-Api-Authorization"),
                *("--header-env", "X-Gate=GATE_TOKEN"),
            ),
            variables={
                "CARTFUZZ_API_KEY": KEY,
                "GATE_LOGIN": LOGIN,
                "GATE_TOKEN": TOKEN,
                "WAY_LOGIN": PROXY_LOGIN,
            },
            refused=gate.refused,
            proxied=proxy.heads,
        )


class _Gate(socketserver.ThreadingTCPServer):
    """Lets requests with login and token through, with the key back in its usual line."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, upstream: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = upstream
        self.refused: list[bytes] = []
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        _AUTHORITY.issue_cert("127.0.0.1").configure_cert(self.tls)

    def handle_error(self, *_: object) -> None:
        """Nothing: clients cut connections on purpose."""


class _Handler(socketserver.BaseRequestHandler):
    server: _Gate

    def handle(self) -> None:
        with (
            self.server.tls.wrap_socket(self.request, server_side=True) as client,
            socket.create_connection(("127.0.0.1", self.server.upstream)) as target,
        ):
            waiting = b""
            while True:
                # One request at a time, each with its length: raw ones may leave it out.
                while _END not in waiting:
                    if not (piece := _next(client, target)):
                        return
                    waiting += piece
                head, _, waiting = waiting.partition(_END)
                passed = _rewritten(head)
                if passed is None:
                    self.server.refused.append(head)
                    client.sendall(_REFUSED)
                    return
                target.sendall(passed + _END)
                left = _length(head) - len(waiting)
                target.sendall(waiting[: _length(head)])
                waiting = waiting[_length(head) :]
                while left > 0:
                    if not (piece := _next(client, target)):
                        return
                    target.sendall(piece)
                    left -= len(piece)


def _next(client: ssl.SSLSocket, target: socket.socket) -> bytes:
    """More of ``client``; what ``target`` answers meanwhile is handed over. Empty: an end."""
    while True:
        if client.pending():
            return client.recv(65536)
        ready, _, _ = select.select([client, target], [], [])
        if target in ready:
            answer = target.recv(65536)
            if not answer:
                return b""
            client.sendall(answer)
        if client in ready:
            piece = client.recv(65536)
            if not piece:
                target.shutdown(socket.SHUT_WR)
                while answer := target.recv(65536):
                    client.sendall(answer)
            return piece


def _rewritten(head: bytes) -> bytes | None:
    """``head`` with the key in its usual line; None: it may not pass."""
    first, *lines = head.split(b"\r\n")
    if f"Authorization: Basic {_base64(LOGIN)}".encode() not in lines:
        return None
    if f"X-Gate: {TOKEN}".encode() not in lines:
        return None
    kept = [line for line in lines if not line.startswith((b"Authorization:", b"X-Gate:"))]
    return b"\r\n".join((first, *kept)).replace(b"\r\nX-Api-Authorization:", b"\r\nAuthorization:")


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length" and value.strip().isdigit():
            return int(value)
    return 0


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
