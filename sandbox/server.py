"""Serves the sandbox over HTTP."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import uvicorn

from ..contract import Environment, UsageError
from .asgi import Application, application
from .assembly import assembled
from .http_stack import HttpStack
from .protocol import protocol_of

_SHUTDOWN_GRACE_SEC = 1


class SandboxError(UsageError, RuntimeError):
    """The sandbox cannot start. The message names the reason and a way out."""


class Server(uvicorn.Server):
    """An HTTP server for ``app``.

    Args:
        app: the ASGI application.
        stack: decides what it does besides status and body.
        on_ready: called when the server accepts connections.
        handles_signals: whether Ctrl-C and SIGTERM stop it; False: the caller handles them.
    """

    def __init__(
        self,
        app: Application,
        *,
        stack: HttpStack,
        on_ready: Callable[[], None],
        handles_signals: bool,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                # Invalid requests are its purpose, so warnings about them would be noise.
                log_level="error",
                ws="none",
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=_SHUTDOWN_GRACE_SEC,
                http=cast("type[asyncio.Protocol]", protocol_of(stack)),
            )
        )
        self._on_ready = on_ready
        self._handles_signals = handles_signals

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts as uvicorn does, then calls ``on_ready``."""
        await super().startup(sockets)
        self._on_ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handles signals as uvicorn does, or not at all."""
        if not self._handles_signals:
            yield
            return
        with super().capture_signals():
            yield


def serve_forever(
    environment: Environment,
    *,
    faults: Sequence[str] = (),
    dialects: Sequence[str] = (),
    host: str = "127.0.0.1",
    port: int = 0,
    api_key: str,
    latency_sec: float = 0.0,
    on_ready: Callable[[str], None],
) -> None:
    """Serves in this process until it is interrupted.

    Args:
        environment: what the application has configured.
        faults: names of seeded faults to switch on.
        dialects: names of lawful dialects to switch on.
        host: the address to listen on.
        port: the port; 0: any free one.
        api_key: the key that requests must hold.
        latency_sec: how long each answer waits before it is sent.
        on_ready: called with the base URL when the server listens.

    Raises:
        SandboxError: the sandbox cannot listen on this address.
        UnknownFaultError: no fault has this name.
        KeyError: no dialect has this name.
    """
    service = assembled(environment, faults, dialects, api_key)
    listener = open_listener(host, port)
    Server(
        application(service, latency_sec=latency_sec),
        stack=service,
        on_ready=lambda: on_ready(base_url(host, listener)),
        handles_signals=True,
    ).run(sockets=[listener])


def open_listener(host: str, port: int) -> socket.socket:
    """A socket that listens on ``host``, an IPv4 or IPv6 address; port 0 means any free one.

    Raises:
        SandboxError: the address is in use, or is not one of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except (OSError, OverflowError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise SandboxError(
            f"cannot listen on {host}:{port}: {reason}; choose another port, or 0 for a free one"
        ) from None


def base_url(host: str, listener: socket.socket) -> str:
    """The base URL of a server on ``listener``; ``host`` is the address it was opened with."""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}"
