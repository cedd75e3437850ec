"""Reads a configuration file, ``cartfuzz.toml``: what a target has configured, how to test it.

Example::

    [target]
    url = "https://staging.example.com"
    allow_hosts = ["staging.example.com"]
    rps = 10

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

The tables are typed: `TargetSettings`, `cartfuzz.contract.Environment` and
`cartfuzz.contract.RuleLevel` define the keys and what each may hold. Everything that is
wrong is a `ConfigurationError` that names file and key, what was expected and what was found.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
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
    Traffic,
    catalogue,
    catalogue_with,
    present_rule,
)
from ..contract.attribute_schemas import read_schema
from ..contract.environment import JsonSchema
from ..record import PluginRecord
from .access.access_keys import AccessKeys
from .plugins.loading import extensions_of, sources_of
from .settings import MAX_IN_FLIGHT, MAX_TIMEOUT_SEC, MAX_WORKERS
from .toml_file import read_toml
from .typed_tables import decode_struct, decode_value, shown

Rate = Annotated[float, msgspec.Meta(gt=0, le=sys.float_info.max, description="a number above 0")]
Timeout = Annotated[
    float,
    msgspec.Meta(
        gt=0, le=MAX_TIMEOUT_SEC, description=f"a number above 0, at most {MAX_TIMEOUT_SEC:.0f}"
    ),
]
Workers = Annotated[
    int,
    msgspec.Meta(ge=1, le=MAX_WORKERS, description=f"a whole number from 1 to {MAX_WORKERS}"),
]
InFlight = Annotated[
    int,
    msgspec.Meta(ge=1, le=MAX_IN_FLIGHT, description=f"a whole number from 1 to {MAX_IN_FLIGHT}"),
]


class TargetSettings(AccessKeys, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ``[target]`` table; None where it names nothing. Bounds are those of the options."""

    url: Annotated[str, msgspec.Meta(description="a URL")] | None = None
    allow_hosts: Annotated[tuple[str, ...], msgspec.Meta(description="a list of host names")] = ()
    rps: Rate | None = None
    timeout_sec: Timeout | None = None
    workers: Workers | None = None
    in_flight: InFlight | None = None
    traffic: Traffic | None = None
    api_key_file: Annotated[str, msgspec.Meta(description="a path")] | None = None
    """Relative to the folder of the configuration file."""
    api_key_keyring: Annotated[str, msgspec.Meta(description="SERVICE or SERVICE/USER")] | None = (
        None
    )
    trace_header: Annotated[bool, msgspec.Meta(description="true or false")] = True
    """Whether each request carries a header line that names run, scenario and request."""
    traceparent: Annotated[bool, msgspec.Meta(description="true or false")] = False
    """Whether each request carries ``traceparent`` of W3C Trace Context."""


class CompareSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ``[compare]`` table."""

    ignore: Annotated[tuple[str, ...], msgspec.Meta(description="a list of JSONPaths")] = ()
    """What ``cartfuzz compare`` does not compare."""


class PluginSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ``[plugins]`` table."""

    modules: Annotated[tuple[str, ...], msgspec.Meta(description="a list of modules")] = ()
    """``MODULE`` or ``MODULE:ATTRIBUTE`` each."""
    installed: Annotated[bool, msgspec.Meta(description="true or false")] = True
    """Whether plugins of installed packages take part."""

    @classmethod
    def of_record(cls, records: Iterable[PluginRecord]) -> PluginSettings:
        """The plugins of a run that was recorded, and no others."""
        return cls(modules=tuple(one.source for one in records), installed=False)


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """A whole configuration file."""

    target: TargetSettings = TargetSettings()
    environment: Environment = Environment()
    rule_levels: Mapping[str, RuleLevel] = {}
    """The rules whose level the file changes, by rule ID."""
    compare: CompareSettings = CompareSettings()
    plugins: PluginSettings = PluginSettings()


class _Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tables of a file; ``rules`` is read by code, since its keys are rules of a version."""

    target: TargetSettings = TargetSettings()
    environment: Environment = Environment()
    rules: Mapping[str, Any] = {}
    compare: CompareSettings = CompareSettings()
    plugins: PluginSettings = PluginSettings()


def read_configuration(path: Path, *, plugins: tuple[str, ...] = ()) -> Configuration:
    """The configuration in the TOML file ``path``.

    Args:
        path: the file.
        plugins: those that options name; ``[rules]`` may name their rules.

    Raises:
        ConfigurationError: naming file, key, what was expected and what was found.
    """
    tables = read_toml(path)
    try:
        return _configuration(tables, plugins)
    except ConfigurationError as error:
        raise error.within(str(path)) from None


def _configuration(tables: Mapping[str, Any], plugins: tuple[str, ...]) -> Configuration:
    document = decode_struct("", tables, _Document)
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
            where, expected=f"the ID of a rule{hint} (see: cartfuzz rules)", found=f'"{rule_id}"'
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
