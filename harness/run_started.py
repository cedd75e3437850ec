"""Makes the first event of a run: what the record keeps of its plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from importlib.metadata import version

from ..record import FORMAT, OptionsOfRun, RunStarted, encode_value
from .access.target_guard import hosts_to_allow
from .plan import CorpusScenarios, Plan
from .plugins.loading import extensions_of


def run_started(
    plan: Plan,
    run: str,
    *,
    sweeps: Mapping[str, int] | None = None,
    sweep_requests: int = 0,
    options: OptionsOfRun | None = None,
    resumption: int = 0,
) -> RunStarted:
    """The event for a run of ``plan`` that begins now.

    Args:
        plan: what the run does.
        run: the run's part of every mark, 8 characters.
        sweeps: by phase, how many scenarios its sweep has; None: it is not known, and the run never
            counts as partial.
        sweep_requests: about how many requests all sweeps take.
        options: see `options_of`; None: the run cannot be resumed.
        resumption: which resumption of an earlier run it is, from 1; 0: none.
    """
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
        allow_hosts=hosts_to_allow(plan.url),
        api_key_env=plan.api_key_env,
        api_key_file=plan.api_key_file,
        api_key_keyring=plan.api_key_keyring,
        rps=plan.rps,
        timeout_sec=plan.timeout_sec,
        traffic=plan.traffic,
        sweeps=sweeps or {},
        sweep_requests=sweep_requests,
        access=plan.access,
        allow_partial=plan.allow_partial or plan.scenarios is not None or plan.requests is not None,
        options=options,
        resumption=resumption,
        hypothesis=version("hypothesis"),
        corpus=corpus_digest(plan.known),
        trace_header=plan.trace_header,
        traceparent=plan.traceparent,
        plugins=extensions_of(plan.plugins).records,
    )


def options_of(plan: Plan) -> OptionsOfRun:
    """The options of ``plan`` that a resumption takes over."""
    return OptionsOfRun(
        duration_sec=plan.duration_sec,
        scenarios=plan.scenarios,
        requests=plan.requests,
        quiet_sec=plan.quiet_sec,
        in_flight=plan.in_flight,
        record=plan.keep.value,
        max_record=plan.max_record,
        minimise_sec=plan.minimise.seconds if plan.minimise else None,
    )


def corpus_digest(known: CorpusScenarios) -> str:
    """Names what a corpus held; empty: nothing."""
    return blake2b(encode_value(known), digest_size=8).hexdigest() if known else ""
