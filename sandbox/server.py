"""The sandbox as a real HTTP server."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import uvicorn

from ..contract import Environment, UsageError
from .asgi import Application, application
from .assembly import assembled

_KEEP_ALIVE_SEC = 75
_GRACE_SEC = 1


class SandboxError(UsageError, RuntimeError):
    """The sandbox cannot be started; the text says why and what to do."""


class Server(uvicorn.Server):
    """Serves ``app``, and tells when it does.

    Args:
        app: the ASGI application.
        on_ready: called once connections are taken.
        takes_signals: whether Ctrl-C and SIGTERM stop it; False: somebody else sees to them.
    """

    def __init__(
        self, app: Application, *, on_ready: Callable[[], None], takes_signals: bool
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                # Bad requests are what it is for; errors of its own are still told.
                log_level="error",
                ws="none",
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=_GRACE_SEC,
                timeout_keep_alive=_KEEP_ALIVE_SEC,
            )
        )
        self._on_ready = on_ready
        self._takes_signals = takes_signals

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's; then says that it is ready."""
        await super().startup(sockets)
        self._on_ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn's, or not at all."""
        if not self._takes_signals:
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
    """Serves in the foreground until interrupted.

    Args:
        environment: what the application has configured.
        faults: names of seeded faults to switch on.
        dialects: names of lawful dialects to speak.
        host: the address to listen on.
        port: the port; 0: any free one.
        api_key: the key to take.
        latency_sec: how long each answer waits.
        on_ready: called with the base URL once the server listens.

    Raises:
        SandboxError: the address cannot be had.
        UnknownFaultError: there is no such fault.
    """
    service = assembled(environment, faults, dialects, api_key)
    listener = listening(host, port)
    Server(
        application(service, latency_sec=latency_sec),
        on_ready=lambda: on_ready(url_of(host, listener)),
        takes_signals=True,
    ).run(sockets=[listener])


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        SandboxError: the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except (OSError, OverflowError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise SandboxError(
            f"cannot listen on {host}:{port}: {reason}; choose another port, or 0 for a free one"
        ) from None


def url_of(host: str, listener: socket.socket) -> str:
    """The base URL of what ``listener`` serves."""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}"
