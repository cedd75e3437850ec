"""What the answer to one step means."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..record import Discrepancy, Observation


@dataclass(slots=True, kw_only=True)
class Judgement:
    """What one answer means; whoever judges fills it."""

    discrepancies: list[Discrepancy] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    inconclusive: list[str] = field(default_factory=list)
    """Why the answer could not be judged; empty if it could."""
    reached: list[str] = field(default_factory=list)
    """Keys of `cartfuzz.record.ScenarioRun.reached`."""
    blamed_rules: set[str] = field(default_factory=set)
    """The rules against which each possibility spoke, where a burst or a lost answer is blamed."""
    must_read: bool = False
    """The model no longer knows what the target holds: read the session and tell `relearn`."""
