"""Bounds what the big responses of scenarios under way keep in memory together."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ..wire import Delivery, NoResponse, Response
from ..wire.bounds import most_values

_BIG_BYTES = 64 * 1024
"""Of one body; many smaller ones do not fill the memory."""
_MAX_VALUES_A_SCENARIO = 300_000
"""In the big responses of one scenario. The model keeps what each accepted write has shown, some
100 bytes a value; the sweeps send ten carts of 1,000 items in one, which are 226,000."""
_ONE_AT_A_TIME = threading.Lock()


class RoomForResponses:
    """The room that one execution has for what its responses hold."""

    def __init__(self) -> None:
        self._left = _MAX_VALUES_A_SCENARIO

    def admitted(self, outcome: Response | NoResponse) -> Response | NoResponse:
        """``outcome``, or that it is too big to be judged after those before it."""
        if isinstance(outcome, NoResponse) or len(outcome.body) < _BIG_BYTES:
            return outcome
        values = most_values(outcome.body)
        if values > self._left:
            return NoResponse(
                fate=Delivery.UNKNOWN,
                reason=f"an answer with status {outcome.status} after which the scenario's answers "
                f"have more than {_MAX_VALUES_A_SCENARIO} values",
                elapsed_sec=outcome.elapsed_sec,
            )
        self._left -= values
        return outcome


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
