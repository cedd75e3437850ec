"""Makes the JSON Schema of what Cartfuzz writes for programs from the type of what is written."""

from __future__ import annotations

from typing import Any

import msgspec

from ..record import FORMAT

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def file_name(name: str, version: int = FORMAT) -> str:
    """Of a published schema; the version is part of it: ``summary-1.schema.json``."""
    return f"{name}-{version}.schema.json"


def schema_of(name: str, kind: Any) -> dict[str, Any]:
    """The schema of the present version.

    It leaves further members open: a program that keeps to it reads what a later Cartfuzz writes
    in the same version.

    Args:
        name: of what is written, for the identity of the schema: ``"summary"``.
        kind: its type, or a union of types.
    """
    identity = f"urn:cartfuzz:{name}:{FORMAT}"
    return {"$schema": _DIALECT, "$id": identity, **_open(msgspec.json.schema(kind))}


def schema_text(name: str, kind: Any) -> str:
    """The schema as its file holds it."""
    return msgspec.json.format(msgspec.json.encode(schema_of(name, kind)), indent=2).decode() + "\n"


def _open(schema: Any) -> Any:
    """``schema`` without the bans on further members that the reader of configuration files has."""
    if isinstance(schema, list):
        return [_open(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _open(value)
        for name, value in schema.items()
        if not (name == "additionalProperties" and value is False)
    }
