"""The hostile server: it passes requests to a lawful one, and misbehaves as one mode demands."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.hostile.exchange import Answer, Exchange, Move, Pause
from tests.hostile.mode import Mode, Stage
from tests.hostile.upstream import ClientGoneError, Upstream

_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER of no time: a close sends RST."""
_NOTHING = Answer(0, b"", (), b"")
_EARLIER = 20


@dataclass(frozen=True)
class Turns:
    """Which exchanges are disturbed."""

    every: int = 1
    """Each one of so many; 1: all."""
    lawful_first: int = 0
    """So many exchanges at the beginning are left alone."""

    def disturbed(self, number: int) -> bool:
        """Whether exchange ``number`` is, counted from 0."""
        after = number - self.lawful_first
        return after >= 0 and after % self.every == self.every - 1


@dataclass
class HostileServer:
    """Serves on a loopback port of its own until it is closed."""

    lawful: str
    """URL of the lawful server."""
    key: str
    """Its API key, which some modes send back."""
    mode: Mode
    turns: Turns
    canary: str = "http://127.0.0.1:9"
    port: int = 0
    exchanges: int = 0
    disturbed: int = 0
    _earlier: deque[Answer] = field(default_factory=lambda: deque(maxlen=_EARLIER))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closing: threading.Event = field(default_factory=threading.Event)
    _listener: socket.socket = field(init=False)
    connected: threading.Event = field(default_factory=threading.Event)
    """Set with the first connection."""

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=512)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Base URL."""
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Ends the listening, and each pause; connections end when their next bytes are due."""
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def __enter__(self) -> HostileServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connected.set()
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        place = urlsplit(self.lawful)
        with contextlib.suppress(OSError, ClientGoneError), client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with socket.create_connection((place.hostname, place.port)) as connection:
                upstream = Upstream(connection)
                while self._one(client, upstream):
                    pass

    def _one(self, client: socket.socket, upstream: Upstream) -> bool:
        """One exchange; False: the connection holds no other."""
        early = self.mode.stage is Stage.CONNECTED
        number = self._turn() if early else 0
        if early and self.turns.disturbed(number):
            return self._played(client, self._made(b"", _NOTHING))
        opening = client.recv(65_536)
        if not opening:
            return False
        if not early:
            number = self._turn()
        disturbed = self.turns.disturbed(number)
        if disturbed and self.mode.stage is Stage.REQUESTED:
            return self._played(client, self._made(opening, _NOTHING))
        request, answer = upstream.exchange(client, opening)
        made = self._made(request, answer)
        with self._lock:
            self._earlier.append(answer)
        if disturbed and not early:
            return self._played(client, made)
        client.sendall(answer.message())
        return not early

    def _turn(self) -> int:
        with self._lock:
            self.exchanges += 1
            return self.exchanges - 1

    def _made(self, request: bytes, answer: Answer) -> Exchange:
        with self._lock:
            earlier = tuple(self._earlier)
        return Exchange(request, answer, self.key, self.canary, earlier, self.disturbed)

    def _played(self, client: socket.socket, exchange: Exchange) -> bool:
        with self._lock:
            self.disturbed += 1
        return play(client, self.mode.act(exchange), self._closing)


def play(
    client: socket.socket, moves: Iterable[bytes | Move | Pause], closing: threading.Event
) -> bool:
    """Makes the moves of one answer; False: the connection holds no other exchange.

    Raises:
        OSError: the client is gone.
    """
    for move in _until(moves, closing):
        if isinstance(move, bytes):
            client.sendall(move)
        elif isinstance(move, Pause):
            closing.wait(move.seconds)
        elif move is Move.HANG:
            _drain(client)
            return False
        elif move is Move.HALF_CLOSE:
            client.shutdown(socket.SHUT_WR)
            _drain(client)
            return False
        else:
            if move is Move.RESET:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            else:
                client.shutdown(socket.SHUT_WR)
            return False
    return not closing.is_set()


def _until(
    moves: Iterable[bytes | Move | Pause], closing: threading.Event
) -> Iterator[bytes | Move | Pause]:
    for move in moves:
        if closing.is_set():
            return
        yield move


def _drain(client: socket.socket) -> None:
    """Reads until the client is gone."""
    while client.recv(65_536):
        pass
