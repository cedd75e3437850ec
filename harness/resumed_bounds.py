"""Counts what earlier parts of a run used up of its bounds."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..record.phase import MIN_ROUND_SEC, ROUND_OF_SWEEPS
from .plan import Plan
from .resumption import PhaseCosts, Resumption


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What a run did before its present part; nothing for a run that begins."""

    parts: int = 0
    seconds: float = 0.0
    phases_sec: float = 0.0
    """Without minimisation."""
    requests: int = 0
    """Of the phases."""
    sweeps_sec: float | None = None
    """As `Resumption.sweeps_sec`."""
    costs: PhaseCosts = field(default_factory=PhaseCosts)

    @classmethod
    def of(cls, resumption: Resumption | None) -> Before:
        """What ``resumption`` says; None: the run begins."""
        if resumption is None:
            return cls()
        state = resumption.state
        return cls(
            parts=resumption.number,
            seconds=state.parts.seconds,
            phases_sec=state.parts.phases_sec,
            requests=state.counters.requests,
            sweeps_sec=resumption.sweeps_sec,
            costs=resumption.costs,
        )

    def bound_sec(self, plan: Plan) -> float | None:
        """How long all parts may take; None: no bound is known yet."""
        if plan.duration_sec is None and plan.whole_round and self.sweeps_sec is not None:
            return round_sec(self.sweeps_sec)
        return plan.duration_sec

    def is_enough_for(self, plan: Plan) -> bool:
        """Whether the phases have used up a bound of ``plan``, so that minimisation is left."""
        bound_sec = self.bound_sec(plan)
        return (bound_sec is not None and self.phases_sec >= bound_sec) or (
            plan.requests is not None and self.requests >= plan.requests
        )


def round_sec(sweeps_sec: float) -> float:
    """How long one full round takes whose sweeps took so long."""
    return max(MIN_ROUND_SEC, ROUND_OF_SWEEPS * sweeps_sec)
