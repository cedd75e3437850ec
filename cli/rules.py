"""``cartfuzz rules``: lists the rules of a contract version."""

from __future__ import annotations

import click
import msgspec

from ..analysis.tested_rules import is_testable
from ..contract import ContractVersion, Rule, catalogue_with
from ..harness.plugins.loading import extensions_of, sources_of
from ..record import FORMAT
from ..reports.wording import counted
from .json_output import JsonOutput, json_option
from .listing import Listed, print_list
from .options import contract_option
from .plugin_options import plugin_option


class RuleList(msgspec.Struct, frozen=True, kw_only=True):
    """What ``cartfuzz rules --json`` writes."""

    contract: ContractVersion
    rules: tuple[Rule, ...]
    """Those of plugins too."""
    format_version: int = msgspec.field(name="format", default=FORMAT)


@click.command("rules")
@contract_option("Contract version.", default=ContractVersion.V2_5_1)
@json_option("the rules", "rules")
@plugin_option
def command(contract: str, json_output: JsonOutput, plugins: tuple[str, ...]) -> None:
    """List the rules of the contract: what each demands, how sure it is, its source.

    In a pipe each rule is one line, with tabs between ID, sureness, demands, source and statement.
    """
    own, version = extensions_of(sources_of(plugins)).rules, ContractVersion(contract)
    rules = tuple(catalogue_with(version, own).values())
    json_output.publish(RuleList(contract=version, rules=rules))
    testable = sum(map(is_testable, rules))
    heading = f"Contract {contract}: {counted(len(rules), 'rule')}, {testable} of them testable"
    if not json_output.is_all:
        print_list(map(_listed, rules), heading)


def _listed(rule: Rule) -> Listed:
    demands = ", ".join(demand.value for demand in rule.demands)
    if rule.statuses:
        demands += f" ({'/'.join(map(str, rule.statuses))})"
    return Listed(rule.id, rule.statement, (rule.sureness.value, demands, rule.source))
