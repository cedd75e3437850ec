"""Decodes tables of TOML by typed structs; a mistake names its key, what was expected and found.

`msgspec` checks the values. Its own messages do not name the keys of maps and are not worded for
users, so each value is converted by itself. What a message calls the expected value is the
``description`` of the type, as in ``Annotated[int, Meta(ge=1, description="a whole number")]``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec

from ..contract import ConfigurationError
from ..contract.about import without_about
from ..contract.nearest import did_you_mean
from .access.url_words import url_words

_Struct = TypeVar("_Struct", bound=msgspec.Struct)
_MAX_SHOWN = 80
"""Characters of a value in a message."""


def decode_struct(where: str, value: object, kind: type[_Struct]) -> _Struct:
    """``value`` as a struct of type ``kind``, whose fields are the keys that may be there.

    Args:
        where: the key of the table; empty for the whole document.
        value: what was read.
        kind: a struct of fields that `decode_value` can decode.

    Raises:
        ConfigurationError: ``value`` is not a table, or something in it is wrong.
    """
    table = _table(where, value)
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    _check_keys(where, table, fields)
    for name, field in fields.items():
        if field.required and name not in table:
            raise ConfigurationError(
                _below(where, name),
                expected=expected_words(value_type(field.type)),
                found="no such key",
            )
    values = {
        fields[name].name: decode_value(_below(where, name), table[name], fields[name].type)
        for name in table
    }
    try:
        return kind(**values)
    except ConfigurationError as error:  # the struct checks what types cannot say
        raise ConfigurationError(
            _below(where, error.where), expected=error.expected, found=error.found
        ) from None


def check_places(tables: Mapping[str, Any], kind: type[msgspec.Struct]) -> None:
    """Checks that no key is in a wrong table that is known in another one.

    Args:
        tables: a whole document.
        kind: a struct whose fields are tables.

    Raises:
        ConfigurationError: naming the table where the key belongs.
    """
    known = {
        field.encode_name: [one.encode_name for one in msgspec.structs.fields(inner)]
        for field in msgspec.structs.fields(kind)
        if isinstance(inner := value_type(field.type), type) and issubclass(inner, msgspec.Struct)
    }
    homes = {key: table for table, keys in known.items() for key in keys}
    names = [field.encode_name for field in msgspec.structs.fields(kind)]
    found = [("", key) for key in tables if key not in names]
    for table, keys in known.items():
        written = tables.get(table)
        if isinstance(written, Mapping):
            found += [(table, key) for key in written if key not in keys]
    for table, key in found:
        if key in homes:
            raise ConfigurationError(
                _below(table, key),
                expected=f"this key in the table [{homes[key]}]",
                found=f"it in [{table}]" if table else "it outside of all tables",
            )


def decode_value(where: str, value: object, kind: Any) -> Any:
    """``value`` as ``kind``: a struct, a map of text to something, or what `msgspec` converts.

    Raises:
        ConfigurationError: it is something else.
    """
    kind = value_type(kind)
    element = element_of(kind)
    if element is not None:
        return _structs(where, value, kind, element)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return decode_struct(where, value, kind)
    if get_origin(kind) is Mapping:
        _, inner = get_args(kind)
        table = _table(where, value)
        return {
            name: decode_value(_below(where, name), item, inner) for name, item in table.items()
        }
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        raise ConfigurationError(
            where, expected=expected_words(kind), found=shown(value) + _hint(value, kind)
        ) from None


def shown(value: object) -> str:
    """``value`` as messages quote it: in TOML's own spelling, shortened."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str):
        text = url_words(value) if "://" in value or "@" in value else f'"{value}"'
    elif isinstance(value, Mapping):
        text = "a table"
    else:
        text = repr(value)
        if "://" in text or "@" in text:
            text = f"a {type(value).__name__}"
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 3] + "..."


def element_of(kind: Any) -> type[msgspec.Struct] | None:
    """The struct of which ``kind`` is a tuple; None: it is another type."""
    arguments = get_args(get_args(kind)[0] if hasattr(kind, "__metadata__") else kind)
    if len(arguments) != 2 or arguments[1] is not ...:
        return None
    element = arguments[0]
    return element if isinstance(element, type) and issubclass(element, msgspec.Struct) else None


def _structs(
    where: str, value: object, kind: Any, element: type[msgspec.Struct]
) -> tuple[msgspec.Struct, ...]:
    """An array of tables, each as a struct of type ``element``."""
    if not isinstance(value, list):
        raise ConfigurationError(where, expected=expected_words(kind), found=shown(value))
    return tuple(
        decode_struct(f"{where}[{index}]", one, element) for index, one in enumerate(value)
    )


def _table(where: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ConfigurationError(where, expected="a table", found=shown(value))
    return value


def _check_keys(where: str, table: Mapping[str, Any], known: Iterable[str]) -> None:
    names = list(known)
    for key in table:
        if key not in names:
            raise ConfigurationError(
                _below(where, key),
                expected=f"one of the keys {', '.join(names)}",
                found=f'the unknown key "{key}"{did_you_mean(key, names)}',
            )


def _below(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def value_type(kind: Any) -> Any:
    """``kind`` without None: TOML has no null, so a key that is there holds a value. What the key
    is for is left out too."""
    kind = without_about(kind)
    if get_origin(kind) in (Union, UnionType):
        (kind,) = (inner for inner in get_args(kind) if inner is not type(None))
    return kind


def _hint(value: object, kind: Any) -> str:
    """The known value that a wrong one of an enumeration may stand for."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return did_you_mean(value, [str(member.value) for member in kind])
    return ""


_WORDS = {bool: "true or false", str: "a text", int: "a whole number", float: "a number"}


def expected_words(kind: Any) -> str:
    """What a value of type ``kind`` is, for people."""
    for meta in getattr(kind, "__metadata__", ()):
        if isinstance(meta, msgspec.Meta) and meta.description:
            return meta.description
    if isinstance(kind, type) and issubclass(kind, Enum):
        return f"one of {', '.join(str(member.value) for member in kind)}"
    if get_origin(kind) is Mapping:
        return "a table"
    return _WORDS.get(kind, "another type of value")
