"""Makes the first event of a run: what the record keeps of its plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from urllib.parse import urlsplit

from ..record import FORMAT, RunStarted
from .plan import Plan
from .target_guard import is_loopback


def run_started(
    plan: Plan, run: str, *, sweeps: Mapping[str, int] | None = None, sweep_requests: int = 0
) -> RunStarted:
    """The event for a run of ``plan`` that begins now.

    Args:
        plan: what the run does.
        run: the run's part of every mark, 8 characters.
        sweeps: by phase, how many scenarios its sweep has; None: it is not known, and the run never
            counts as partial.
        sweep_requests: about how many requests all sweeps take.
    """
    host = urlsplit(plan.url).hostname or ""
    return RunStarted(
        cartfuzz=version("cartfuzz"),
        format_version=FORMAT,
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
        keeps_judged_right=True,
        sandbox=plan.sandbox,
        allow_hosts=() if is_loopback(host) else (host,),
        api_key_env=plan.api_key_env,
        api_key_file=plan.api_key_file,
        api_key_keyring=plan.api_key_keyring,
        rps=plan.rps,
        timeout_sec=plan.timeout_sec,
        sweeps=sweeps or {},
        sweep_requests=sweep_requests,
        access=plan.access,
        allow_partial=plan.allow_partial or plan.scenarios is not None or plan.requests is not None,
    )
