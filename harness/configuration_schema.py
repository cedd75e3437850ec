"""The JSON Schema of a configuration file, for editors; it is made from the types that read it.

It accepts every file that Cartfuzz accepts. What only code can check, such as a code that is
declared twice, it does not refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, get_args, get_origin

import msgspec

from ..contract import RETIRED_RULES, ContractVersion, Level, RuleLevel, catalogue
from ..contract.about import about
from ..contract.attribute_schemas import KEYWORDS
from ..contract.attribute_types import ATTRIBUTE_TYPES, JSON_TYPES
from ..contract.environment import JsonSchema
from ..contract.releases import all_releases
from .configuration import Document
from .reference import keys_of_table
from .typed_tables import element_of, value_type

FORMAT = 1
FILE_NAME = f"configuration-{FORMAT}.schema.json"
_IDENTITY = f"urn:cartfuzz:configuration:{FORMAT}"
_DIALECT = "http://json-schema.org/draft-07/schema#"
"""The one that editors' plugins for TOML read."""
_SHORT = ("allowed", "nullable")
"""What a declaration of an attribute may hold that JSON Schema does not know."""


def configuration_schema() -> dict[str, Any]:
    """The schema of the present version."""
    tables = {
        field.encode_name: {
            "description": _plain(about(field.type).text),
            **(_rules() if field.encode_name == "rules" else _of_type(value_type(field.type))),
        }
        for field in msgspec.structs.fields(Document)
    }
    return {
        "$schema": _DIALECT,
        "$id": _IDENTITY,
        "title": "Configuration of Cartfuzz",
        **_table(tables),
    }


def schema_text() -> str:
    """The schema as its file holds it."""
    encoded = msgspec.json.encode(configuration_schema())
    return msgspec.json.format(encoded, indent=2).decode() + "\n"


def _table(properties: Mapping[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    table = {"type": "object", "additionalProperties": False, "properties": dict(properties)}
    return {**table, "required": required} if required else table


def _struct(kind: type[msgspec.Struct]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    required = []
    for key in keys_of_table("", kind):
        schema = {"description": _plain(key.about.text), **_of_type(key.kind)}
        if key.default is msgspec.NODEFAULT:
            required.append(key.name)
        elif key.default not in (None, "", (), {}):
            schema["default"] = msgspec.to_builtins(key.default)
        if key.name == "since":
            schema["enum"] = ["", *map(str, all_releases())]
        properties[key.name] = schema
    return _table(properties, required)


def _of_type(kind: Any) -> dict[str, Any]:
    if kind is JsonSchema:
        return _attribute()
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _struct(kind)
    element = element_of(kind)
    if element is not None:
        return {"type": "array", "items": _struct(element)}
    if get_origin(kind) is Mapping:
        return {"type": "object", "additionalProperties": _of_type(get_args(kind)[1])}
    if (member := _member(kind)) is not None:
        return {"type": "array", "items": _of_type(member)}
    schema = msgspec.json.schema(kind)
    if "$ref" in schema:  # an enumeration
        (schema,) = schema["$defs"].values()
        return {"enum": schema["enum"]}
    schema.pop("description", None)  # what messages call the value, not what the key is for
    return schema


def _member(kind: Any) -> type[Enum] | None:
    """The enumeration of which ``kind`` is a tuple; None: it is another type."""
    plain = kind.__origin__ if hasattr(kind, "__metadata__") else kind
    members = get_args(plain)[:1] if get_origin(plain) is tuple else ()
    return next((one for one in members if isinstance(one, type) and issubclass(one, Enum)), None)


def _attribute() -> dict[str, Any]:
    return {
        "anyOf": [
            {"enum": list(ATTRIBUTE_TYPES)},
            {
                "type": "object",
                "properties": {
                    "type": {
                        "anyOf": [
                            {"enum": list(dict.fromkeys((*ATTRIBUTE_TYPES, *JSON_TYPES)))},
                            {"type": "array", "items": {"enum": list(JSON_TYPES)}},
                        ]
                    }
                },
                "propertyNames": {
                    "anyOf": [{"enum": sorted({*KEYWORDS, *_SHORT})}, {"pattern": "^x-"}]
                },
            },
        ]
    }


def _rules() -> dict[str, Any]:
    level = {"anyOf": [{"enum": [one.value for one in Level]}, _struct(RuleLevel)]}
    rules = {
        rule: {"description": one.statement, **level}
        for version in ContractVersion
        for rule, one in catalogue(version).items()
    }
    retired = dict.fromkeys(RETIRED_RULES, level)
    return _table(dict(sorted({**retired, **rules}.items())))


def _plain(text: str) -> str:
    """``text`` without the marks of Markdown."""
    return text.replace("`", "")
