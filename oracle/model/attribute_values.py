"""Compares attributes as they are declared: times as instants, and what was never set as unset."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ...contract.attribute_schemas import read_schema
from ...contract.text_formats import same_text
from .knowledge import is_empty, same_json

Declared = Mapping[str, Mapping[str, Any]]
"""Attribute name to JSON Schema."""

_ZERO_TEXTS = (
    "0001-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
    "00000000-0000-0000-0000-000000000000",
)
"""What libraries show for a time or a UUID that was never set."""
_COMPARED = frozenset(("date-time", "time", "ipv6", "uuid"))


def same_value(known: object, found: object, formats: Collection[str] = _COMPARED) -> bool:
    """Whether ``found`` is ``known`` as a target may keep and write it.

    Texts of ``formats`` are compared by their value. What becomes of a null that was sent is open
    (MERGE-U2): it may be left out, kept, or leave what was there.

    Args:
        known: a JSON value that was sent, or a part of one.
        found: what is shown in its place.
        formats: the formats that its declaration names.
    """
    if isinstance(known, str) and isinstance(found, str):
        return same_text(known, found, formats)
    if isinstance(known, list) and isinstance(found, list):
        return len(known) == len(found) and all(
            same_value(one, other, formats) for one, other in zip(known, found, strict=True)
        )
    if isinstance(known, dict) and isinstance(found, dict):
        set_members = {name for name, value in known.items() if value is not None}
        return (
            set_members <= found.keys()
            and all(name in known or found[name] is None for name in found)
            and all(same_value(known[name], found[name], formats) for name in set_members)
        )
    return same_json(known, found)


def same_attribute(name: str, known: object, found: object, declared: Declared) -> bool:
    """Whether ``found`` is what was sent for the attribute ``name``."""
    if known is None or same_json(known, found):
        return True
    if name not in declared:
        return False
    return same_value(known, found, read_schema(name, declared[name]).formats)


def is_default(name: str, value: object, declared: Declared) -> bool:
    """Whether a target may show ``value`` for an attribute that was never set, or was removed."""
    if is_empty(value) or value is False:
        return True
    if isinstance(value, str) and any(same_text(value, zero, _COMPARED) for zero in _ZERO_TEXTS):
        return True
    if isinstance(value, int | float) and value == 0:
        return True
    schema = declared.get(name, {})
    return "default" in schema and same_attribute(name, schema["default"], value, declared)


def same_attributes(one: Any, other: Any, declared: Declared) -> bool:
    """Whether two maps of attributes mean the same, those that are not declared left out."""
    first = one if isinstance(one, dict) else {}
    second = other if isinstance(other, dict) else {}
    return all(
        same_attribute(name, first.get(name), second.get(name), declared)
        if not is_default(name, first.get(name), declared)
        else is_default(name, second.get(name), declared)
        for name in declared
    )
