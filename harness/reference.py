"""Describes every key of the configuration: for the reference page, `init` and `config show`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple

import msgspec

from ..contract import Environment, RuleLevel
from ..contract.about import About, about
from ..contract.campaigns import Budget, Coupon, Loyalty, Referral
from .access.access_keys import AccessKeys
from .configuration import CompareSettings, PluginSettings
from .run_settings import RunSettings
from .target_settings import TargetSettings
from .typed_tables import expected_words, value_type
from .variables import key_variables

TABLES: Mapping[str, type[msgspec.Struct]] = {
    "target": TargetSettings,
    "run": RunSettings,
    "environment": Environment,
    "rules": RuleLevel,
    "compare": CompareSettings,
    "plugins": PluginSettings,
}
"""The tables of a file. Those of ``rules`` are below the ID of a rule."""
CAMPAIGN_TABLES: Mapping[str, type[msgspec.Struct]] = {
    "environment.coupons": Coupon,
    "environment.referrals": Referral,
    "environment.budgets": Budget,
    "environment.loyalty": Loyalty,
}


class Key(NamedTuple):
    """A key of the configuration."""

    table: str
    name: str
    kind: Any
    """The type of the value, see `cartfuzz.harness.typed_tables`."""
    about: About
    default: object
    """`msgspec.NODEFAULT`: the key must be there."""
    variable: str
    """The environment variable that gives it; empty: none does."""

    @property
    def path(self) -> str:
        """``target.rps``."""
        return f"{self.table}.{self.name}"

    @property
    def value_words(self) -> str:
        """What the value is, for people."""
        return expected_words(self.kind)

    @property
    def default_words(self) -> str:
        """What holds where the key is left out, in Markdown."""
        if self.default is msgspec.NODEFAULT:
            return "must be given"
        if self.about.default:
            return self.about.default
        return f"`{toml_value(self.default)}`" if self.default is not None else "none"


def keys_of_table(table: str, kind: type[msgspec.Struct]) -> Iterator[Key]:
    """The keys of a table whose type is ``kind``, in their order."""
    variables = {(one.table, one.key): name for name, one in key_variables().items()}
    # How a target is reached is inherited, and comes after where it is.
    inherited = AccessKeys.__struct_fields__
    for field in sorted(msgspec.structs.fields(kind), key=lambda one: one.name in inherited):
        made = field.default_factory is not msgspec.NODEFAULT
        yield Key(
            table=table,
            name=field.encode_name,
            kind=value_type(field.type),
            about=about(field.type),
            default={} if made else field.default,
            variable=variables.get((table, field.encode_name), ""),
        )


_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_key(name: str) -> str:
    """``name`` as TOML writes it."""
    return name if _BARE.fullmatch(name) else toml_value(name)


def toml_value(value: object) -> str:
    """``value`` as TOML writes it, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return toml_value(value.value)
    if isinstance(value, str):
        # A text of JSON is a basic string of TOML, but for the one character that TOML bans.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        inner = ", ".join(f"{toml_key(key)} = {toml_value(one)}" for key, one in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, float):
        return f"{value:g}" if value == float(f"{value:g}") else repr(value)
    return str(value)
