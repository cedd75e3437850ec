"""Trials of candidates: each at most once, within bounds, and never about another bug."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from time import monotonic

from ....analysis.flakiness import CANDIDATE_HITS, CANDIDATE_TRIES
from ....contract import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """What one execution of a scenario showed."""

    step: int | None
    """Index of the step whose answer showed the signature; None: it was not shown."""
    requests: int
    """How many were sent."""


Execute = Callable[[Scenario], TrialResult]
"""Executes a scenario afresh and tells whether it showed the signature in question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much one minimisation may cost."""

    requests: int = 400
    seconds: float = 20.0


class BoundHitError(Exception):
    """No further trial is allowed: the best so far is the result."""


class Trials:
    """Tries candidates and remembers the answers.

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
        self._known: dict[bytes, bool] = {}
        self.requests = 0
        self.executions = 0
        self.best: Scenario | None = None
        """The last candidate that showed the signature; None: none did."""

    def shows(self, candidate: Scenario) -> bool:
        """Whether ``candidate`` shows the signature.

        Raises:
            BoundHitError: the bounds allow no answer.
        """
        key = blake2b(repr(candidate).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if key not in self._known:
            self._known[key] = self._tried(candidate)
        if self._known[key]:
            self.best = candidate
        return self._known[key]

    def once(self, scenario: Scenario) -> int | None:
        """One execution of ``scenario``: the step that shows the signature; None: none does.

        Raises:
            BoundHitError: the bounds allow no execution.
        """
        spent = self.requests + len(scenario.steps)
        if spent > self._bounds.requests or self._clock() >= self._deadline:
            raise BoundHitError
        sighting = self._execute(scenario)
        self.requests += sighting.requests
        self.executions += 1
        if sighting.step is not None:
            self.best = self.best or scenario
        return sighting.step

    def _tried(self, candidate: Scenario) -> bool:
        if candidate.burst is None:
            return self.once(candidate) is not None
        hits = 0
        for left in range(CANDIDATE_TRIES, 0, -1):
            if hits + left < CANDIDATE_HITS:
                return False
            hits += self.once(candidate) is not None
            if hits == CANDIDATE_HITS:
                return True
        return False
