"""Has one big response judged at a time: the values of several together would fill the memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ..wire import NoResponse, Response

_BIG_BYTES = 256 * 1024
"""Of the bodies that are judged together; the values of so many take some 20 MB at most."""
_ONE_AT_A_TIME = threading.Lock()


@contextmanager
def one_at_a_time(outcomes: Sequence[Response | NoResponse]) -> Iterator[None]:
    """Waits, where ``outcomes`` are big, until no other thread of this process judges big ones.

    Nothing is lost by that: judging takes the interpreter, which one thread has at a time.
    """
    if sum(len(one.body) for one in outcomes if isinstance(one, Response)) < _BIG_BYTES:
        yield
        return
    with _ONE_AT_A_TIME:
        yield
