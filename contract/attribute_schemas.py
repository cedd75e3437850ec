"""Reads the JSON Schema of a declared attribute, for all that draws or judges its values.

``format`` is asserted, patterns are those of ECMA-262, references stay within the schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jsonschema_rs
import msgspec

from .attribute_types import LOCATION, Schema
from .errors import ConfigurationError
from .nearest import did_you_mean
from .schema_walk import Path, all_schemas, referred
from .text_formats import CHECKERS, FORMATS

ALL_TYPES = frozenset(("array", "boolean", "null", "number", "object", "string"))
_WORDS = """$anchor $comment $defs $dynamicAnchor $id $ref $schema $vocabulary additionalItems
    additionalProperties allOf anyOf const contains contentEncoding contentMediaType contentSchema
    default definitions dependencies dependentRequired dependentSchemas deprecated description else
    enum example examples exclusiveMaximum exclusiveMinimum format if items maxContains maxItems
    maxLength maxProperties maximum minContains minItems minLength minProperties minimum multipleOf
    not oneOf pattern patternProperties prefixItems properties propertyNames readOnly required then
    title type unevaluatedItems unevaluatedProperties uniqueItems writeOnly"""
_EXACT = """$comment $schema additionalProperties const default deprecated description enum example
    examples exclusiveMaximum exclusiveMinimum items maxItems maxLength maxProperties maximum
    minItems minLength minProperties minimum properties readOnly required title type
    writeOnly"""
"""What values are drawn by without a miss."""
KEYWORDS = frozenset(_WORDS.split())
_EXACT_KEYWORDS = frozenset(_EXACT.split())
_BOUNDS = (
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
    ("minContains", "maxContains"),
)
_FORMATS = {**CHECKERS, LOCATION: lambda _: True}


def json_type(value: object) -> str:
    """The type of JSON that a value is of; integers are numbers."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeSchema:
    """A declared schema as it is read."""

    schema: Schema
    validator: jsonschema_rs.Validator
    types: frozenset[str]
    """The types of JSON that values may be of, of `ALL_TYPES`; a value of another is wrong."""
    formats: frozenset[str]
    """The formats that any part of the schema names."""
    is_exact: bool
    """Whether its keywords are so plain that every value that is drawn by them fits."""

    @property
    def is_open(self) -> bool:
        """Whether the contract does not say how such a value is written: a location."""
        return LOCATION in self.formats

    def accepts(self, value: object) -> bool:
        """Whether ``value`` is valid. A value that UTF-8 cannot write never is."""
        try:
            return self.validator.is_valid(value)
        except ValueError:  # a lone surrogate, or nested too deep
            return False

    def admits_type(self, value: object) -> bool:
        """Whether values of the type of ``value`` may be valid."""
        return json_type(value) in self.types


def read_schema(where: str, schema: Schema) -> AttributeSchema:
    """The reading of ``schema``.

    Args:
        where: the key of the schema, for errors.
        schema: a JSON Schema.

    Raises:
        ConfigurationError: it is none, or it cannot mean what its author wants: with an unknown
            keyword or format, a reference elsewhere, bounds that contradict each other.
    """
    try:
        return _read(msgspec.json.encode(schema))
    except ConfigurationError as error:
        raise ConfigurationError(
            f"{where}{error.where}", expected=error.expected, found=error.found
        ) from None


def _mistake(path: Path, expected: str, found: str) -> ConfigurationError:
    """That something is wrong in a schema; ``where`` is its place within the schema."""
    return ConfigurationError("".join(f".{part}" for part in path), expected=expected, found=found)


@lru_cache(maxsize=512)
def _read(encoded: bytes) -> AttributeSchema:
    schema = msgspec.json.decode(encoded)
    if not isinstance(schema, dict):
        raise _mistake((), "a JSON Schema as a table", repr(schema))
    parts = list(all_schemas(schema))
    for path, part in parts:
        _check_reference(path, part)
        _check_format(path, part)
    validator = _compiled(schema)
    for path, part in parts:
        _check_keywords(path, part)
        _check_bounds(path, part)
    reading = AttributeSchema(
        schema=schema,
        validator=validator,
        types=_types(schema, schema, frozenset()),
        formats=frozenset(str(part["format"]) for _, part in parts if "format" in part),
        is_exact=all(part.keys() <= _EXACT_KEYWORDS for _, part in parts),
    )
    _check_values(reading)
    return reading


def _compiled(schema: dict[str, Any]) -> jsonschema_rs.Validator:
    try:
        return jsonschema_rs.validator_for(
            schema, validate_formats=True, ignore_unknown_formats=False, formats=_FORMATS
        )
    except jsonschema_rs.ValidationError as error:
        path: Path = tuple(error.instance_path)
        found = str(error).splitlines()[0]
        if path and path[-1] == "pattern":
            raise _mistake(path, "a regular expression of ECMA-262", found) from None
        raise _mistake(path, "a valid JSON Schema", found) from None
    except ValueError as error:
        raise _mistake((), "a valid JSON Schema", str(error).splitlines()[0]) from None


def _check_reference(path: Path, schema: Schema) -> None:
    for key in ("$ref", "$dynamicRef", "$recursiveRef"):
        target = schema.get(key)
        local = isinstance(target, str) and (target == "#" or target.startswith("#/"))
        if target is not None and (key != "$ref" or not local):
            expected = "a reference within the schema, such as $ref = #/$defs/name"
            raise _mistake((*path, key), expected, repr(target))


def _check_format(path: Path, schema: Schema) -> None:
    name = schema.get("format")
    if name is not None and name not in (*FORMATS, LOCATION):
        expected = f"one of the formats {', '.join(FORMATS)}"
        raise _mistake((*path, "format"), expected, repr(name) + did_you_mean(name, FORMATS))


def _check_keywords(path: Path, schema: Schema) -> None:
    for key in schema:
        if key not in KEYWORDS and not key.startswith("x-"):
            found = f'"{key}"{did_you_mean(key, sorted(KEYWORDS))}'
            raise _mistake((*path, key), "a keyword of JSON Schema", found)


def _check_bounds(path: Path, schema: Schema) -> None:
    for least, most in _BOUNDS:
        low, high = schema.get(least), schema.get(most)
        if low is not None and high is not None and low > high:
            found = f"{least} {low} and {most} {high}"
            raise _mistake(path, f"{least} to be at most {most}", found)
    for low_name, high_name in (
        ("exclusiveMinimum", "exclusiveMaximum"),
        ("exclusiveMinimum", "maximum"),
        ("minimum", "exclusiveMaximum"),
    ):
        low, high = schema.get(low_name), schema.get(high_name)
        if low is not None and high is not None and low >= high:
            found = f"{low_name} {low} and {high_name} {high}"
            raise _mistake(path, f"{low_name} to be below {high_name}", found)


def _check_values(reading: AttributeSchema) -> None:
    """That what the schema itself shows to be without any value is found at once."""
    if not reading.types:
        raise _mistake((), "a schema that some value fits", "types that exclude each other")
    for key in ("enum", "const"):
        values = reading.schema.get(key, ()) if key == "enum" else [reading.schema.get(key)]
        if key in reading.schema and not any(map(reading.accepts, values)):
            found = f"no value of {key} that fits the other keywords"
            raise _mistake((), "a schema that some value fits", found)


def _types(schema: Schema | bool, root: Schema, seen: frozenset[str]) -> frozenset[str]:
    """The types that values of ``schema`` may be of; perhaps too many, never too few."""
    if isinstance(schema, bool):
        return ALL_TYPES if schema else frozenset()
    found = ALL_TYPES
    for types in _type_sets(schema, root, seen):
        found &= types
    return found


def _type_sets(schema: Schema, root: Schema, seen: frozenset[str]) -> Iterator[frozenset[str]]:
    named = schema.get("type")
    if named is not None:
        names = [named] if isinstance(named, str) else named
        yield frozenset("number" if name == "integer" else name for name in names)
    if "enum" in schema:
        yield frozenset(map(json_type, schema["enum"]))
    if "const" in schema:
        yield frozenset((json_type(schema["const"]),))
    for part in schema.get("allOf", ()):
        yield _types(part, root, seen)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            yield frozenset().union(*(_types(part, root, seen) for part in schema[key]))
    reference = schema.get("$ref")
    if reference is not None and reference not in seen:
        yield _types(referred(root, reference), root, seen | {reference})
