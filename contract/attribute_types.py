"""Reads how an attribute is declared: by a JSON Schema, or by the name of an attribute type.

The documented attribute types are ``string``, ``number``, ``boolean``, ``time``, ``location`` and
lists of them but ``boolean``. Each is short for a JSON Schema: ``"time"`` for an RFC 3339
``date-time``, ``"(list string)"`` for a list of texts, ``{"type": "string", "allowed": ["S"]}`` for
texts out of a list. Everything else works on the schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from .errors import ConfigurationError
from .nearest import did_you_mean
from .schema_walk import subschemas, with_subschemas

Schema = Mapping[str, Any]

LOCATION = "location"
"""The format of a location: the contract does not say how one is written in JSON."""
_NUMBER = r"-?[0-9]+(\.[0-9]+)?"
_SINGLE: Mapping[str, Schema] = {
    "string": {"type": "string"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "time": {"type": "string", "format": "date-time"},
    # As clients are known to write it; `AttributeSchema.is_open` keeps it out of every verdict.
    "location": {
        "type": "object",
        "format": LOCATION,
        "properties": {
            "format": {"const": "point"},
            "object": {"type": "string", "pattern": f"^{_NUMBER}, {_NUMBER}$"},
        },
        "required": ["format", "object"],
        "additionalProperties": False,
        "examples": [
            {"format": "point", "object": "5, 7.2"},
            {"format": "point", "object": "-33.8688, 151.2093"},
        ],
    },
}
ATTRIBUTE_TYPES: Mapping[str, Schema] = {
    **_SINGLE,
    **{
        f"(list {name})": {"type": "array", "items": schema}
        for name, schema in _SINGLE.items()
        if name != "boolean"
    },
}
"""Attribute type to JSON Schema of its values."""
JSON_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
DECLARATION = f"a JSON Schema as a table, or one of the types {', '.join(ATTRIBUTE_TYPES)}"
"""How an attribute may be declared, in messages."""


def declared_schemas(where: str, declared: Mapping[str, object]) -> Mapping[str, Schema]:
    """Name to JSON Schema; ``declared`` itself where it holds nothing that is short for one.

    Args:
        where: the key of the map, for errors.
        declared: attribute name to JSON Schema or attribute type.

    Raises:
        ConfigurationError: an attribute is declared by something else.
    """
    schemas = {name: _schema_of(f"{where}.{name}", one) for name, one in declared.items()}
    unchanged = all(schemas[name] is one for name, one in declared.items())
    return declared if unchanged else schemas  # type: ignore[return-value]  # all are schemas then


def _schema_of(where: str, declared: object) -> Schema:
    if isinstance(declared, str) and declared in ATTRIBUTE_TYPES:
        return ATTRIBUTE_TYPES[declared]
    if not isinstance(declared, Mapping):
        found = f'"{declared}"' if isinstance(declared, str) else repr(declared)
        found += did_you_mean(declared, ATTRIBUTE_TYPES)
        raise ConfigurationError(where, expected=DECLARATION, found=found)
    # TOML has dates and times, JSON writes them as texts.
    plain = msgspec.to_builtins(declared)
    schema = _nullable(_of_type(where, plain))
    return declared if schema == declared else schema


def _of_type(where: str, table: dict[str, Any]) -> dict[str, Any]:
    """The schema of a table whose ``type`` is an attribute type, or that lists allowed values."""
    kind = table.get("type")
    if isinstance(kind, str) and kind not in ATTRIBUTE_TYPES and kind not in JSON_TYPES:
        names = (*ATTRIBUTE_TYPES, *JSON_TYPES)
        expected = f"an attribute type or a type of JSON: one of {', '.join(names)}"
        found = f'"{kind}"{did_you_mean(kind, names)}'
        raise ConfigurationError(f"{where}.type", expected=expected, found=found)
    schema: dict[str, Any] = dict(table)
    if isinstance(kind, str) and kind in ATTRIBUTE_TYPES:
        schema = {**ATTRIBUTE_TYPES[kind], **{k: v for k, v in table.items() if k != "type"}}
    if "allowed" not in table:
        return schema
    allowed = schema.pop("allowed")
    if not isinstance(allowed, list) or not allowed:
        raise ConfigurationError(
            f"{where}.allowed", expected="a list of values, at least one", found=repr(allowed)
        )
    if schema.get("type") == "array":
        return {**schema, "items": {**schema.get("items", {}), "enum": allowed}}
    return {**schema, "enum": allowed}


def _nullable(schema: Any) -> Any:
    """``schema`` with OpenAPI's ``nullable: true`` written as JSON Schema does."""
    if not isinstance(schema, Mapping):
        return schema
    inner = with_subschemas(schema, {path: _nullable(part) for path, part in subschemas(schema)})
    if not isinstance(inner.get("nullable"), bool):
        return inner
    rest = {name: value for name, value in inner.items() if name != "nullable"}
    if not inner["nullable"]:
        return rest
    if isinstance(rest.get("type"), str) and "const" not in rest:
        values = {"enum": [*rest["enum"], None]} if isinstance(rest.get("enum"), list) else {}
        return {**rest, "type": [rest["type"], "null"], **values}
    return {"anyOf": [rest, {"type": "null"}]}
