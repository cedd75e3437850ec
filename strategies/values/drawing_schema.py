"""Rewrites a declared schema for hypothesis-jsonschema, which reads draft 7 without recursion.

What it draws by the result need not be valid: the reading of the declared schema decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ...contract.attribute_schemas import json_type
from ...contract.schema_walk import referred, subschemas, with_subschemas
from .ecma_patterns import python_pattern

FORMAT_PREFIX = "cartfuzz-"
"""Before each format, so that none is drawn by hypothesis-jsonschema's own strategy."""
_SILENT_KEYWORDS = """$anchor $comment $defs $id $schema contentEncoding contentMediaType
    contentSchema default definitions deprecated description examples maxContains minContains
    readOnly title unevaluatedItems unevaluatedProperties writeOnly"""
"""What says nothing about values, or is left to the reading."""
_IGNORED = frozenset(_SILENT_KEYWORDS.split())
_APPLICATORS = frozenset(
    ("$ref", "additionalProperties", "allOf", "anyOf", "dependentSchemas", "if", "not", "oneOf")
)
"""What may evaluate properties elsewhere than in ``properties``."""
_DEPTH = 2
"""How often a reference is followed inside itself."""
_MOST_PARTS = 500
"""Of a schema with its references written out."""
_WORD = 2**63
"""Beyond lie numbers that many targets cannot hold, lawfully."""


def drawing_schema(schema: Mapping[str, Any]) -> Any:
    """``schema`` as values are drawn by it; without references, in the keywords of draft 7."""
    return _Rewriter(schema).rewritten(schema, Counter())


class _Rewriter:
    """One rewriting; ``root`` is what references point into."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._parts = 0

    def rewritten(self, schema: Mapping[str, Any] | bool, followed: Counter[str]) -> Any:
        """``schema`` rewritten; false, which has no value, where a recursion is cut."""
        self._parts += 1
        if isinstance(schema, bool):
            return schema
        if self._parts > _MOST_PARTS:
            return False
        reference = schema.get("$ref")
        if reference is not None:
            return self._inlined(schema, str(reference), followed)
        kept = {key: value for key, value in schema.items() if key not in _IGNORED}
        if schema.get("unevaluatedProperties") is False and not _APPLICATORS & schema.keys():
            kept["additionalProperties"] = False
        parts = {path: self.rewritten(part, followed) for path, part in subschemas(kept)}
        return _in_draft_7(with_subschemas(kept, parts))

    def _inlined(self, schema: Mapping[str, Any], reference: str, followed: Counter[str]) -> Any:
        if followed[reference] > _DEPTH:
            return False
        inner = followed + Counter((reference,))
        target = self.rewritten(referred(self._root, reference), inner)
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        if beside.keys() <= _IGNORED:
            return target
        return {"allOf": [self.rewritten(beside, followed), target]}


def _in_draft_7(schema: dict[str, Any]) -> dict[str, Any]:
    if "prefixItems" in schema:
        rest = schema.pop("items", None)
        schema["items"] = schema.pop("prefixItems")
        if rest is not None:
            schema["additionalItems"] = rest
    dependent = {**schema.pop("dependentRequired", {}), **schema.pop("dependentSchemas", {})}
    if dependent:
        schema["dependencies"] = {**schema.get("dependencies", {}), **dependent}
    if "format" in schema:
        schema["format"] = f"{FORMAT_PREFIX}{schema['format']}"
    if "pattern" in schema:
        _translate_pattern(schema)
    if "patternProperties" in schema:
        parts = schema["patternProperties"].items()
        schema["patternProperties"] = {python_pattern(key): part for key, part in parts}
    if _draws_numbers(schema):
        _bound_numbers(schema)
    if {"format", "pattern"} <= schema.keys():
        # By one or by the other: texts of a format hardly ever have a pattern by accident.
        return {"anyOf": [_without(schema, "format"), _without(schema, "pattern")]}
    return schema


def _without(schema: Mapping[str, Any], keyword: str) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != keyword}


def _translate_pattern(schema: dict[str, Any]) -> None:
    pattern = python_pattern(schema.pop("pattern"))
    try:
        re.compile(pattern)
    except re.error:
        return  # any text is drawn; the reading decides
    schema["pattern"] = pattern


def _draws_numbers(schema: Mapping[str, Any]) -> bool:
    named = schema.get("type", ())
    names = (named,) if isinstance(named, str) else named
    listed = [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ())]
    return bool({"number", "integer"} & {*names}) and "number" not in set(map(json_type, listed))


def _bound_numbers(schema: dict[str, Any]) -> None:
    """Numbers stay within 64 bits, unless the schema itself says a bound on that side."""
    if not {"minimum", "exclusiveMinimum"} & schema.keys():
        most = schema.get("maximum", schema.get("exclusiveMaximum", 0))
        if most > -_WORD:
            schema["minimum"] = -_WORD
    if not {"maximum", "exclusiveMaximum"} & schema.keys():
        least = schema.get("minimum", schema.get("exclusiveMinimum", 0))
        if least < _WORD - 1:
            schema["maximum"] = _WORD - 1
