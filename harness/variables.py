"""Reads the keys of a configuration that environment variables give.

One rule: the variable of a key of ``[target]``, ``[run]`` or ``[environment]`` is ``CARTFUZZ_`` and
the key in capitals: ``CARTFUZZ_RPS`` is ``target.rps``, ``CARTFUZZ_FLATTENING`` is
``environment.flattening``. Keys that hold tables have none. A list has commas between its members.
Values have the types and bounds of the keys. ``CARTFUZZ_CONFIG`` names the file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_args, get_origin

import msgspec

from ..contract import ConfigurationError, Environment
from ..contract.nearest import nearest
from .run_choice import located
from .run_settings import BOUNDS, RunSettings
from .target_settings import TargetSettings
from .typed_tables import decode_value, value_type

PREFIX = "CARTFUZZ_"
CONFIG_VARIABLE = "CARTFUZZ_CONFIG"
_TRUTH = {
    "true": True, "yes": True, "on": True, "1": True,
    "false": False, "no": False, "off": False, "0": False,
}  # fmt: skip
_ALTERNATIVES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "target": (
        ("api_key_env", "api_key_file", "api_key_keyring"),
        ("basic_auth_env", "basic_auth_file"),
        ("proxy_auth_env", "proxy_auth_file"),
    ),
    "run": (BOUNDS,),
}
"""Keys of a table that go together: a variable for one counts before the others too."""
_Table = TypeVar("_Table", bound=msgspec.Struct)
_OTHERS = frozenset(
    ("API_KEY", "CODE_NUMBER", "CONFIG", "NO_SKIP", "REDIS_PASSWORD", "REDIS_USERNAME", "SOURCE")
)
"""What else has the prefix: secrets, and variables of scripts and pipelines."""
_TABLES: Mapping[str, type[msgspec.Struct]] = {
    "target": TargetSettings,
    "run": RunSettings,
    "environment": Environment,
}


class KeyVariable(NamedTuple):
    """A key that a variable can give."""

    table: str
    key: str
    kind: Any
    """The type of the value, without what it is for."""


@cache
def key_variables() -> Mapping[str, KeyVariable]:
    """All keys that variables can give, by the names of the variables."""
    return {
        f"{PREFIX}{field.name.upper()}": KeyVariable(table, field.name, kind)
        for table, struct in _TABLES.items()
        for field in msgspec.structs.fields(struct)
        if _is_single(kind := value_type(field.type))
    }


class Variables(NamedTuple):
    """What the variables give."""

    config: Path | None
    target: Mapping[str, Any]
    run: Mapping[str, Any]
    environment: Mapping[str, Any]
    names: Mapping[str, str]
    """By key, such as ``target.rps``, its variable."""

    def over(self, name: str, table: _Table) -> _Table:
        """The table ``name``, ``target`` or ``run``, with the keys that variables give."""
        written = self.run if name == "run" else self.target
        given = dict(written)
        for group in _ALTERNATIVES[name]:
            if any(key in written for key in group):
                given = {**dict.fromkeys(group), **given}
        try:
            return msgspec.structs.replace(table, **given)
        except ConfigurationError as error:
            where = self.names.get(f"{name}.{error.where}", error.where)
            raise ConfigurationError(
                f"environment variable {where}", expected=error.expected, found=error.found
            ) from None

    def replaces(self, key: str) -> bool:
        """Whether ``key``, such as ``target.rps``, comes from a variable, or another key does that
        is named in its place."""
        table, _, name = key.partition(".")
        groups = [group for group in _ALTERNATIVES.get(table, ()) if name in group]
        return key in self.names or any(
            f"{table}.{one}" in self.names for group in groups for one in group
        )


def read_variables(environ: Mapping[str, str]) -> Variables:
    """What the variables in ``environ`` give.

    Raises:
        ConfigurationError: naming the variable, what was expected and what was found. An empty
            value is an error: a secret or variable of a pipeline that is not set is often empty.
    """
    given: dict[str, dict[str, Any]] = {table: {} for table in _TABLES}
    names = {}
    for name, (table, key, kind) in key_variables().items():
        if name in environ:
            given[table][key] = _value(name, environ[name], kind)
            names[f"{table}.{key}"] = name
    config = (
        _present(CONFIG_VARIABLE, environ[CONFIG_VARIABLE], "a path")
        if (CONFIG_VARIABLE in environ)
        else None
    )
    return Variables(
        config=None if config is None else Path(config),
        target=given["target"],
        run=given["run"],
        environment=given["environment"],
        names=names,
    )


def overridden(environment: Environment, overrides: Mapping[str, Any]) -> Environment:
    """``environment`` with the fields that variables give; of another version of the contract.

    Raises:
        ConfigurationError: they do not go together.
    """
    if "contract" in overrides and "since" not in overrides:
        changed = overrides["contract"] is not environment.contract
        overrides = {**overrides, "since": "" if changed else environment.since}
    try:
        return msgspec.structs.replace(environment, **overrides)
    except ConfigurationError as error:
        names = " and ".join(f"{PREFIX}{key.upper()}" for key in overrides if overrides[key] != "")
        raise ConfigurationError(
            f"environment.{error.where}, with environment variable {names}",
            expected=error.expected,
            found=error.found,
        ) from None


def misspelt(environ: Mapping[str, str], named: Collection[str]) -> Iterator[tuple[str, str]]:
    """Variables with the prefix that name no key, each with the one that may be meant.

    Args:
        environ: the variables.
        named: those that options and keys name, such as that of a secret.
    """
    known = [name.removeprefix(PREFIX) for name in (*key_variables(), CONFIG_VARIABLE)]
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in key_variables() or name in named:
            continue
        rest = name.removeprefix(PREFIX)
        near = None if rest in _OTHERS else nearest(rest, known)
        if near is not None:
            yield name, f"{PREFIX}{near}"


def _is_single(kind: Any) -> bool:
    plain = _plain(kind)
    is_list = get_origin(plain) is tuple and issubclass(_element(plain), str)
    return is_list or (isinstance(plain, type) and issubclass(plain, str | bool | int | float))


def _element(kind: Any) -> type:
    """The type of the members of a tuple; `object` where it is no plain one."""
    element = get_args(kind)[0]
    return element if isinstance(element, type) else object


def _plain(kind: Any) -> Any:
    return kind.__origin__ if hasattr(kind, "__metadata__") else kind


def _value(name: str, text: str, kind: Any) -> Any:
    where = f"environment variable {name}"
    text = _present(name, text, "a value")
    value: object = text
    plain = _plain(kind)
    if get_origin(plain) is tuple:
        value = [part.strip() for part in text.split(",") if part.strip()]
    elif plain is bool:
        value = _TRUTH.get(text.lower(), text)
    elif isinstance(plain, type) and not issubclass(plain, str | Enum):
        value = _number(text)
    decoded = decode_value(where, value, kind)
    is_path = any(
        isinstance(one, msgspec.Meta) and (one.extra or {}).get("path")
        for one in getattr(kind, "__metadata__", ())
    )
    # A path in the file is relative to its folder; one in a variable to the current folder.
    return located(decoded, Path.cwd()) if is_path else decoded


def _present(name: str, text: str, expected: str) -> str:
    if not text.strip():
        raise ConfigurationError(
            f"environment variable {name}",
            expected=f"{expected}, or no such variable",
            found="an empty text; unset it, or give it a value",
        )
    return text.strip()


def _number(text: str) -> object:
    """``text`` as a number; itself where it is none, which the type of the key refuses."""
    try:
        return int(text) if text.lstrip("-").isdecimal() else float(text)
    except ValueError:
        return text
