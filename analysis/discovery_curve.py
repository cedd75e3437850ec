"""Follows how many behaviours a run had seen after how many requests."""

from __future__ import annotations

import msgspec

from .discovery import DiscoveryEstimate

MIN_STEP = 25
"""Requests from one point to the next at least."""
_STEPS = 20
"""The next point comes when the run is longer by one part in this many: a long run has a few
hundred points, and each tenfold length 50 more."""


class DiscoveryPoint(msgspec.Struct, frozen=True, kw_only=True):
    """What was known at one moment of a run; see `cartfuzz.analysis.discovery`."""

    requests: int
    """Sent so far."""
    drawn_scenarios: int
    """Executed so far; scenarios of sweeps are not drawn."""
    behaviours: int
    """Different ones that were seen so far, in sweeps as well."""
    chance_of_new: float | None
    """That the next drawn scenario shows something new (Good-Turing); None: too few were drawn
    until then to know."""


class DiscoveryCurve:
    """Follows a run. Add every event: the points depend on the number of requests alone."""

    def __init__(self) -> None:
        self._points: list[DiscoveryPoint] = []
        self._next = 1

    def add(self, requests: int, discovery: DiscoveryEstimate) -> bool:
        """Looks at the run after an event; whether the curve has a point there.

        Args:
            requests: of the run so far.
            discovery: what it has seen so far.
        """
        if requests < self._next:
            return False
        self._points.append(_point(requests, discovery))
        self._next = requests + max(MIN_STEP, requests // _STEPS)
        return True

    def points(self, requests: int, discovery: DiscoveryEstimate) -> list[DiscoveryPoint]:
        """All points, and the present moment as the last; the arguments as of `add`."""
        if not requests or (self._points and self._points[-1].requests == requests):
            return list(self._points)
        return [*self._points, _point(requests, discovery)]


def _point(requests: int, discovery: DiscoveryEstimate) -> DiscoveryPoint:
    return DiscoveryPoint(
        requests=requests,
        drawn_scenarios=discovery.samples,
        behaviours=discovery.behaviours,
        chance_of_new=discovery.discovery_probability,
    )
