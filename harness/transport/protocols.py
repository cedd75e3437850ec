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


@runtime_checkable
class Ordered(Protocol):
    """A transport that keeps connections, and notices answers that nobody asked for on them."""

    def mixed_up(self, wait_sec: float) -> int:
        """How often so far an answer that was taken may have been to another request.

        Args:
            wait_sec: how long an answer that nobody asked for may take to come in on the connection
                of this thread.
        """


def mixed_up_of(transport: Transport) -> Callable[[float], int]:
    """`Ordered.mixed_up` of ``transport``; always 0 where it does not notice."""
    return transport.mixed_up if isinstance(transport, Ordered) else lambda _: 0
