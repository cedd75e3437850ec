"""The options of ``cartfuzz run`` that show the run to machines."""

from __future__ import annotations

import click

from ..harness.listening_address import ADDRESS, address_of
from ..harness.run_settings import LogFormat
from .options import Command
from .param_types import NamedPath


class Address(click.ParamType[tuple[str, int]]):
    """``PORT`` on loopback, or ``HOST:PORT``."""

    name = "address"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        if isinstance(value, tuple):
            return value
        found = address_of(str(value))
        if found is None:
            self.fail(f"expected {ADDRESS}, found {value!r}", param, ctx)
        return found


def telemetry_options(command: Command) -> Command:
    """Adds the options; their values are those of `cartfuzz.telemetry.choice.Telemetry`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option(
        "--log-file",
        type=NamedPath(),
        metavar="FILE",
        help="Append a structured log of the run to this file: start, phases, findings, pauses, "
        "outages, lost workers, end. -: standard error.",
    ),
    click.option(
        "--log-format",
        type=click.Choice([one.value for one in LogFormat]),
        default=LogFormat.JSON.value,
        show_default=True,
        help="What a line of --log-file is: a JSON object, or text.",
    ),
    click.option(
        "--metrics-file",
        type=NamedPath(),
        metavar="FILE",
        help="Keep metrics for Prometheus in this file, NAME.prom for the textfile collector of "
        "node_exporter. Needs cartfuzz[prometheus].",
    ),
    click.option(
        "--metrics-port",
        type=Address(),
        metavar="[HOST:]PORT",
        help="Serve metrics for Prometheus at this port of 127.0.0.1 or HOST while the run goes "
        "on. Needs cartfuzz[prometheus].",
    ),
    click.option(
        "--otel/--no-otel",
        default=False,
        help="Export spans and metrics over OTLP, to where the OTEL_* variables say "
        "(http://localhost:4318 without them); implies --traceparent. Needs cartfuzz[otel].",
    ),
)
