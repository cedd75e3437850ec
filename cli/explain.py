"""``cartfuzz explain``: shows one rule with examples and the seeded faults that break it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

import click
import msgspec
from rich.console import Console
from rich.text import Text

from ..contract import (
    EXAMPLE_ENVIRONMENT,
    MARK,
    RETIRED_RULES,
    ContractVersion,
    Demand,
    Environment,
    Fetch,
    Rule,
    Step,
    catalogue,
    catalogue_with,
    present_rule,
)
from ..harness.plugins.extensions import NO_EXTENSIONS, Extensions
from ..harness.plugins.loading import extensions_of, sources_of
from ..oracle.rule_examples import Example, Examples, examples
from ..record import FORMAT
from ..reports.screen import print_lines
from ..sandbox import FAULTS, Fault
from ..strategies import draw_scenarios, edge_scenarios, lost_answers, races
from ..wire.encoding import request_of
from .completions import rule_ids
from .json_output import JsonOutput, json_option
from .options import contract_option
from .plugin_options import plugin_option


class Explanation(Rule, frozen=True, kw_only=True):
    """What ``cartfuzz explain --json`` writes: a rule, and what explains it."""

    contracts: tuple[ContractVersion, ...]
    """The versions that have the rule."""
    contract: ContractVersion
    """Of the examples."""
    examples: dict[Demand, tuple[str, ...]]
    """Requests in order, then the situation."""
    faults: tuple[str, ...]
    """The seeded faults that break the rule, by name."""
    format_version: int = msgspec.field(name="format", default=FORMAT)


_MAX_BODY = 240
_DEMANDS = {
    Demand.ACCEPT: "accepted",
    Demand.REFUSE: "refused",
    Demand.SHOW: "shown by",
    Demand.NOTHING: "open",
}


@click.command("explain")
@click.argument("rule", shell_complete=rule_ids)
@contract_option("Contract version.  [default: 2.5.1, or the one that has the rule]")
@json_option("the explanation", "explain")
@plugin_option
def command(
    rule: str, contract: str | None, json_output: JsonOutput, plugins: tuple[str, ...]
) -> None:
    """Explain RULE: its statement, source and certainty, examples, faults that break it."""
    named = rule.upper()
    present = present_rule(named)
    extensions = extensions_of(sources_of(plugins))
    environment = _environment(present, contract, extensions.rules)
    explained = catalogue_with(environment.contract, extensions.rules)[present]
    if json_output.is_wanted:
        json_output.publish(_explanation(explained, environment, extensions))
    if json_output.is_all:
        return
    if named in RETIRED_RULES:
        click.echo(f"{named} is retired; {present} takes its place:")
    lines = _lines(explained, environment, extensions)
    print_lines(map(Text, lines), Console(highlight=False))


def explanation(rule: str, version: ContractVersion) -> Iterator[str]:
    """The lines that explain a rule of a contract version; none where the version lacks it."""
    if rule in catalogue(version):
        environment = msgspec.structs.replace(
            EXAMPLE_ENVIRONMENT, contract=version, flattening=True
        )
        yield from _lines(catalogue(version)[rule], environment)


def _environment(rule: str, contract: str | None, own: tuple[Rule, ...]) -> Environment:
    """The example shop, in a version that has the rule."""
    versions = [ContractVersion(contract)] if contract else list(ContractVersion)
    for version in versions:
        if rule in catalogue_with(version, own):
            return msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=version, flattening=True)
    known = [name for version in ContractVersion for name in catalogue_with(version, own)]
    near = difflib.get_close_matches(rule, known, n=1, cutoff=0.4)
    raise click.UsageError(
        f"expected the ID of a rule{f' of contract {contract}' if contract else ''}, "
        f'found "{rule}"; ' + (f'did you mean "{near[0]}"?' if near else "cartfuzz rules lists all")
    )


def _lines(
    rule: Rule, environment: Environment, extensions: Extensions = NO_EXTENSIONS
) -> Iterator[str]:
    versions = (version.value for version in _versions(rule, extensions))
    yield f"{rule.id}  {rule.statement}"
    yield f"  {rule.sureness.value}: {rule.source}"
    yield f"  contract {' and '.join(versions)}; examples for {environment.contract.value}"
    names = [one.name for one in extensions.records if rule in one.rules]
    if names:
        yield f"  a rule of the plugin {names[0]}"
    if rule.since:
        yield f"  from release {rule.since} of the current contract on (environment.since)"
    if rule.statuses:
        yield f"  a refusal answers {' or '.join(map(str, rule.statuses))}"
    if rule.untestable:
        yield f"  not tested: {rule.untestable}"
    found = _examples(environment, extensions)
    for demand in rule.demands:
        example = found.get((rule.id, demand))
        if example is not None:
            yield ""
            yield f"{_DEMANDS[demand]}:"
            yield from _example(example)
    yield ""
    yield from _faults([fault for fault in FAULTS.values() if rule.id in fault.rules])


def _versions(rule: Rule, extensions: Extensions) -> tuple[ContractVersion, ...]:
    """The contract versions that have ``rule``."""
    return tuple(v for v in ContractVersion if rule.id in catalogue_with(v, extensions.rules))


def _examples(environment: Environment, extensions: Extensions) -> Examples:
    return examples(
        (
            *extensions.scenarios(environment),
            *edge_scenarios(environment),
            *draw_scenarios(races(environment), seed=0, count=60),
            *draw_scenarios(lost_answers(environment), seed=0, count=60),
        ),
        environment,
    )


def _explanation(rule: Rule, environment: Environment, extensions: Extensions) -> Explanation:
    found = _examples(environment, extensions)
    shown = {demand: found.get((rule.id, demand)) for demand in rule.demands}
    return Explanation(
        **msgspec.structs.asdict(rule),
        contracts=_versions(rule, extensions),
        contract=environment.contract,
        examples={
            demand: tuple(line.strip() for line in _example(example))
            for demand, example in shown.items()
            if example is not None
        },
        faults=tuple(fault.name for fault in FAULTS.values() if rule.id in fault.rules),
    )


def _example(example: Example) -> Iterator[str]:
    for step in (*example.before, example.step):
        yield f"  {_request(step, example.session_id)}"
    if example.concurrent:
        yield "  and at the same moment"
        yield from (f"  {_request(step, example.session_id)}" for step in example.concurrent)
    else:
        yield f"  that is: {example.situation.text}"


def _request(step: Step, session_id: str) -> str:
    request = request_of(step, session_id, MARK)
    body = (request.body or b"").decode("utf-8", "replace")
    if len(body) > _MAX_BODY:
        body = f"{body[:_MAX_BODY]}… ({len(body):,} characters)"
    note = "" if isinstance(step, Fetch) or not body else f"  {body}"
    headers = "".join(f"  {name}: {value}" for name, value in request.headers)
    return f"{request.method} {request.target}{headers}{note}"


def _faults(faults: list[Fault]) -> Iterator[str]:
    if not faults:
        yield "No seeded fault breaks it."
        return
    yield "Seeded faults that break it:"
    for fault in faults:
        yield f"  {fault.name}: {fault.summary}"
