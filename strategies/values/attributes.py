"""Strategies and samples for the values of declared attributes.

The owner of an application declares each custom attribute by a JSON Schema. Only
`from_declared_schema` uses hypothesis-jsonschema.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis_jsonschema import _from_schema as drawing_module
from hypothesis_jsonschema import from_schema
from jsonschema_rs import validator_for

from .jsonschema_guard import guard

Schema = Mapping[str, Any]


def from_declared_schema(schema: Schema) -> st.SearchStrategy[Any]:
    """JSON values that are valid under ``schema``, with texts that UTF-8 can encode.

    Args:
        schema: a JSON Schema.

    Raises:
        hypothesis.errors.InvalidArgument: on drawing, if ``schema`` is not a JSON Schema.
    """
    # Not on import, so that a process that only imports this package is unchanged.
    guard(drawing_module)
    # The default, codec="utf-8", costs 1.5 s and 200 MB in a directory without Hypothesis' cache.
    return from_schema(dict(schema), codec=None).filter(_encodable)


def _encodable(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def attributes(declared: Mapping[str, Schema]) -> st.SearchStrategy[dict[str, Any]]:
    """Maps from some of the declared names to valid values (ATTR-01).

    Args:
        declared: name to JSON Schema.
    """
    return st.fixed_dictionaries(
        {}, optional={name: from_declared_schema(schema) for name, schema in declared.items()}
    )


def _candidates(schema: Schema) -> list[Any]:
    """Values that a usual schema may allow: those that it names, its bounds, plain ones."""
    own = [*schema.get("enum", ()), *schema.get("examples", ())]
    own += [schema[key] for key in ("const", "default") if key in schema]
    own += [schema[key] for key in ("minimum", "maximum") if key in schema]
    lengths = [
        schema[key] for key in ("minLength", "maxLength") if isinstance(schema.get(key), int)
    ]
    own += ["t" * length for length in lengths if length <= 1_000]
    plain: list[Any] = ["red", "blå 😀", True, False, 1, 2, 0, 4.5, "", "2026-01-31T10:00:00Z"]
    items = schema.get("items")
    inner = _candidates(items) if isinstance(items, Mapping) else plain[:2]
    lists: list[Any] = [inner[:1], inner[:2], inner[1::-1], []]
    return own + plain + lists + [{}]


def sample_values(schema: Schema) -> tuple[Any, ...]:
    """A few distinct valid values of ``schema``, always the same; at least one.

    Args:
        schema: a JSON Schema.

    Raises:
        hypothesis.errors.NoSuchExample: Hypothesis finds no valid value.
        jsonschema_rs.ValidationError: ``schema`` is not a JSON Schema.
    """
    validator = validator_for(dict(schema))
    found = {json.dumps(value): value for value in _candidates(schema) if validator.is_valid(value)}
    if not found:
        # A schema with a pattern, a format or the like: the simplest value that it allows.
        value = find(
            from_declared_schema(schema),
            lambda _: True,
            settings=settings(
                database=None,
                derandomize=True,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=(Phase.generate, Phase.shrink),
            ),
        )
        return (value,)
    return tuple(found.values())


def wrong_values(schema: Schema) -> tuple[Any, ...]:
    """One value of each JSON type that ``schema`` does not allow (ATTR-03); may be empty.

    ``null`` is never among them, since its meaning is open (MERGE-U2).

    Args:
        schema: a JSON Schema.
    """
    validator = validator_for(dict(schema))
    by_type: tuple[tuple[Any, ...], ...] = (
        ("text", "", "1", "true", "web", "2026-01-31T10:00:00Z"),
        (1, 0, 50, 4.5),
        (True, False),
        ([], ["text"], [1]),
        ({}, {"key": "text"}),
    )
    refused = [
        values[0] for values in by_type if not any(validator.is_valid(value) for value in values)
    ]
    accepted_types = {type(value) for value in sample_values(schema)}
    return tuple(value for value in refused if type(value) not in accepted_types)
