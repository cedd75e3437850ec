"""Requests a second, told by when the events of a run arrived."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Arrival(NamedTuple):
    """An event of a run."""

    second: float
    requests: int
    """That it tells of."""
    busy: float = 0.0
    """Seconds that all cores of the machine have worked until then."""


def steady(arrivals: Sequence[Arrival], count: int) -> float:
    """Requests a second of a run under way, told by when its events arrived.

    Args:
        arrivals: in the order in which they came.
        count: requests; no more than came.

    Raises:
        ValueError: fewer requests than ``count`` came, or no time passed between the two events
            that `_under_way` takes.
    """
    start, end, sent = _under_way(arrivals, count)
    return sent / (end.second - start.second)


def busy_cores(arrivals: Sequence[Arrival], count: int) -> float:
    """How many cores of the machine worked meanwhile, whoever they worked for.

    Raises:
        ValueError: as `steady` does.
    """
    start, end, _ = _under_way(arrivals, count)
    return (end.busy - start.busy) / (end.second - start.second)


def _under_way(arrivals: Sequence[Arrival], count: int) -> tuple[Arrival, Arrival, int]:
    """The two events between which to look, and the requests that were sent between them.

    An event tells of requests that were sent before it arrived, so a clock that starts with the
    first event and runs until all have ended counts what was under way at its start for nothing.
    This one runs from the event that makes a quarter of ``count`` full to the one that makes
    ``count`` full: about as much is under way at its end as at its start.
    """
    sent = before = 0
    start: Arrival | None = None
    for arrival in arrivals:
        sent += arrival.requests
        if start is None and 4 * sent >= count:
            start, before = arrival, sent
        if start is not None and sent >= count and arrival.second > start.second:
            return start, arrival, sent - before
    raise ValueError(
        f"expected events of {count} requests that do not all come at once, found {sent}: "
        f"the run ended early, or {count} are too few for a rate"
    )


def whole(arrivals: Sequence[Arrival]) -> float:
    """Requests a second from the first of ``arrivals`` to the last.

    Args:
        arrivals: in the order in which they came; the first is the start of the run, which tells
            of no request.
    """
    sent = sum(arrival.requests for arrival in arrivals)
    return sent / (arrivals[-1].second - arrivals[0].second)
