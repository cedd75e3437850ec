"""Walks through a JSON Schema: which of its parts are schemas, and what a reference means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

Path = tuple[str | int, ...]
"""From a schema to a part of it: keys and places in lists."""

_ONE = frozenset(
    (
        "additionalItems",
        "additionalProperties",
        "contains",
        "contentSchema",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    )
)
_LIST = frozenset(("allOf", "anyOf", "items", "oneOf", "prefixItems"))
_MAP = frozenset(
    (
        "$defs",
        "definitions",
        "dependencies",
        "dependentSchemas",
        "patternProperties",
        "properties",
    )
)


def subschemas(schema: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any] | bool]]:
    """The schemas directly in ``schema``, each with where it is."""
    for key, value in schema.items():
        if key in _ONE and isinstance(value, Mapping | bool):
            yield (key,), value
        elif key in _LIST and isinstance(value, list):
            parts = ((place, part) for place, part in enumerate(value))
            yield from (((key, at), one) for at, one in parts if isinstance(one, Mapping | bool))
        elif key in _MAP and isinstance(value, Mapping):
            items = value.items()
            yield from (((key, at), one) for at, one in items if isinstance(one, Mapping | bool))


def all_schemas(
    schema: Mapping[str, Any], path: Path = ()
) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """``schema`` and the schemas in it, however deep, but for true and false."""
    yield path, schema
    for place, part in subschemas(schema):
        if isinstance(part, Mapping):
            yield from all_schemas(part, (*path, *place))


def with_subschemas(schema: Mapping[str, Any], parts: Mapping[Path, Any]) -> dict[str, Any]:
    """A copy of ``schema`` with ``parts`` in place of the schemas directly in it."""
    copy: dict[str, Any] = {
        key: value.copy() if isinstance(value, list | dict) else value
        for key, value in schema.items()
    }
    for path, part in parts.items():
        if len(path) == 1:
            copy[str(path[0])] = part
        else:
            copy[str(path[0])][path[1]] = part
    return copy


def referred(root: Mapping[str, Any], reference: str) -> Mapping[str, Any] | bool:
    """What ``reference``, ``#`` or ``#/…``, means in ``root``; true if there is nothing."""
    part: Any = root
    for token in reference.removeprefix("#").split("/")[1:]:
        name = unquote(token).replace("~1", "/").replace("~0", "~")
        if isinstance(part, Mapping) and name in part:
            part = part[name]
        elif isinstance(part, list) and name.isdigit() and int(name) < len(part):
            part = part[int(name)]
        else:
            return True
    return part if isinstance(part, Mapping | bool) else True
