"""The options that commands share: each is declared once, and `with_settings` gathers them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from ..contract import ContractVersion, Traffic
from ..harness.access.target_guard import POLITE_RPS
from ..harness.configuration import CONFIGURATION_FILE
from ..harness.plan import DEFAULT_TIMEOUT_SEC
from ..harness.settings import API_KEY_VARIABLE, MAX_TIMEOUT_SEC, Settings
from .access_options import access_options, gather_access
from .completions import fault_names, folders
from .param_types import NamedPath, NamedPlace, PositiveNumber
from .plugin_options import plugin_option
from .trace_options import trace_options

Command = Callable[..., Any]
Decorator = Callable[[Command], Command]


def api_key_option(help_text: str) -> Decorator:
    """``--api-key-env NAME``."""
    return click.option(
        "--api-key-env",
        default=API_KEY_VARIABLE,
        show_default=True,
        metavar="NAME",
        help=help_text,
    )


def api_key_options(help_text: str) -> Decorator:
    """``--api-key-env``, ``--api-key-file`` and ``--api-key-keyring``; one of them is given."""
    options = (
        api_key_option(help_text),
        click.option(
            "--api-key-file",
            type=NamedPath(),
            metavar="FILE",
            help="File with the API key, in place of a variable.",
        ),
        click.option(
            "--api-key-keyring",
            metavar="SERVICE[/USER]",
            help="Entry of the system's keyring with the API key, in place of a variable. Needs "
            "cartfuzz[keyring].",
        ),
    )

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def faults_option(option: str, help_text: str) -> Decorator:
    """``option NAME``, which switches on a fault of the sandbox."""
    return click.option(
        option,
        "faults",
        multiple=True,
        metavar="NAME",
        help=help_text,
        shell_complete=fault_names,
    )


_SANDBOX_OPTIONS = (
    click.option(
        "--app",
        metavar="MODULE:APP",
        help="Serve this ASGI or WSGI application on a loopback port, and take it as the target.",
    ),
    click.option("--sandbox", is_flag=True, help="Start the embedded sandbox as the target."),
    api_key_options("Environment variable that holds the target's API key."),
    faults_option(
        "--sandbox-fault",
        "Start the embedded sandbox with this fault. May be repeated.",
    ),
)


def config_option(help_text: str) -> Decorator:
    """``--config FILE`` and ``--no-config``."""
    named = click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=f"{help_text}  [default: {CONFIGURATION_FILE} or pyproject.toml of this folder]",
    )
    none = click.option("--no-config", is_flag=True, help="Read no configuration file.")
    return lambda command: named(none(command))


def contract_option(help_text: str, *, default: ContractVersion | None = None) -> Decorator:
    """``--contract VERSION``; without ``default`` the command decides where it is not given."""
    return click.option(
        "--contract",
        type=click.Choice([version.value for version in ContractVersion]),
        default=default and default.value,
        show_default=default is not None,
        help=help_text,
    )


def corpus_option(help_text: str, *, required: bool = False) -> Decorator:
    """``--corpus DIR|URL``."""
    return click.option(
        "--corpus",
        type=NamedPlace(),
        shell_complete=folders,
        metavar="DIR|URL",
        required=required,
        help=f"{help_text} A folder, or redis://HOST:PORT/DB.",
    )


def target_options(command: Command) -> Command:
    """Adds the options that describe a target; `with_settings` must be the decorator below."""
    command = access_options(load_options("over all workers")(command))
    for option in reversed(_SANDBOX_OPTIONS):
        command = option(command)
    return command


def load_options(rate_of: str) -> Decorator:
    """Those of `target_options` that decide which hosts get load, and how much.

    Args:
        rate_of: for what ``--rps`` holds, as its help has it: ``"over all workers"``.
    """
    options = (
        click.option(
            "--allow-host",
            "allow_hosts",
            multiple=True,
            metavar="HOST[:PORT]",
            help="A host, or one port of it, that is not loopback and may get load. "
            "May be repeated.",
        ),
        click.option(
            "--i-know-this-is-production",
            "production",
            metavar="HOST",
            help="Let this host get load although it looks like production.",
        ),
        click.option(
            "--dry-only",
            "traffic",
            flag_value=Traffic.DRY.value,
            help="Send nothing but reads, and updates and returns with dry=true.",
        ),
        click.option(
            "--read-only", "traffic", flag_value=Traffic.READS.value, help="Send nothing but reads."
        ),
        click.option(
            "--rps",
            type=PositiveNumber(),
            help=f"Maximum number of requests a second, {rate_of}.  "
            f"[default: as configured or recorded, else {POLITE_RPS:g} unless loopback]",
        ),
        click.option(
            "--timeout",
            "timeout_sec",
            type=PositiveNumber(most=MAX_TIMEOUT_SEC),
            metavar="SECONDS",
            help="Maximum time for one request.  "
            f"[default: as configured or recorded, else {DEFAULT_TIMEOUT_SEC:g}]",
        ),
    )

    def decorate(command: Command) -> Command:
        command = plugin_option(trace_options(command))
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def with_settings(command: Command) -> Command:
    """Hands ``command`` one `Settings` in place of the options that are fields of it.

    An application that ``--app`` names is served while the command runs; its URL is the target.
    """
    fields = {field.name for field in dataclasses.fields(Settings)}

    @wraps(command)
    def gathered(**options: Any) -> Any:
        gather_access(options)
        app = options.pop("app", None)
        settings = Settings(**{name: options.pop(name) for name in fields & options.keys()})
        if app is None:
            return command(settings=settings, **options)
        if settings.url is not None or settings.sandbox or settings.faults:
            raise click.UsageError(
                "--app: expected no other target, found a URL or the embedded sandbox as well"
            )
        from ..harness.local_app import serving  # noqa: PLC0415 - other targets need no server

        with serving(app) as url:
            return command(settings=dataclasses.replace(settings, url=url), **options)

    return gathered
