"""``cartfuzz schema``: prints the JSON Schema of what Cartfuzz writes for programs, or reads."""

from __future__ import annotations

import click

from ..harness import configuration_schema
from ..reports.schemas import Schema, schema_text

CONFIGURATION = "configuration"
"""What is read, while the others are written."""


@click.command("schema")
@click.argument("what", type=click.Choice([*(one.value for one in Schema), CONFIGURATION]))
def command(what: str) -> None:
    """Print the JSON Schema of summary.json, a line of events.ndjson, a comparison, a status, or a
    configuration file."""
    if what == CONFIGURATION:
        click.echo(configuration_schema.schema_text(), nl=False)
    else:
        click.echo(schema_text(Schema(what)), nl=False)
