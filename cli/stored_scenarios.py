"""Sends the stored scenarios of a record to a target again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..analysis import Reproducer, RunReproducers
from ..harness.engine import Engine
from ..harness.plan import Plan
from ..harness.target import begin_run, open_target
from ..harness.triage.replay import Replayed, replay
from ..harness.triage.triage import ScenarioRunner
from .targets import TargetOptions, allowed, reached


def replayed(
    stored: RunReproducers,
    scenarios: Iterable[Reproducer],
    *,
    url: str | None,
    options: TargetOptions,
) -> Iterator[Replayed]:
    """Each of ``scenarios``, sent to the target at ``url``; None: to a sandbox.

    Raises:
        TargetError: the target cannot be tested.
    """
    base, rps = allowed(url, options) if url is not None else (None, options.rps)
    with reached(
        base,
        stored.started.environment,
        api_key_env=options.api_key_env,
        faults=options.sandbox_fault,
    ) as (target, key):
        plan = Plan(
            url=target,
            environment=stored.started.environment,
            rule_levels=stored.started.rule_levels,
            rps=rps,
            timeout_sec=options.timeout or 30.0,
        )
        run_id = begin_run(plan.url, key, timeout_sec=plan.timeout_sec)
        with open_target(plan, key) as engine:
            yield from _sent(engine, run_id, scenarios)


def _sent(engine: Engine, run_id: str, scenarios: Iterable[Reproducer]) -> Iterator[Replayed]:
    runner = ScenarioRunner(engine, run_id)
    for one in scenarios:
        yield replay(one, runner)
