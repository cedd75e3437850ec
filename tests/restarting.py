"""A served sandbox that loses all that it holds, as one that was started again between requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from cartfuzz.sandbox.calls import Call, Reply
from cartfuzz.sandbox.sessions import Store

from .served import Served, served


@contextmanager
def restarting(before: Callable[[int, Call], bool], faults: Sequence[str] = ()) -> Iterator[Served]:
    """A sandbox in a thread.

    Args:
        before: whether it starts again before it answers a call, given its number, from 1.
        faults: those that are switched on.
    """
    running: list[Served] = []

    def start_again(call: Call) -> Reply | None:
        if before(len(running[0].calls), call):
            running[0].service.store = Store()
        return None

    with served(faults=faults, answer=start_again) as sandbox:
        running.append(sandbox)
        yield sandbox
