"""Gathers the errors of Cartfuzz in judging responses: each place in the code once."""

from __future__ import annotations

import msgspec

from ..record.events import ScenarioRun
from ..record.scenario_parts import JudgingError

_MAX_PLACES = 20


class FailedJudgement(msgspec.Struct, frozen=True, kw_only=True):
    """One error of Cartfuzz itself in judging responses, and how often it came."""

    error: str
    """Its kind and text, as it came first."""
    place: str
    """Where: ``"knowledge.py:66"``."""
    count: int
    scenario: str
    """``phase/shard/index`` of the first scenario; the record holds it with its answers."""
    step: int
    """Index of the step in it whose response was judged."""
    trace: str
    """The innermost calls."""
    plugin: str = ""
    """The plugin whose check raised it; empty: it is an error of Cartfuzz."""


class JudgingErrors:
    """Follows the events of a run. Its memory is bounded, whatever a target answers."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], tuple[str, JudgingError]] = {}
        self._counts: dict[tuple[str, str], int] = {}

    def __bool__(self) -> bool:
        return bool(self._counts)

    def add(self, event: ScenarioRun) -> None:
        """Takes in the errors of one scenario."""
        for one in event.errors:
            key = (one.error.partition(":")[0], one.place)
            if key not in self._first and len(self._first) >= _MAX_PLACES:
                key = next(reversed(self._first))
            self._first.setdefault(key, (event.id, one))
            self._counts[key] = self._counts.get(key, 0) + 1

    def text(self) -> str:
        """All of it for a bug report."""
        return "\n".join(
            f"{one.count} x {one.error}, first in scenario {one.scenario}, step {one.step + 1}:\n"
            f"{one.trace}"
            for one in self.failed()
        )

    def failed(self) -> list[FailedJudgement]:
        """What came, in the order in which it came first."""
        return [
            FailedJudgement(
                error=error.error,
                place=error.place,
                count=self._counts[key],
                scenario=scenario,
                step=error.step,
                trace=error.trace,
                plugin=error.plugin,
            )
            for key, (scenario, error) in self._first.items()
        ]
