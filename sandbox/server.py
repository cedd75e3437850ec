"""The sandbox as a real HTTP server: in a process of its own, or in the foreground."""

from __future__ import annotations

import multiprocessing
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

import uvicorn

from ..contract import EXAMPLE_ENVIRONMENT, Environment
from .asgi import application
from .assembly import assembled

_START_SEC = 30.0
_STOP_SEC = 5.0


class SandboxError(RuntimeError):
    """The sandbox cannot be started; the text says why and what to do."""


class RunningSandbox:
    """A sandbox in a process of its own. Ends with the block, or with this process.

    Attributes:
        url: base URL.
        api_key: the key that it takes.
    """

    def __init__(self, url: str, api_key: str, process: Any, line: Connection) -> None:
        self.url = url
        self.api_key = api_key
        self._process = process
        self._line = line

    @property
    def pid(self) -> int:
        """The process that serves."""
        return int(self._process.pid)

    def close(self) -> None:
        """Ends the server; closing it twice is fine."""
        self._line.close()
        self._process.join(_STOP_SEC)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def start(
    environment: Environment = EXAMPLE_ENVIRONMENT,
    *,
    faults: Sequence[str] = (),
    dialects: Sequence[str] = (),
    host: str = "127.0.0.1",
    port: int = 0,
    api_key: str | None = None,
) -> RunningSandbox:
    """Starts a sandbox and returns once it listens.

    Args:
        environment: what the application has configured.
        faults: names of seeded faults to switch on.
        dialects: names of lawful dialects to speak.
        host: the address to listen on.
        port: the port; 0: any free one.
        api_key: the key to take; None: a random one.

    Raises:
        SandboxError: the address cannot be had, or the process does not start.
        UnknownFaultError: there is no such fault.
    """
    assembled(environment, faults, dialects, "")  # an unknown fault is found before anything starts
    key = api_key or secrets.token_hex(16)
    listener = _listening(host, port)
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(
        target=_serve_until_closed,
        args=(listener, theirs, (environment, tuple(faults), tuple(dialects), key)),
        name="cartfuzz-sandbox",
        daemon=True,
    )
    process.start()
    theirs.close()
    number = listener.getsockname()[1]
    listener.close()
    try:
        ready = ours.poll(_START_SEC) and ours.recv() == "ready"
    except EOFError:
        ready = False
    if not ready:
        process.terminate()
        raise SandboxError("the sandbox process ended before it served; see its output above")
    return RunningSandbox(f"http://{host}:{number}", key, process, ours)


def serve_forever(
    environment: Environment,
    *,
    faults: Sequence[str] = (),
    host: str = "127.0.0.1",
    port: int = 0,
    api_key: str,
    on_ready: Callable[[str], None],
) -> None:
    """Serves in the foreground until interrupted.

    Args:
        on_ready: called with the base URL once the server listens.

    Raises:
        SandboxError: the address cannot be had.
        UnknownFaultError: there is no such fault.
    """
    service = assembled(environment, faults, (), api_key)
    listener = _listening(host, port)
    server = _Server(_config(application(service)))
    server.on_ready = lambda: on_ready(f"http://{host}:{listener.getsockname()[1]}")
    server.run(sockets=[listener])


class _Server(uvicorn.Server):
    """Tells when it serves."""

    on_ready: Callable[[], None] = staticmethod(lambda: None)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.on_ready()


class _ChildServer(_Server):
    """Leaves signals alone: Ctrl-C is the parent's to handle, which then closes the line."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


def _config(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=75,
    )


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=512)
    except OSError as error:
        reason = (error.strerror or "not available").lower()
        raise SandboxError(
            f"cannot listen on {host}:{port}: {reason}; choose another port, or 0 for a free one"
        ) from None


def _serve_until_closed(
    listener: socket.socket,
    line: Connection,
    order: tuple[Environment, Sequence[str], Sequence[str], str],
) -> None:
    """The main function of the process: serves until the other end of ``line`` is gone.

    Args:
        listener: the listening socket.
        line: says "ready" once; its end is the end of the process.
        order: the arguments of `assembled`.
    """
    server = _ChildServer(_config(application(assembled(*order))))
    server.on_ready = lambda: line.send("ready")

    def watch() -> None:
        with suppress(EOFError, OSError):
            line.recv()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
    server.run(sockets=[listener])
