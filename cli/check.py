"""``cartfuzz check``: the check before a run, alone."""

from __future__ import annotations

import click

from ..harness.declarations import declared_by
from ..harness.declared_codes import codes_of
from ..harness.resolution import configuration_for
from ..harness.settings import Settings
from ..harness.target import preflight
from ..reports.plain import plain
from ..reports.wording import counted, duration, target_name
from ..strategies import check_attributes
from .exit_codes import ExitCode
from .options import config_option, contract_option, target_options, with_settings
from .target import provide_target, resolve_target

_CLOCK_SEC = 60
"""A clock that is off by more is reported."""


@click.command("check")
@click.argument("url", required=False)
@config_option("A TOML file with [target], [environment] and [rules].")
@contract_option("Contract version of the target.  [default: that of --config, else 2.5.1]")
@target_options
@with_settings
def command(*, settings: Settings) -> ExitCode:
    """Check with a few requests that a run can test the API at URL with this configuration.

    A session is created with everything that is declared, and read; each declared code is sent in a
    dry update. The exit code is 0 if all was accepted, 2 if something declared was refused, 3 if
    this is not the session API or it refuses the key, 5 if it refuses every update.
    """
    plan = resolve_target(settings, configuration_for(settings))
    for note in check_attributes(plan.environment):
        click.echo(f"cartfuzz: {plain(note)}", err=True)
    declared, codes = declared_by(plan.environment), codes_of(plan.environment)
    with provide_target(plan, settings) as (opened, secrets):
        run_id, seen = preflight(
            opened.url,
            secrets,
            timeout_sec=plan.timeout_sec,
            rps=plan.rps,
            declared=declared,
            codes=codes,
            trace=opened.trace,
        )
        target = target_name(opened.url, opened.sandbox)
    sent = f"{counted(seen.requests, 'request')}; its session IDs contain cf-{run_id}-"
    if seen.refusal:
        click.echo(f"{target} refuses an empty update: {plain(seen.refusal)} ({sent})")
        return ExitCode.INCONCLUSIVE
    taken = counted(len(declared), "declared attribute or cost", "declared attributes and costs")
    if codes:
        taken += f" and {counted(len(codes), 'declared code')}"
    click.echo(
        f"{target} answers as the session API, contract {plan.environment.contract.value}, and "
        f"takes {taken} ({sent})"
    )
    if seen.clock_ahead_sec is not None and abs(seen.clock_ahead_sec) > _CLOCK_SEC:
        side = "ahead of" if seen.clock_ahead_sec > 0 else "behind"
        click.echo(
            f"its clock is {duration(abs(seen.clock_ahead_sec))} {side} that of this machine; "
            "no rule depends on it, but campaigns with a start or an end may"
        )
    return ExitCode.NOTHING_FOUND
