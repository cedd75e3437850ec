"""Requests byte by byte, on connections that the caller sees: for bursts, cuts and raw requests.

`HttpTransport` hides connections, which is right for ordinary requests. Here it is decided which
bytes go out when, and which request follows on the same connection.
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from time import monotonic
from urllib.parse import urlsplit

from ...contract import Cut
from .deadline import DEADLINE, NO_DELAY, tls_context, with_deadline
from .heads import Heads, seconds
from .messages import Answer, Fate, NoAnswer, Request
from .reasons import reason_of

_FAILURES = (OSError, HTTPException)
_NOT_SENT = NoAnswer(fate=Fate.NOT_SENT, reason="not sent")


class DirectTransport:
    """Sends requests to one target on connections of its own.

    Threads may share one; it holds no open connection between calls.

    Args:
        base_url: scheme, host, port and perhaps a base path.
        api_key: sent in the Authorization header; kept in memory only.
        timeout_sec: the longest that one call may take.
        max_answer_bytes: a longer body is cut there.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str,
        timeout_sec: float = 30.0,
        max_answer_bytes: int = 16 * 1024 * 1024,
    ) -> None:
        parts = urlsplit(base_url)
        self._tls = tls_context() if parts.scheme == "https" else None
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._tls else 80)
        self._host_line = parts.netloc.rpartition("@")[2]
        self._base_path = parts.path.rstrip("/")
        self._heads = Heads(api_key)
        self._timeout_sec = timeout_sec
        self._max_answer_bytes = max_answer_bytes

    def burst(self, requests: Sequence[Request]) -> list[Answer | NoAnswer]:
        """Sends ``requests`` at once, each on its own connection.

        All connections are open and all but the last byte of each request has been sent before the
        first last byte goes out, so the target has all of them within some microseconds.

        Returns:
            What became of each, in the order of ``requests``. They count as concurrent: which of
            them the target took first is not known.
        """
        with self._deadline() as started:
            connections = [self._opened(started) for _ in requests]
            texts = [self._encoded(request) for request in requests]
            try:
                outcomes = list(map(_failure, connections))
                for piece in (slice(None, -1), slice(-1, None)):
                    for index, connection in enumerate(connections):
                        if outcomes[index] is None and isinstance(connection, socket.socket):
                            text = texts[index][piece]
                            outcomes[index] = self._pushed(connection, text, started)
                return [
                    self._read(connection, request, started)
                    if outcome is None and isinstance(connection, socket.socket)
                    else outcome or _NOT_SENT
                    for connection, request, outcome in zip(
                        connections, requests, outcomes, strict=True
                    )
                ]
            finally:
                for connection in connections:
                    if isinstance(connection, socket.socket):
                        connection.close()

    def sequence(self, requests: Sequence[Request]) -> list[Answer | NoAnswer]:
        """Sends ``requests`` one after the other on one connection.

        Where the target closes it between two of them, as HTTP allows it to after a bad request,
        a new one is opened. A read that meets a connection just being closed is sent again.
        """
        outcomes: list[Answer | NoAnswer] = []
        connection: socket.socket | None = None
        try:
            for request in requests:
                with self._deadline() as started:
                    used = connection is not None
                    outcome, connection = self._following(connection, request, started)
                    if used and isinstance(outcome, NoAnswer) and request.method == "GET":
                        outcome, connection = self._following(None, request, started)
                    outcomes.append(outcome)
        finally:
            if connection is not None:
                connection.close()
        return outcomes

    def _following(
        self, connection: socket.socket | None, request: Request, started: float
    ) -> tuple[Answer | NoAnswer, socket.socket | None]:
        """What becomes of a request, and the connection for the next one, if it is still good."""
        if connection is not None and _readable(connection):
            connection.close()
            connection = None
        if connection is None:
            opened = self._opened(started)
            if isinstance(opened, NoAnswer):
                return opened, None
            connection = opened
        failure = self._pushed(connection, self._encoded(request), started)
        # A target may answer and close before it has read everything: read in any case.
        outcome = self._read(connection, request, started)
        if isinstance(outcome, Answer):
            return outcome, connection
        connection.close()
        return failure or outcome, None

    def cut(self, request: Request, cut: Cut) -> NoAnswer:
        """Sends ``request`` as far as ``cut`` says and closes the connection."""
        with self._deadline() as started:
            connection = self._opened(started)
            if isinstance(connection, NoAnswer):
                return connection
            head, body = self._head(request), request.body or b""
            text = {
                Cut.HEAD: head[: -len(b"\r\n\r\n")],
                Cut.BODY: head + body[:-1] if body else head[:-1],
            }.get(cut, head + body)
            try:
                connection.sendall(text)
                if cut is Cut.ANSWER:
                    connection.recv_into(bytearray(1))
            except OSError as error:
                return self._failed(error, started)
            finally:
                connection.close()
        return NoAnswer(
            fate=Fate.UNKNOWN if cut.whole else Fate.NOT_SENT,
            reason=f"cut {cut.value}",
            elapsed_sec=monotonic() - started,
        )

    # --- connections -----------------------------------------------------------------------

    @contextmanager
    def _deadline(self) -> Iterator[float]:
        started = monotonic()
        DEADLINE.at = started + self._timeout_sec
        try:
            yield started
        finally:
            DEADLINE.at = None

    def _opened(self, started: float) -> socket.socket | NoAnswer:
        try:
            plain = socket.create_connection((self._host, self._port), timeout=DEADLINE.remaining())
            for option in NO_DELAY:
                plain.setsockopt(*option)
            if self._tls is None:
                return with_deadline(plain)
            return self._tls.wrap_socket(plain, server_hostname=self._host)
        except OSError as error:
            return NoAnswer(
                fate=Fate.NOT_SENT,
                reason=reason_of(error, self._timeout_sec),
                elapsed_sec=monotonic() - started,
            )

    def _pushed(self, connection: socket.socket, text: bytes, started: float) -> NoAnswer | None:
        try:
            connection.sendall(text)
        except OSError as error:
            return self._failed(error, started)
        return None

    def _failed(self, error: Exception, started: float) -> NoAnswer:
        return NoAnswer(
            fate=Fate.UNKNOWN,
            reason=reason_of(error, self._timeout_sec),
            elapsed_sec=monotonic() - started,
        )

    # --- messages --------------------------------------------------------------------------

    def _head(self, request: Request) -> bytes:
        lines = [("Host", self._host_line)] if "host" not in _names(request) else []
        lines += self._heads.of(request)
        text = f"{request.method} {self._base_path}{request.target} HTTP/1.1\r\n"
        text += "".join(f"{name}: {value}\r\n" for name, value in lines) + "\r\n"
        return text.encode("utf-8", "surrogatepass")

    def _encoded(self, request: Request) -> bytes:
        return self._head(request) + (request.body or b"")

    def _read(
        self, connection: socket.socket, request: Request, started: float
    ) -> Answer | NoAnswer:
        response = HTTPResponse(connection, method=request.method)
        try:
            response.begin()
            body = response.read(self._max_answer_bytes + 1)
        except _FAILURES as error:
            return self._failed(error, started)
        finally:
            response.close()
        text, shows_key = self._heads.redacted(body[: self._max_answer_bytes])
        return Answer(
            status=response.status,
            body=text,
            elapsed_sec=monotonic() - started,
            content_type=response.headers.get("Content-Type", ""),
            retry_after_sec=seconds(response.headers.get("Retry-After", "")),
            truncated=len(body) > self._max_answer_bytes,
            shows_key=shows_key,
        )


def _names(request: Request) -> set[str]:
    return {name.lower() for name, _ in request.headers} | set(request.without)


def _readable(connection: socket.socket) -> bool:
    """Whether the other side has closed, or sent what nobody asked for."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        return bool(selector.select(timeout=0))


def _failure(connection: socket.socket | NoAnswer) -> NoAnswer | None:
    return connection if isinstance(connection, NoAnswer) else None
