"""Reads the contract's part of a configuration file: ``[environment]`` and ``[rules]``.

Example::

    [environment]
    contract = "2.5.1"
    flattening = true
    unknown_codes = "accepted"

    [environment.session_attributes]
    channel = { type = "string", enum = ["web", "app"] }

    [environment.additional_costs]
    shipping = "session"

    [rules]
    CART-02 = { level = "observe", reason = "limit is raised on this deployment" }
    STATE-03 = "observe"

Everything that is wrong is a `ConfigurationError` that names the key, what was expected and what
was found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

import msgspec
from jsonschema_rs import ValidationError as SchemaError
from jsonschema_rs import validator_for

from .environment import CostScope, Environment, UnknownCodes
from .errors import ConfigurationError
from .rules import Catalogue, Level, RuleLevel, Sureness
from .versions import ContractVersion

_ENUMS: Mapping[str, type[Enum]] = {"contract": ContractVersion, "unknown_codes": UnknownCodes}
_BOOLEANS = ("flattening",)
_TABLES = ("session_attributes", "item_attributes", "additional_costs", "coupon_limits")
_KEYS = (*_ENUMS, *_BOOLEANS, *_TABLES)


def shown(value: object) -> str:
    """``value`` as the error messages quote it: in TOML's own spelling, shortened."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str):
        text = f'"{value}"'
    elif isinstance(value, Mapping):
        text = "a table"
    else:
        text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def table_at(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The table ``key`` of ``document``, empty if it is absent.

    Raises:
        ConfigurationError: it is something else than a table.
    """
    table = document.get(key, {})
    if not isinstance(table, Mapping):
        raise ConfigurationError(key, expected="a table", found=shown(table))
    return table


def known_keys(table: Mapping[str, Any], name: str, keys: tuple[str, ...]) -> None:
    """Raises ConfigurationError for the first key of ``table`` that is not in ``keys``."""
    for key in table:
        if key not in keys:
            raise ConfigurationError(
                f"{name}.{key}" if name else key,
                expected=f"one of the keys {', '.join(keys)}",
                found=f'the unknown key "{key}"',
            )


def read_environment(table: Mapping[str, Any]) -> Environment:
    """The environment that an ``[environment]`` table describes.

    Raises:
        ConfigurationError: with the key below ``environment``.
    """
    known_keys(table, "environment", _KEYS)
    values: dict[str, Any] = {}
    for key, choices in _ENUMS.items():
        if key in table:
            values[key] = read_choice(f"environment.{key}", table[key], choices)
    for key in _BOOLEANS:
        if key in table:
            if not isinstance(table[key], bool):
                raise ConfigurationError(
                    f"environment.{key}", expected="true or false", found=shown(table[key])
                )
            values[key] = table[key]
    for key in ("session_attributes", "item_attributes"):
        values[key] = _attributes(f"environment.{key}", table, key)
    values["additional_costs"] = {
        name: read_choice(f"environment.additional_costs.{name}", scope, CostScope)
        for name, scope in _subtable("environment", table, "additional_costs").items()
    }
    values["coupon_limits"] = _coupon_limits(_subtable("environment", table, "coupon_limits"))
    return msgspec.convert(values, Environment)


_Choice = TypeVar("_Choice", bound=Enum)


def read_choice(where: str, value: object, choices: type[_Choice]) -> _Choice:
    """The member of ``choices`` whose value is ``value``.

    Raises:
        ConfigurationError: there is none.
    """
    for choice in choices:
        if choice.value == value:
            return choice
    raise ConfigurationError(
        where, expected=f"one of {', '.join(str(c.value) for c in choices)}", found=shown(value)
    )


def _subtable(outer: str, table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    try:
        return table_at(table, key)
    except ConfigurationError as error:
        raise ConfigurationError(
            f"{outer}.{error.where}", expected=error.expected, found=error.found
        ) from None


def _attributes(where: str, table: Mapping[str, Any], key: str) -> dict[str, Any]:
    attributes = {}
    for name, declared in _subtable("environment", table, key).items():
        if not isinstance(declared, Mapping):
            raise ConfigurationError(
                f"{where}.{name}", expected="a JSON Schema as a table", found=shown(declared)
            )
        try:
            validator_for(dict(declared))
        except (SchemaError, ValueError) as error:
            raise ConfigurationError(
                f"{where}.{name}",
                expected="a valid JSON Schema",
                found=str(error).splitlines()[0],
            ) from None
        attributes[name] = dict(declared)
    return attributes


def _coupon_limits(table: Mapping[str, Any]) -> dict[str, int]:
    for code, limit in table.items():
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
            raise ConfigurationError(
                f"environment.coupon_limits.{code}",
                expected="a whole number of at least 1",
                found=shown(limit),
            )
    return dict(table)


_LIKE_A_RULE = re.compile(r"[A-Z]+-[U0-9][0-9]*")


def read_rule_levels(table: Mapping[str, Any], catalogue: Catalogue) -> dict[str, RuleLevel]:
    """The rules whose level a ``[rules]`` table changes, by rule ID.

    Raises:
        ConfigurationError: an unknown rule, an unknown level, or a silent rule to be enforced.
    """
    levels = {}
    for rule_id, entry in table.items():
        where = f"rules.{rule_id}"
        if rule_id not in catalogue:
            hint = "" if _LIKE_A_RULE.fullmatch(rule_id) else " such as CART-02"
            raise ConfigurationError(
                where,
                expected=f"the ID of a rule{hint} (see: cartfuzz rules)",
                found=f'"{rule_id}"',
            )
        if isinstance(entry, Mapping):
            known_keys(entry, where, ("level", "reason"))
            level_value, reason = entry.get("level"), entry.get("reason", "")
        else:
            level_value, reason = entry, ""
        if not isinstance(reason, str):
            raise ConfigurationError(f"{where}.reason", expected="a text", found=shown(reason))
        level = read_choice(where, level_value, Level)
        if level is Level.ENFORCE and catalogue[rule_id].sureness is Sureness.SILENT:
            raise ConfigurationError(
                where,
                expected='"observe" (the contract is silent here: there is nothing to enforce)',
                found=shown(level_value),
            )
        levels[rule_id] = RuleLevel(level=level, reason=reason)
    return levels
