"""Reads a configuration file: the target's facts and manners, in TOML.

Example::

    [target]
    url = "https://staging.example.com"
    allow_hosts = ["staging.example.com"]
    rps = 10

    [environment]
    contract = "2.5.1"

    [rules]
    CART-02 = { level = "observe", reason = "the limit is raised on this deployment" }

``[environment]`` and ``[rules]`` are described in `cartfuzz.contract.configuration`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from ..contract import ConfigurationError, Environment, RuleLevel, catalogue
from ..contract.configuration import known_keys, read_environment, read_rule_levels, shown, table_at


class TargetSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The ``[target]`` table; None where it says nothing."""

    url: str | None = None
    allow_hosts: tuple[str, ...] = ()
    rps: float | None = None
    timeout_sec: float | None = None
    workers: int | None = None
    in_flight: int | None = None


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """A whole configuration file."""

    target: TargetSettings = TargetSettings()
    environment: Environment = Environment()
    rule_levels: Mapping[str, RuleLevel] = {}


def read_configuration(path: Path) -> Configuration:
    """The configuration in the TOML file ``path``.

    Raises:
        ConfigurationError: naming file, key, what was expected and what was found.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        reason = (error.strerror or "not readable").lower()
        raise ConfigurationError(str(path), expected="a readable file", found=reason) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(str(path), expected="a TOML file", found=str(error)) from None
    try:
        return _configuration(document)
    except ConfigurationError as error:
        raise error.within(str(path)) from None


def _configuration(document: Mapping[str, Any]) -> Configuration:
    known_keys(document, "", ("target", "environment", "rules"))
    environment = read_environment(table_at(document, "environment"))
    return Configuration(
        target=_target(table_at(document, "target")),
        environment=environment,
        rule_levels=read_rule_levels(table_at(document, "rules"), catalogue(environment.contract)),
    )


def _target(table: Mapping[str, Any]) -> TargetSettings:
    known_keys(table, "target", TargetSettings.__struct_fields__)
    for key, value in table.items():
        expected = _problem(key, value)
        if expected:
            raise ConfigurationError(f"target.{key}", expected=expected, found=shown(value))
    return msgspec.convert(dict(table), TargetSettings)


def _problem(key: str, value: object) -> str:
    """What was expected of a key of ``[target]``; empty if ``value`` is that."""
    if key == "url":
        return "" if isinstance(value, str) else "a URL"
    if key == "allow_hosts":
        hosts = isinstance(value, list) and all(isinstance(host, str) for host in value)
        return "" if hosts else "a list of host names"
    whole = key in ("workers", "in_flight")
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        return "a whole number of at least 1" if whole else "a number above 0"
    if whole and value < 1:
        return "a whole number of at least 1"
    return "" if value > 0 else "a number above 0"
