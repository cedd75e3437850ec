"""Makes the first event of a run: what the record keeps of its plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version

from ..record import RunStarted
from .plan import Plan


def run_started(plan: Plan, run: str, *, sweeps: Mapping[str, int] | None = None) -> RunStarted:
    """The event for a run of ``plan`` that begins now.

    Args:
        plan: what the run does.
        run: the run's part of every mark, 8 characters.
        sweeps: by phase, how many scenarios its sweep has; None: it is not known.
    """
    return RunStarted(
        cartfuzz=version("cartfuzz"),
        contract=plan.environment.contract,
        seed=plan.seed,
        run=run,
        target=plan.url,
        phases=tuple(phase.value for phase in plan.phases),
        workers=plan.workers,
        started=datetime.now(UTC).isoformat(timespec="milliseconds"),
        environment=plan.environment,
        rule_levels=plan.rule_levels,
        baseline=plan.baseline,
        sweeps=sweeps or {},
        keeps_judged_right=True,
    )
