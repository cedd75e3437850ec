"""Sends the stored scenarios of a run to a target again, for ``replay`` and ``diff --rerun``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..analysis import Reproducer, RunReproducers
from ..harness.configuration import Configuration
from ..harness.preflight import check_target
from ..harness.resolution import resolve
from ..harness.settings import Settings
from ..harness.transport import HttpTransport
from ..harness.triage.replay import Replayed, replay
from ..harness.triage.triage import Runner, engine_of
from ..wire.marks import new_run
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
        run = new_run()
        probe = HttpTransport(plan.url, api_key=key, timeout_sec=plan.timeout_sec)
        try:
            check_target(probe, url=plan.url, run=run)
        finally:
            probe.close()
        with engine_of(plan, key) as engine:
            runner = Runner(engine, run)
            for one in scenarios:
                yield replay(one, runner)
