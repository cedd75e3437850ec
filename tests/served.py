"""The sandbox behind a real socket and in this process, so that a test can look into its store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, Environment
from cartfuzz.sandbox.asgi import application
from cartfuzz.sandbox.assembly import assembled
from cartfuzz.sandbox.calls import Call, Reply
from cartfuzz.sandbox.server import Server, base_url, open_listener
from cartfuzz.sandbox.service import Service

KEY = "the-key-of-a-served-sandbox"
HOST = "127.0.0.1"


@dataclass(kw_only=True)
class Served:
    """A sandbox that serves."""

    url: str
    service: Service
    calls: list[Call] = field(default_factory=list)
    """All that it was sent so far."""

    def states(self) -> dict[str, str]:
        """The state of each stored session."""
        return {name: session.state for name, session in self.service.store.sessions.items()}

    def names(self) -> list[str]:
        """What named each request, in the order in which they came; empty where nothing did."""
        return [call.headers.get("x-cartfuzz", "") for call in self.calls]


@contextmanager
def served(
    environment: Environment = EXAMPLE_ENVIRONMENT,
    faults: Sequence[str] = (),
    *,
    answer: Callable[[Call], Reply | None] = lambda _: None,
) -> Iterator[Served]:
    """A sandbox in a thread.

    Args:
        environment: what it has configured.
        faults: those that are switched on.
        answer: answers a call in its place; None: it answers itself.
    """
    service = assembled(environment, faults, (), KEY)
    listener = open_listener(HOST, 0)
    sandbox = Served(url=base_url(HOST, listener), service=service)
    handle = service.handle

    async def handle_and_note(call: Call) -> Reply:
        sandbox.calls.append(call)
        return answer(call) or await handle(call)

    service.handle = handle_and_note  # type: ignore[method-assign]
    ready = threading.Event()
    server = Server(application(service), stack=service, on_ready=ready.set, handles_signals=False)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    ready.wait()
    try:
        yield sandbox
    finally:
        server.should_exit = True
        thread.join()
