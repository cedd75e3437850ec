"""Values of declared attributes.

An application's owner declares each custom attribute by a JSON Schema. `from_declared_schema` is
the only place that hands a schema to hypothesis-jsonschema.
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

guard(drawing_module)

Schema = Mapping[str, Any]


def from_declared_schema(schema: Schema) -> st.SearchStrategy[Any]:
    """JSON values that are valid under ``schema``, with texts that UTF-8 can hold.

    Raises:
        hypothesis.errors.InvalidArgument: on drawing, if ``schema`` is no JSON Schema.
    """
    # To ask for codec="utf-8", the default, costs 1.5 s and 200 MB in a new directory.
    return from_schema(dict(schema), codec=None).filter(_encodable)


def _encodable(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def attributes(declared: Mapping[str, Schema]) -> st.SearchStrategy[dict[str, Any]]:
    """Maps of some of the ``declared`` names, each to a value of its schema (ATTR-01)."""
    return st.fixed_dictionaries(
        {}, optional={name: from_declared_schema(schema) for name, schema in declared.items()}
    )


def _candidates(schema: Schema) -> list[Any]:
    """Values that a schema of the usual kinds may allow: its own, its bounds, plain ones."""
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

    Raises:
        hypothesis.errors.NoSuchExample: no value seems to be valid.
    """
    validator = validator_for(dict(schema))
    found = {json.dumps(value): value for value in _candidates(schema) if validator.is_valid(value)}
    if not found:
        # Patterns, formats and the like: the simplest value that the schema allows.
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
    """Values of JSON types that ``schema`` does not allow (ATTR-03); none if it allows them all.

    ``null`` is never among them: what it means is left open by MERGE-U2.
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
