"""Serves an application of this Python environment as a target, on a real socket of this machine.

Fuzzing it needs no deployment: the requests, and what is judged, are those of any other target.
"""

from __future__ import annotations

import inspect
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from ..contract import ConfigurationError
from .named_import import named_object

_LOOPBACK = "127.0.0.1"
_BACKLOG = 2048
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_WSGI_ARGUMENTS = 2
"""``environ`` and ``start_response``; an ASGI application takes three."""
_OPTION = "--app"


class _Server(uvicorn.Server):
    """A server in a thread, which says when it accepts connections."""

    def __init__(self, app: Any) -> None:
        super().__init__(uvicorn.Config(app, log_level="error", access_log=False, ws="none"))
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def serving(spec: str, *, option: str = _OPTION) -> Iterator[str]:
    """Serves the application that ``spec`` names; gives its base URL.

    Args:
        spec: ``"module:app"``, an ASGI or a WSGI application, or ``"module:make()"``, a function
            that returns one. The working directory is searched last.
        option: the option that names it, for messages.

    Raises:
        ConfigurationError: there is no such application, or it does not start.
    """
    app = _application(spec, option)
    with socket.create_server((_LOOPBACK, 0), backlog=_BACKLOG) as listener:
        server = _Server(app)
        thread = threading.Thread(
            target=_run, args=(server, listener), name="cartfuzz-app", daemon=True
        )
        thread.start()
        server.ready.wait()
        if not server.started:
            raise ConfigurationError(
                option,
                expected=f"an application that starts, in {spec}",
                found="one that ended while it started; its own messages say why",
            )
        try:
            yield f"http://{_LOOPBACK}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _run(server: _Server, listener: socket.socket) -> None:
    try:
        server.run(sockets=[listener])
    except SystemExit:
        pass  # uvicorn leaves so where the application does not start
    finally:
        server.ready.set()


def _application(spec: str, option: str) -> Any:
    module_name, _, name = spec.partition(":")
    if not module_name or not name:
        raise ConfigurationError(
            option, expected="MODULE:APPLICATION, such as shop.api:app", found=f'"{spec}"'
        )
    try:
        found = _found(module_name, name)
    except Exception as error:
        raise ConfigurationError(
            option,
            expected=f"the module {module_name}, which Python can import here",
            found=f"{type(error).__name__}: {error}",
        ) from error
    if not callable(found):
        raise ConfigurationError(
            option,
            expected=f"an ASGI or WSGI application at {name} in {module_name}",
            found="nothing that can be called",
        )
    return _as_wsgi(found) if _is_wsgi(found) else found


def _found(module_name: str, name: str) -> Any:
    """What ``name`` names in a module; None: nothing."""
    found = named_object(module_name, name.removesuffix("()"))
    return found() if name.endswith("()") and callable(found) else found


def _is_wsgi(app: Callable[..., object]) -> bool:
    """Whether an application is WSGI: it is called with two arguments, and is no coroutine."""
    call = app if inspect.isroutine(app) else type(app).__call__
    if inspect.iscoroutinefunction(call) or inspect.isclass(app):
        return False
    required = [
        one
        for one in inspect.signature(app).parameters.values()
        if one.kind in _POSITIONAL and one.default is inspect.Parameter.empty
    ]
    return len(required) == _WSGI_ARGUMENTS


def _as_wsgi(app: Any) -> Any:
    """A WSGI application as an ASGI one, with threads of its own."""
    try:
        from a2wsgi import WSGIMiddleware  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise ConfigurationError(
            _OPTION,
            expected="the extra cartfuzz[wsgi] for a WSGI application",
            found="no package a2wsgi",
        ) from None
    return WSGIMiddleware(app)
