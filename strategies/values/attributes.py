"""Strategies and samples for the values of declared attributes.

The owner of an application declares each custom attribute by a JSON Schema.
`cartfuzz.contract.attribute_schemas` reads it, for this module and for the oracle: what that
reading refuses is never drawn. Only `drawn_by_schema` uses hypothesis-jsonschema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

import msgspec
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException, Unsatisfiable
from hypothesis_jsonschema import _from_schema as drawing_module
from hypothesis_jsonschema import from_schema

from ...contract import ConfigurationError
from ...contract.attribute_schemas import AttributeSchema, read_schema
from ..drawing import draw_examples
from .drawing_schema import FORMAT_PREFIX, drawing_schema
from .formats import EDGES, format_strategies
from .jsonschema_guard import guard

Schema = Mapping[str, Any]

_WHERE = "schema"
"""What errors call a schema that belongs to no attribute."""
_MEASURED = 100
"""Drawn values by which the share of those is measured that do not fit."""
_SEARCHED = 500
"""Drawn values among which a valid one is looked for."""


def from_declared_schema(schema: Schema) -> st.SearchStrategy[Any]:
    """JSON values that are valid under ``schema``, with texts that UTF-8 can encode.

    Args:
        schema: a JSON Schema; ``format`` is asserted.

    Raises:
        ConfigurationError: ``schema`` is not one that `read_schema` takes, or, on drawing, no
            value was found that fits it.
    """
    reading = read_schema(_WHERE, schema)
    drawn = drawn_by_schema(reading)
    if reading.is_exact:
        return drawn.filter(reading.accepts)
    return _or_sample(drawn, reading)


@st.composite
def _or_sample(draw: st.DrawFn, drawn: st.SearchStrategy[Any], reading: AttributeSchema) -> Any:
    """What is drawn, or a sample in the place of what the reading refuses."""
    samples = sample_values(reading.schema)
    value = draw(drawn)
    return value if reading.accepts(value) else draw(st.sampled_from(samples))


def drawn_by_schema(reading: AttributeSchema) -> st.SearchStrategy[Any]:
    """JSON values that should be valid; the reading decides whether they are."""
    # Not on import, so that a process that only imports this package is unchanged.
    guard(drawing_module)
    # The default, codec="utf-8", costs 1.5 s and 200 MB in a directory without Hypothesis' cache.
    strategy: st.SearchStrategy[Any] = from_schema(
        drawing_schema(reading.schema),
        codec=None,
        custom_formats=format_strategies(FORMAT_PREFIX) if reading.formats else None,
    )
    return strategy


def attributes(declared: Mapping[str, Schema]) -> st.SearchStrategy[dict[str, Any]]:
    """Maps from some of the declared names to valid values (ATTR-01).

    Args:
        declared: name to JSON Schema. Locations are left out: the contract does not say how one is
            written.
    """
    return st.fixed_dictionaries(
        {},
        optional={
            name: from_declared_schema(schema)
            for name, schema in declared.items()
            if not read_schema(name, schema).is_open
        },
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
    if schema.get("format") in EDGES:
        # Plain texts may be of a format by accident; these are beyond doubt.
        others = [value for value in plain if not isinstance(value, str)]
        plain = [*EDGES[str(schema["format"])][:3], *others]
    items = schema.get("items")
    inner = _candidates(items) if isinstance(items, Mapping) else plain[:2]
    lists: list[Any] = [inner[:1], inner[:2], inner[1::-1], []]
    return own + plain + lists + [{}]


def valid(values: Iterable[Any], reading: AttributeSchema) -> tuple[Any, ...]:
    """The distinct ones of ``values`` that fit, in their order."""
    return tuple({json.dumps(value): value for value in values if reading.accepts(value)}.values())


def sample_values(schema: Schema, *, where: str = _WHERE) -> tuple[Any, ...]:
    """A few distinct valid values of ``schema``, always the same; at least one.

    Args:
        schema: a JSON Schema.
        where: its key, for errors.

    Raises:
        ConfigurationError: it is not one that `read_schema` takes, or no value was found that
            fits it.
    """
    read_schema(where, schema)
    samples = _samples(msgspec.json.encode(schema))
    if not samples:
        raise ConfigurationError(
            where,
            expected="a schema that some value fits",
            found=f"none among {_SEARCHED} values that were drawn for it",
        )
    return samples


@lru_cache(maxsize=512)
def _samples(encoded: bytes) -> tuple[Any, ...]:
    reading = read_schema(_WHERE, msgspec.json.decode(encoded))
    return valid(_candidates(reading.schema), reading) or _found(reading)


def _found(reading: AttributeSchema) -> tuple[Any, ...]:
    """The simplest value of a schema with a pattern or the like; empty if none was found."""
    try:
        value = find(
            drawn_by_schema(reading),
            reading.accepts,
            settings=settings(
                max_examples=_SEARCHED,
                database=None,
                derandomize=True,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=(Phase.generate, Phase.shrink),
            ),
        )
    except HypothesisException:
        return ()
    return (value,)


def share_dropped(schema: Schema) -> float:
    """The share of what is drawn for ``schema`` that does not fit it, from 0 to 1: measured on a
    hundred values, always the same."""
    reading = read_schema(_WHERE, schema)
    if reading.is_exact:
        return 0.0
    drawn = drawn_by_schema(reading)
    tried = kept = 0

    @st.composite
    def trial(draw: st.DrawFn) -> None:
        nonlocal tried, kept
        tried += 1
        kept += reading.accepts(draw(drawn))

    with suppress(Unsatisfiable):
        draw_examples(trial(), seed=0, count=_MEASURED)
    return 1 - kept / max(tried, 1)


_OF_ANOTHER_TYPE: Mapping[str, Any] = {
    "string": "text",
    "number": 1,
    "boolean": True,
    "array": [],
    "object": {},
}


def wrong_values(schema: Schema) -> tuple[Any, ...]:
    """One value of each JSON type that ``schema`` does not allow (ATTR-03); may be empty.

    ``null`` is never among them, since its meaning is open (MERGE-U2); nor is there one for
    locations, which may be written in any way.

    Args:
        schema: a JSON Schema.
    """
    reading = read_schema(_WHERE, schema)
    if reading.is_open:
        return ()
    return tuple(value for name, value in _OF_ANOTHER_TYPE.items() if name not in reading.types)
