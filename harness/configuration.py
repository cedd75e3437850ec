"""Reads a configuration file, ``cartfuzz.toml``: what a target has configured, how to test it.

Example::

    [target]
    url = "https://staging.example.com"
    allow_hosts = ["staging.example.com"]
    rps = 10

    [run]
    duration = "10m"
    baseline = "cartfuzz-baseline.toml"

    [environment]
    contract = "2.5.1"
    flattening = true
    unknown_codes = "accepted"

    [environment.session_attributes]
    channel = { type = "string", enum = ["web", "app"] }
    PickupTime = "time"
    Tags = "(list string)"

    [environment.additional_costs]
    shipping = "session"

    [[environment.coupons]]
    code = "FUZZ-{n}"
    from = 1
    to = 5000
    limit = 2

    [rules]
    CART-02 = { level = "observe", reason = "the limit is raised on this deployment" }
    STATE-03 = "observe"

    [compare]
    ignore = ["$.customerSession.attributes.rating"]

The tables are typed: `TargetSettings`, `RunSettings`, `cartfuzz.contract.Environment` and
`cartfuzz.contract.RuleLevel` define the keys and what each may hold. Everything that is
wrong is a `ConfigurationError` that names file and key, what was expected and what was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec

from ..contract import (
    Catalogue,
    ConfigurationError,
    Environment,
    Level,
    Rule,
    RuleLevel,
    Sureness,
    catalogue,
    catalogue_with,
    present_rule,
)
from ..contract.about import About
from ..contract.attribute_schemas import read_schema
from ..contract.environment import JsonSchema
from ..contract.nearest import did_you_mean
from ..record import PluginRecord
from .plugins.loading import extensions_of, sources_of
from .run_settings import RunSettings
from .target_settings import TargetSettings
from .toml_file import read_toml
from .typed_tables import check_places, decode_struct, decode_value, shown

CONFIGURATION_FILE = "cartfuzz.toml"
PYPROJECT = "pyproject.toml"
"""Its table ``[tool.cartfuzz]`` is a whole configuration file."""


class CompareSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ``[compare]`` table."""

    ignore: Annotated[
        Annotated[tuple[str, ...], msgspec.Meta(description="a list of JSONPaths")],
        About(
            "The parts of answers that `cartfuzz compare` leaves out.",
            default="none",
            example='["$.message"]',
        ),
    ] = ()


class PluginSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ``[plugins]`` table."""

    modules: Annotated[
        Annotated[tuple[str, ...], msgspec.Meta(description="a list of modules")],
        About(
            "Modules with rules, operations and header lines of your own: `MODULE` or "
            "`MODULE:ATTRIBUTE` each.",
            default="none",
            example='["acme_rules"]',
        ),
    ] = ()
    installed: Annotated[
        Annotated[bool, msgspec.Meta(description="true or false")],
        About("Whether plugins of installed packages take part."),
    ] = True

    @classmethod
    def of_record(cls, records: Iterable[PluginRecord]) -> PluginSettings:
        """The plugins of a run that was recorded, and no others."""
        return cls(modules=tuple(one.source for one in records), installed=False)


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration: that of a file, with what environment variables change of it."""

    target: TargetSettings = TargetSettings()
    run: RunSettings = RunSettings()
    environment: Environment = Environment()
    """That of the file, which `overrides` change."""
    rule_levels: Mapping[str, RuleLevel] = {}
    """The rules whose level the file changes, by rule ID."""
    compare: CompareSettings = CompareSettings()
    plugins: PluginSettings = PluginSettings()
    file: str = ""
    """The path of the file; empty: there is none."""
    sources: Mapping[str, str] = {}
    """By key, such as ``target.rps``, where it was written: ``cartfuzz.toml: target.rps``, or a
    variable. Keys that nobody wrote are missing."""
    overrides: Mapping[str, Any] = {}
    """By name, the fields of `environment` that variables give."""
    variables: tuple[str, ...] = ()
    """The variables that give a key."""
    declares: bool = True
    """Whether `environment` is declared: False where nothing but variables was read."""

    @property
    def folder(self) -> Path:
        """The folder that paths in the file are relative to."""
        return Path(self.file).parent if self.file else Path()


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tables of a file; ``rules`` is read by code, since its keys are rules of a version."""

    target: Annotated[
        TargetSettings, About("Where the target is, and how it is reached and treated.")
    ] = TargetSettings()
    run: Annotated[
        RunSettings,
        About(
            "Options of `cartfuzz run` and `cartfuzz ci` that a team keeps. No other command reads "
            "it; pytest has options of its own for this."
        ),
    ] = RunSettings()
    environment: Annotated[Environment, About("What the application has configured.")] = (
        Environment()
    )
    rules: Annotated[
        Mapping[str, Any],
        About(
            'By rule ID, the level of a rule: `"observe"`, or `{ level = "observe", reason = '
            '"…" }`. Such a rule fails no run; what would have failed is listed. `cartfuzz rules` '
            "lists the IDs. A rule on which the contract is silent cannot be enforced."
        ),
    ] = {}
    compare: Annotated[CompareSettings, About("What `cartfuzz compare` does.")] = CompareSettings()
    plugins: Annotated[PluginSettings, About("Rules, operations and header lines of your own.")] = (
        PluginSettings()
    )


def read_configuration(path: Path, *, plugins: tuple[str, ...] = ()) -> Configuration:
    """The configuration in the TOML file ``path``; of a ``pyproject.toml`` in ``[tool.cartfuzz]``.

    Args:
        path: the file.
        plugins: those that options name; ``[rules]`` may name their rules.

    Raises:
        ConfigurationError: naming file, key, what was expected and what was found.
    """
    tables, prefix = _tables(path)
    try:
        configuration = _configuration(tables, plugins)
    except ConfigurationError as error:
        raise ConfigurationError(
            f"{path}: {prefix}{error.where}", expected=error.expected, found=error.found
        ) from None
    sources = {key: f"{path}: {prefix}{key}" for key in _written_keys(tables)}
    return msgspec.structs.replace(configuration, file=str(path), sources=sources)


def has_table(path: Path) -> bool:
    """Whether the ``pyproject.toml`` at ``path`` has a table ``[tool.cartfuzz]``.

    Raises:
        ConfigurationError: it cannot be read.
    """
    tool = read_toml(path).get("tool")
    return isinstance(tool, Mapping) and "cartfuzz" in tool


def _tables(path: Path) -> tuple[Mapping[str, Any], str]:
    """The tables of a file, and what comes before their names in it."""
    if path.name != PYPROJECT:
        return read_toml(path), ""
    tool = read_toml(path).get("tool", {})
    if not isinstance(tool, Mapping) or not isinstance(tool.get("cartfuzz"), Mapping):
        raise ConfigurationError(
            f"{path}: tool.cartfuzz",
            expected="a table with the configuration",
            found="no such table" if "cartfuzz" not in tool else "something else",
        )
    return tool["cartfuzz"], "tool.cartfuzz."


def _written_keys(tables: Mapping[str, Any]) -> Iterator[str]:
    for table, keys in tables.items():
        yield from (f"{table}.{key}" for key in keys)


def _configuration(tables: Mapping[str, Any], plugins: tuple[str, ...]) -> Configuration:
    check_places(tables, Document)
    document = decode_struct("", tables, Document)
    environment = document.environment
    _check_schemas("environment.session_attributes", environment.session_attributes)
    _check_schemas("environment.item_attributes", environment.item_attributes)
    rules = catalogue(environment.contract)
    if any(present_rule(name) not in rules for name in document.rules):
        rules = catalogue_with(environment.contract, _own_rules(plugins, document.plugins))
    levels = {
        present_rule(name): _rule_level(name, entry, rules)
        for name, entry in document.rules.items()
    }
    return Configuration(
        target=document.target,
        run=document.run,
        environment=environment,
        rule_levels=levels,
        compare=document.compare,
        plugins=document.plugins,
    )


def plugin_sources(named: tuple[str, ...], table: PluginSettings) -> tuple[str, ...]:
    """All plugins of a run: those of options, of the file, and of installed packages."""
    return sources_of((*table.modules, *named), installed=table.installed)


def _own_rules(named: tuple[str, ...], table: PluginSettings) -> tuple[Rule, ...]:
    return extensions_of(plugin_sources(named, table)).rules


def _check_schemas(where: str, schemas: Mapping[str, JsonSchema]) -> None:
    for name, declared in schemas.items():
        read_schema(f"{where}.{name}", declared)


_RULE_ID = re.compile(r"[A-Z]+-[U0-9][0-9]*")


def _rule_level(rule_id: str, entry: object, rules: Catalogue) -> RuleLevel:
    """The level that an entry of ``[rules]`` gives a rule: a level alone, or with a reason."""
    where = f"rules.{rule_id}"
    rule_id = present_rule(rule_id)
    if rule_id not in rules:
        hint = "" if _RULE_ID.fullmatch(rule_id) else " such as CART-02"
        raise ConfigurationError(
            where,
            expected=f"the ID of a rule{hint} (see: cartfuzz rules)",
            found=f'"{rule_id}"{did_you_mean(rule_id, rules)}',
        )
    if isinstance(entry, Mapping):
        level = decode_struct(where, entry, RuleLevel)
    else:
        level = RuleLevel(level=decode_value(where, entry, Level))
    if level.level is Level.ENFORCE and rules[rule_id].sureness is Sureness.SILENT:
        raise ConfigurationError(
            where,
            expected='"observe" (the contract is silent here: there is nothing to enforce)',
            found=shown(level.level.value),
        )
    return level
