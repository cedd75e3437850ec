"""``cartfuzz rules``: lists the rules of a contract version."""

from __future__ import annotations

import click

from ..analysis.tested_rules import is_testable
from ..contract import ContractVersion, Rule, catalogue_with
from ..harness.plugins.loading import extensions_of, sources_of
from ..reports.wording import counted
from .json_output import JsonOutput, json_option
from .listing import Listed, print_list
from .options import contract_option
from .plugin_options import plugin_option


@click.command("rules")
@contract_option("Contract version.", default=ContractVersion.V2_5_1)
@json_option("the rules")
@plugin_option
def command(contract: str, json_output: JsonOutput, plugins: tuple[str, ...]) -> None:
    """List the rules of the contract: what each demands, how sure it is, its source.

    In a pipe each rule is one line, with tabs between ID, sureness, demands, source and statement.
    """
    own = extensions_of(sources_of(plugins)).rules
    rules = list(catalogue_with(ContractVersion(contract), own).values())
    json_output.publish(rules)
    testable = sum(map(is_testable, rules))
    heading = f"Contract {contract}: {counted(len(rules), 'rule')}, {testable} of them testable"
    if not json_output.is_all:
        print_list(map(_listed, rules), heading)


def _listed(rule: Rule) -> Listed:
    demands = ", ".join(demand.value for demand in rule.demands)
    if rule.statuses:
        demands += f" ({'/'.join(map(str, rule.statuses))})"
    return Listed(rule.id, rule.statement, (rule.sureness.value, demands, rule.source))
