"""Requests a second, told by when the events of a run arrived."""

from __future__ import annotations

from collections.abc import Sequence


def steady(arrivals: Sequence[tuple[float, int]], count: int) -> float:
    """Requests a second of a run under way, told by when its events arrived.

    An event tells of requests that were sent before it arrived, so a clock that starts with the
    first event and runs until all have ended counts what was under way at its start for nothing.
    This one runs from the event that makes a quarter of ``count`` full to the one that makes
    ``count`` full: about as much is under way at its end as at its start.

    Args:
        arrivals: second and number of requests of each event, in the order in which they came.
        count: requests; no more than came.

    Raises:
        ValueError: fewer requests than ``count`` came, or no time passed between the two events.
    """
    sent = 0
    start: tuple[float, int] | None = None
    for moment, requests in arrivals:
        sent += requests
        if start is None and 4 * sent >= count:
            start = (moment, sent)
        if start is not None and sent >= count and moment > start[0]:
            return (sent - start[1]) / (moment - start[0])
    raise ValueError(
        f"expected events of {count} requests that do not all come at once, found {sent}: "
        f"the run ended early, or {count} are too few for a rate"
    )


def whole(arrivals: Sequence[tuple[float, int]]) -> float:
    """Requests a second from the first of ``arrivals`` to the last.

    Args:
        arrivals: second and number of requests of each event, in the order in which they came;
            the first is the start of the run, which tells of none.
    """
    return sum(requests for _, requests in arrivals) / (arrivals[-1][0] - arrivals[0][0])
