"""The plan of a comparison of two targets."""

from __future__ import annotations

from dataclasses import dataclass

from ...analysis.side_by_side import NOTHING_IGNORED, Ignored
from ...record import Phase
from ..plan import Plan, TriageBudget

COMPARED_PHASES = (Phase.EDGES, Phase.WIRE, Phase.EXPLORE)
"""What a race or a lost answer shows is decided by timing, on each target in another way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairPlan:
    """What is sent to two targets.

    Attributes:
        old: the plan of the old target; its bounds, seed, phases and environment hold for both.
        new: of the new one; only its URL, timeout and rate count.
        ignored: what is not compared.
        triage: how much the smallest scenarios may cost; None: nothing is minimised.
    """

    old: Plan
    new: Plan
    ignored: Ignored = NOTHING_IGNORED
    triage: TriageBudget | None = None
