"""A target on a socket whose answers attack whoever shows them."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from ...harness.transport.scripted_server import scripted_server
from .pages import HOSTILE

_BIG = b'{"customerSession": {"profileId": "' + b"<b>" * 1_700_000 + b'"}}'
"""5 MB."""
_BODIES = (
    *(
        json.dumps(
            {
                "customerSession": {"state": text[:200], "profileId": text[:200]},
                "effects": text[:200],
            }
        ).encode()
        for text in HOSTILE
    ),
    b"\xff\xfe<script>window.pwned = 8</script>\xc3\x28",
    b"<!doctype html><script>window.pwned = 9</script>",
    b"[" * 50_000,
)


@contextmanager
def hostile_target() -> Iterator[str]:
    """The URL of a target that accepts everything, and answers one attack after the other."""
    numbers = count()

    def script(connection: socket.socket) -> None:
        number = next(numbers)
        body = _BIG if number in (3, 20) else _BODIES[number % len(_BODIES)]
        head = f"HTTP/1.1 {(200, 200, 500)[number % 3]} OK\r\nContent-Type: application/json\r\n"
        connection.sendall(head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    with scripted_server(script) as server:
        yield server.url
