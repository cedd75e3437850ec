"""Sends the stored scenarios of a run to a target again, for ``replay`` and ``diff --rerun``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..analysis import Reproducer, RunReproducers
from ..harness.configuration import Configuration
from ..harness.resolution import resolve
from ..harness.settings import Settings
from ..harness.target import begin_run, open_target
from ..harness.triage.replay import Replayed, replay
from ..harness.triage.triage import ScenarioRunner
from .target import provide_target, sandbox_environment


def resend(
    stored: RunReproducers, scenarios: Iterable[Reproducer], settings: Settings
) -> Iterator[Replayed]:
    """Each of ``scenarios`` with what the target shows now, in the environment of the stored run.

    Raises:
        UsageError: the target, its key or the sandbox cannot be used.
        TargetError: the target cannot be tested.
    """
    configuration = Configuration(
        environment=stored.started.environment, rule_levels=stored.started.rule_levels
    )
    resolved = resolve(
        settings, configuration, sandbox_environment=lambda: sandbox_environment(settings)
    )
    with provide_target(resolved, settings) as (plan, key):
        run_id = begin_run(plan.url, key, timeout_sec=plan.timeout_sec)
        with open_target(plan, key) as engine:
            runner = ScenarioRunner(engine, run_id)
            for one in scenarios:
                yield replay(one, runner)
