"""``cartfuzz serve``: runs the sandbox alone, in the foreground."""

from __future__ import annotations

import secrets

import click
import msgspec

from ..contract import EXAMPLE_ENVIRONMENT, ConfigurationError, ContractVersion
from ..harness.access.api_key import find_api_key
from ..harness.access.target_guard import is_loopback
from ..harness.resolution import resolve_environment
from ..harness.settings import Settings
from ..record import FORMAT
from ..reports.wording import counted
from ..sandbox import FAULTS, PROFILES, Fault, environment_with, serve_forever
from ..sandbox.faults.fault import Difficulty, FaultClass
from .json_output import JsonOutput, json_option
from .listing import Listed, print_list
from .load_configuration import load_configuration
from .options import api_key_option, config_option, contract_option, faults_option, with_settings
from .param_types import Duration


class SeededFault(msgspec.Struct, frozen=True, kw_only=True):
    """A seeded fault as ``--json`` has it."""

    name: str
    fault_class: FaultClass = msgspec.field(name="class")
    difficulty: Difficulty
    rules: tuple[str, ...]
    """The IDs of the rules that it breaks, the best match first."""
    mistake: str
    """One sentence."""
    contracts: tuple[ContractVersion, ...]
    """The contract versions that it shows in."""


class FaultList(msgspec.Struct, frozen=True, kw_only=True):
    """What ``cartfuzz serve --list-faults --json`` writes."""

    faults: tuple[SeededFault, ...]
    format_version: int = msgspec.field(name="format", default=FORMAT)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Loopback address.")
@click.option("--port", default=8080, show_default=True, help="Port to listen on; 0: any free one.")
@contract_option("Contract version to serve.  [default: that of --config, else 2.5.1]")
@click.option("--flattening/--no-flattening", default=None, help="Cart item flattening.")
@config_option("A TOML file whose [environment] the sandbox has configured.")
@faults_option("--fault", "Switch on a fault of the sandbox. May be repeated.")
@click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    help="How the sandbox behaves where the contract is silent; both profiles are lawful.",
)
@click.option("--latency", type=Duration(), help="Delay of each response, such as 50ms.")
@click.option(
    "--list-faults",
    is_flag=True,
    help="List all seeded faults. In a pipe each is one line, with tabs between name, class, "
    "difficulty, rules and mistake.",
)
@json_option("the list of --list-faults", "faults")
@api_key_option("Environment variable with the API key to accept; a random key if it is not set.")
@with_settings
def command(
    *,
    settings: Settings,
    host: str,
    port: int,
    flattening: bool | None,
    profile: str | None,
    latency: float | None,
    list_faults: bool,
    json_output: JsonOutput,
) -> None:
    """Run the sandbox alone, until Ctrl-C."""
    if list_faults:
        json_output.publish(FaultList(faults=tuple(map(_seeded, FAULTS.values()))))
        if not json_output.is_all:
            print_list(map(_listed, FAULTS.values()), counted(len(FAULTS), "seeded fault"))
        return
    if json_output.is_wanted:
        raise click.UsageError("--json: expected --list-faults as well, found none")
    if not is_loopback(host):
        raise ConfigurationError(
            "--host", expected="a loopback address, since the sandbox is for practice", found=host
        )
    environment = resolve_environment(
        settings,
        load_configuration(settings),
        default=lambda: environment_with(settings.faults, EXAMPLE_ENVIRONMENT),
    )
    if flattening is not None:
        environment = msgspec.structs.replace(environment, flattening=flattening)
    dialects: tuple[str, ...] = ()
    if profile is not None:
        environment = PROFILES[profile].environment(environment)
        dialects = PROFILES[profile].dialects(environment)
    given = find_api_key(settings.api_key_env)
    key = given or secrets.token_hex(16)

    def ready(url: str) -> None:
        click.echo(f"sandbox on {url} (contract {environment.contract.value}); Ctrl-C stops it")
        if not given:
            click.echo(f"export {settings.api_key_env}={key}")

    serve_forever(
        environment,
        faults=settings.faults,
        dialects=dialects,
        host=host,
        port=port,
        api_key=key,
        latency_sec=latency or 0.0,
        on_ready=ready,
    )


def _listed(fault: Fault) -> Listed:
    details = (fault.fault_class.value, fault.difficulty.value, ", ".join(fault.rules))
    return Listed(fault.name, fault.summary, details)


def _seeded(fault: Fault) -> SeededFault:
    return SeededFault(
        name=fault.name,
        fault_class=fault.fault_class,
        difficulty=fault.difficulty,
        rules=fault.rules,
        mistake=fault.summary,
        contracts=fault.versions,
    )
