"""``cartfuzz config show``: which values count, and where each comes from."""

from __future__ import annotations

from collections.abc import Iterator

import click

from ..harness.configuration_sources import configuration_for
from ..harness.effective import (
    DEFAULT_SOURCE,
    EffectiveConfiguration,
    EffectiveValue,
    effective_configuration,
)
from ..harness.reference import toml_value
from ..harness.settings import Settings
from ..reports.plain import plain
from ..reports.wording import duration
from .exit_codes import ExitCode
from .json_output import JsonOutput, json_option
from .options import with_settings
from .run import command as run_command
from .run_keys import given_options


@click.group("config", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Show the configuration and where each value comes from."""


_OTHERS = frozenset(("json_file", "dry_run", "resume"))
"""The options of ``cartfuzz run`` that say nothing about what counts."""


@command.command("show", params=[one for one in run_command.params if one.name not in _OTHERS])
@json_option("the values", "effective")
@click.option("--all", "show_all", is_flag=True, help="Show keys without a value too.")
@with_settings
def show(
    *, settings: Settings, json_output: JsonOutput, show_all: bool, **_given: object
) -> ExitCode:
    """Show the values that a run with the same options would take, as TOML, each with where it
    comes from: an option, an environment variable, a key of the file, or the default.

    Secrets are not shown, only where they are read. Nothing is sent. The exit code is 2 if a run
    would refuse a value, or values together. Whether files, ports and extras can be used, the run
    checks.
    """
    found = effective_configuration(settings, configuration_for(settings), given=given_options())
    json_output.publish(found)
    if not json_output.is_all:
        for line in _lines(found, show_all=show_all):
            click.echo(plain(line, longest=10_000))
    if found.problem:
        click.echo(f"cartfuzz: {plain(found.problem)}", err=True)
        return ExitCode.BAD_USAGE
    return ExitCode.NOTHING_FOUND


def _lines(found: EffectiveConfiguration, *, show_all: bool) -> Iterator[str]:
    yield f"# configuration file: {found.file or 'none'}"
    yield f"# API key: {found.api_key}"
    if found.until_sec is not None:
        yield f"# end of a run, by --until: in {duration(found.until_sec)}"
    shown = [one for one in found.values if show_all or not _is_empty(one.value)]
    table = ""
    for one in shown:
        here, _, name = one.key.partition(".")
        if here != table:
            table = here
            yield ""
            yield f"[{table}]"
        yield _line(name, one)


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, list | tuple | dict) and not value)


def _line(name: str, one: EffectiveValue) -> str:
    if one.value is None:
        return f"# {name} is not set"
    text = f"{name} = {toml_value(one.value)}"
    source = one.source if one.source != DEFAULT_SOURCE else f"({DEFAULT_SOURCE})"
    return f"{text:<36}  # {source}"
