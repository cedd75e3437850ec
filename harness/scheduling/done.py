"""Answers which scenarios earlier parts of a resumed run have executed."""

from __future__ import annotations

from collections.abc import Iterable

from ...analysis.id_set import IdSet
from ...record import Phase
from ...record.phase import SHARD_SIZE
from ..plan import DoneScenarios


class Done:
    """The scenarios that are not sent again.

    Args:
        done: of the plan.
    """

    def __init__(self, done: DoneScenarios) -> None:
        self._positions: dict[str, IdSet] = {}
        for phase, rows in done.rows.items():
            positions = self._positions.setdefault(phase, IdSet())
            for first, last in rows:
                positions.add_range(first, last)

    def has(self, phase: Phase, position: int) -> bool:
        """Whether the scenario at a `cartfuzz.record.position_of` a phase was executed."""
        positions = self._positions.get(phase)
        return positions is not None and position in positions

    def has_all(self, phase: Phase, shard: int, size: int) -> bool:
        """Whether the first ``size`` scenarios of a shard of a phase were executed."""
        first = shard * SHARD_SIZE
        return all(self.has(phase, first + index) for index in range(size))

    def phase_of(self, shards: Iterable[tuple[Phase, int]]) -> Phase | None:
        """The phase of the first of ``shards`` of which a scenario was executed; None: of none.

        Args:
            shards: each a phase, and the index of a shard in it.
        """
        for phase, shard in shards:
            first = shard * SHARD_SIZE
            if any(self.has(phase, first + index) for index in range(SHARD_SIZE)):
                return phase
        return None
