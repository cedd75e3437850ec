"""Decides when a target counts as lost: several scenarios in a row got no usable response."""

from __future__ import annotations

from ..record import ScenarioRun

LIMIT = 5
"""Scenarios in a row without a single usable response."""


class LostTargetDetector:
    """Watches the scenarios of a run, in the order in which they end.

    A response is usable if it can be judged. One scenario without any proves nothing: the target
    may refuse it for a reason of its own. `LIMIT` of them in a row mean that it is down, or that
    it does not take the load.
    """

    def __init__(self) -> None:
        self._in_a_row = 0

    def add(self, run: ScenarioRun) -> str | None:
        """Counts ``run``.

        Returns:
            Why its last request could not be judged, if the target counts as lost now, else None.
        """
        # A scenario that sent nothing shows nothing, either way.
        is_useless = run.requests > 0 and len(run.inconclusive) >= run.requests
        self._in_a_row = self._in_a_row + 1 if is_useless else 0
        return run.inconclusive[-1] if self._in_a_row >= LIMIT else None
