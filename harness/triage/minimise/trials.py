"""Tries candidates: each at most once and within bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from time import monotonic

from ....analysis.flakiness import CANDIDATE_HITS, CANDIDATE_TRIES
from ....contract import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """The result of one execution of a scenario."""

    step: int | None
    """Index of the step whose response showed the signature; None: no step showed it."""
    requests: int
    """How many requests were sent."""


Execute = Callable[[Scenario], TrialResult]
"""Executes a scenario on new sessions and reports whether it showed the signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one minimisation may cost."""

    requests: int = 400
    """Most requests over all trials."""
    seconds: float = 20.0
    """Longest time over all trials."""


class BoundHitError(Exception):
    """The bounds allow no further trial."""


class Trials:
    """Tries candidates and caches the results.

    Args:
        execute: executes a candidate; may raise `BoundHitError` itself to end the search.
        bounds: what all trials together may cost.
        clock: the time source, in seconds.
    """

    def __init__(
        self, execute: Execute, bounds: Bounds, *, clock: Callable[[], float] = monotonic
    ) -> None:
        self._execute = execute
        self._bounds = bounds
        self._clock = clock
        self._deadline = clock() + bounds.seconds
        self._results: dict[bytes, bool] = {}
        self.requests = 0
        """How many requests were sent."""
        self.executions = 0
        """How many scenarios were executed."""
        self.best: Scenario | None = None
        """The last candidate that showed the signature; None: none showed it."""

    def shows(self, candidate: Scenario) -> bool:
        """Whether ``candidate`` shows the signature; a burst must show it in 2 of 3 executions.

        Raises:
            BoundHitError: the bounds allow no execution.
        """
        key = blake2b(repr(candidate).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if key not in self._results:
            self._results[key] = self._tried(candidate)
        if self._results[key]:
            self.best = candidate
        return self._results[key]

    def once(self, scenario: Scenario) -> int | None:
        """Executes ``scenario``: the index of the step that shows the signature; None: none does.

        Raises:
            BoundHitError: the bounds allow no execution.
        """
        spent = self.requests + len(scenario.steps)
        if spent > self._bounds.requests or self._clock() >= self._deadline:
            raise BoundHitError(f"{self.requests} requests were sent, {self._bounds} allow no more")
        result = self._execute(scenario)
        self.requests += result.requests
        self.executions += 1
        if result.step is not None:
            self.best = self.best or scenario
        return result.step

    def _tried(self, candidate: Scenario) -> bool:
        if candidate.burst is None:
            return self.once(candidate) is not None
        hits = 0
        for remaining in range(CANDIDATE_TRIES, 0, -1):
            if hits + remaining < CANDIDATE_HITS:
                return False
            hits += self.once(candidate) is not None
            if hits == CANDIDATE_HITS:
                return True
        return False
