"""``cartfuzz rules``: lists the rules of a contract version."""

from __future__ import annotations

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..contract import ContractVersion, catalogue_with
from ..harness.plugins.loading import extensions_of, sources_of
from .options import contract_option
from .plugin_options import plugin_option


@click.command("rules")
@contract_option("Contract version.", default=ContractVersion.V2_5_1)
@plugin_option
@click.option("--json", "as_json", is_flag=True, help="Write the rules as JSON.")
def command(contract: str, as_json: bool, plugins: tuple[str, ...]) -> None:
    """List the rules of the contract: what each demands, how sure it is, its source."""
    own = extensions_of(sources_of(plugins)).rules
    rules = catalogue_with(ContractVersion(contract), own)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(list(rules.values()))).decode())
        return
    table = Table(title=f"Contract {contract}: {len(rules)} rules", show_lines=False)
    for column in ("rule", "statement", "demands", "sure", "source"):
        table.add_column(column, no_wrap=column == "rule", overflow="fold")
    for rule in rules.values():
        demands = ", ".join(demand.value for demand in rule.demands)
        if rule.statuses:
            demands += f" ({'/'.join(map(str, rule.statuses))})"
        cells = (rule.id, rule.statement, demands, rule.sureness.value, rule.source)
        table.add_row(*(Text(cell) for cell in cells))
    Console().print(table)
