"""``cartfuzz schema``: prints the JSON Schema of what Cartfuzz writes for programs."""

from __future__ import annotations

import click

from ..reports.schemas import Schema, schema_text


@click.command("schema")
@click.argument("what", type=click.Choice([one.value for one in Schema]))
def command(what: str) -> None:
    """Print the JSON Schema of summary.json, a line of events.ndjson, a comparison or a status."""
    click.echo(schema_text(Schema(what)), nl=False)
