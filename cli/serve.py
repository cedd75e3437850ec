"""``cartfuzz serve``: the sandbox alone, in the foreground."""

from __future__ import annotations

import secrets
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from ..contract import EXAMPLE_ENVIRONMENT, ConfigurationError, ContractVersion, Environment
from ..harness.api_key import find_api_key
from ..harness.configuration import read_configuration
from ..harness.target_guard import is_loopback
from ..sandbox import FAULTS, PROFILES, SandboxError, UnknownFaultError, serve_forever
from .param_types import Duration


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="A loopback address.")
@click.option("--port", default=8080, show_default=True, help="0: any free port.")
@click.option("--contract", type=click.Choice([version.value for version in ContractVersion]))
@click.option("--flattening/--no-flattening", default=None, help="Cart item flattening.")
@click.option("--config", type=click.Path(path_type=Path), help="Take [environment] from a file.")
@click.option("--fault", "faults", multiple=True, metavar="NAME", help="Switch a fault on.")
@click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    help="Decide what the contract leaves open one way or the other; both are lawful.",
)
@click.option("--latency", type=Duration(), help="How long each answer waits, such as 50ms.")
@click.option("--list-faults", is_flag=True, help="Show all seeded faults.")
@click.option(
    "--api-key-env",
    default="CARTFUZZ_API_KEY",
    show_default=True,
    metavar="NAME",
    help="The environment variable with the key to take; a random key if it is not set.",
)
def command(
    *,
    host: str,
    port: int,
    contract: str | None,
    flattening: bool | None,
    config: Path | None,
    faults: tuple[str, ...],
    profile: str | None,
    latency: float | None,
    list_faults: bool,
    api_key_env: str,
) -> None:
    """Run the sandbox alone."""
    if list_faults:
        _list_faults()
        return
    if not is_loopback(host):
        raise ConfigurationError(
            "--host", expected="a loopback address: the sandbox is for practice", found=host
        )
    environment = read_configuration(config).environment if config else EXAMPLE_ENVIRONMENT
    environment = _changed(environment, contract, flattening)
    dialects: tuple[str, ...] = ()
    if profile is not None:
        environment = PROFILES[profile].environment(environment)
        dialects = PROFILES[profile].dialects(environment)
    given = find_api_key(api_key_env)
    key = given or secrets.token_hex(16)

    def ready(url: str) -> None:
        click.echo(f"sandbox on {url} (contract {environment.contract.value}); Ctrl-C stops it")
        if not given:
            click.echo(f"export {api_key_env}={key}")

    try:
        serve_forever(
            environment,
            faults=faults,
            dialects=dialects,
            host=host,
            port=port,
            api_key=key,
            latency_sec=latency or 0.0,
            on_ready=ready,
        )
    except (SandboxError, UnknownFaultError) as error:
        raise click.ClickException(str(error)) from None


def _changed(
    environment: Environment, contract: str | None, flattening: bool | None
) -> Environment:
    if contract is not None:
        environment = msgspec.structs.replace(environment, contract=ContractVersion(contract))
    if flattening is not None:
        environment = msgspec.structs.replace(environment, flattening=flattening)
    return environment


def _list_faults() -> None:
    table = Table(title=f"{len(FAULTS)} seeded faults")
    for column in ("fault", "class", "difficulty", "breaks", "mistake"):
        table.add_column(column, no_wrap=column in ("fault", "class", "difficulty"))
    for fault in FAULTS.values():
        table.add_row(
            fault.name,
            fault.fault_class.value,
            fault.difficulty.value,
            ", ".join(fault.rules),
            fault.summary,
        )
    console = Console()
    if not console.is_terminal:
        console.width = 180  # a pipe has no width, and 80 columns would cut names
    console.print(table)
