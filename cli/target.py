"""Provides the target of a command: the one at a URL, or a sandbox that is started for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
import msgspec

from ..contract import EXAMPLE_ENVIRONMENT, Environment
from ..harness.access.access_secrets import access_notes, secrets_for
from ..harness.access.api_key import KeySource, key_notes, read_api_key
from ..harness.configuration import Configuration
from ..harness.plan import Plan
from ..harness.resolution import resolve
from ..harness.settings import Settings
from ..reports.plain import plain
from ..wire.secrets import TargetSecrets


def resolve_target(settings: Settings, configuration: Configuration | None) -> Plan:
    """The plan of ``settings`` and ``configuration``; the sandbox only where it is asked for.

    Raises:
        click.UsageError: nothing names a target.
        ConfigurationError: an option is wrong, or two do not go together.
        UnknownFaultError: the sandbox has no such fault.
    """
    plan = resolve(
        settings, configuration, sandbox_environment=lambda: _sandbox_environment(settings)
    )
    if plan.sandbox is not None and not (settings.sandbox or settings.faults):
        raise click.UsageError(
            "expected a target, found none: give the URL of one (or url in the table [target] of "
            "--config), or --sandbox for the embedded sandbox; cartfuzz init writes such a file"
        )
    return plan


@contextmanager
def provide_target(plan: Plan, settings: Settings) -> Iterator[tuple[Plan, TargetSecrets]]:
    """``plan`` with the URL of its target, and the target's secrets.

    Where the plan has no URL, a sandbox runs until the end of the block.

    Raises:
        ConfigurationError: there is no API key for the target.
        UnknownFaultError: the sandbox has no such fault.
        SandboxError: the sandbox does not start.
    """
    if plan.url:
        source = KeySource.of(plan)
        key = read_api_key(source, url=plan.url)
        for note in key_notes(key, source):
            click.echo(note, err=True)
        for text in access_notes(plan.access):
            click.echo(f"cartfuzz: {plain(text)}", err=True)
        yield plan, secrets_for(key, plan.access)
        return
    from ..sandbox import start  # noqa: PLC0415 - a real target needs no server

    with start(plan.environment, faults=settings.faults) as sandbox:
        yield msgspec.structs.replace(plan, url=sandbox.url), TargetSecrets(sandbox.api_key)


def _sandbox_environment(settings: Settings) -> Environment:
    """The example shop, changed as little as it takes for the faults of ``settings`` to show.

    Raises:
        UnknownFaultError: the sandbox has no such fault.
    """
    from ..sandbox import environment_with  # noqa: PLC0415 - a real target needs no server

    return environment_with(settings.faults, EXAMPLE_ENVIRONMENT)
