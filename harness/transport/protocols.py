"""What the engine expects of a transport."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from ...contract import Cut
from ...wire import NoResponse, Request, Response


class Transport(Protocol):
    """Sends requests. The only interface with a socket behind it."""

    def send(self, request: Request) -> Response | NoResponse:
        """Sends ``request`` once; never repeats it, never follows a redirect."""

    def burst(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        """Sends all at once, each on a connection of its own; outcomes in the given order."""

    def sequence(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        """Sends one after the other on one connection."""

    def cut(self, request: Request, cut: Cut) -> NoResponse:
        """Sends ``request`` as far as ``cut`` says and closes the connection."""

    def close(self) -> None:
        """Closes all connections."""


@runtime_checkable
class Abortable(Protocol):
    """A transport whose requests under way can be ended."""

    def abort(self) -> None:
        """Ends all requests under way, from another thread; they count as not answered."""


def abort_of(transport: Transport) -> Callable[[], None]:
    """What ends the requests under way of ``transport``; nothing where it cannot."""
    return transport.abort if isinstance(transport, Abortable) else lambda: None
