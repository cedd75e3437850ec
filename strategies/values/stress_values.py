"""Valid values of declared attributes that storage is known to lose: numbers at the ends of number
types, long and odd texts, times at the edges of calendars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...contract.attribute_schemas import read_schema
from .attributes import sample_values, valid
from .formats import EDGES

_NUMBERS = (
    16_777_217,  # the first integer that single precision loses
    2_147_483_648,
    9_007_199_254_740_991,
    9_007_199_254_740_993,  # the first integer that double precision loses; equal as doubles
    -9_223_372_036_854_775_808,
    9_223_372_036_854_775_807,
    0.1,
    1 / 3,
    4.999999999999999,
    1e-7,
    123_456_789.123456789,
)
_TEXTS = (
    "null",
    "0012",
    "1e3",
    '"\\/',
    "e\u0301 \u00e9",  # one letter in two spellings, which must stay two
    "\u202eabc\u202c",
    "👩\u200d👩\u200d👧",
    "<b>&amp;</b>",
    "'; --",
    "ﬃ ẞ İı",
)
_LENGTHS = (255, 256, 1_000)
_MOST = 12


def stress_values(schema: Mapping[str, Any]) -> tuple[Any, ...]:
    """Up to twelve valid values of ``schema`` besides its samples; empty for closed lists.

    Only values that the contract promises to keep equal: numbers as doubles, times as instants.

    Args:
        schema: a JSON Schema.

    Raises:
        ConfigurationError: as `sample_values`.
    """
    reading = read_schema("schema", schema)
    if reading.is_open:
        return ()
    items = schema.get("items")
    if "array" in reading.types and isinstance(items, Mapping):
        found = stress_values(items)
        candidates: list[Any] = [
            list(found[place : place + 3]) for place in range(0, len(found), 3)
        ]
    else:
        texts = EDGES.get(str(schema.get("format")), _long_texts(schema))
        candidates = [*_NUMBERS, *texts]
    samples = sample_values(schema)
    return tuple(value for value in valid(candidates, reading) if value not in samples)[:_MOST]


def _long_texts(schema: Mapping[str, Any]) -> tuple[str, ...]:
    most = schema.get("maxLength", max(_LENGTHS))
    lengths = [length for length in _LENGTHS if length <= most]
    return (*_TEXTS, *("é" * length for length in lengths))
