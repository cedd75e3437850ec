"""When two attributes, two costs, or two JSON values are the same for a target."""

from __future__ import annotations

from typing import Any

import pytest

from cartfuzz.oracle.model.attribute_values import (
    is_default,
    same_attribute,
    same_attributes,
    same_value,
)
from cartfuzz.oracle.model.costs import is_free, same_cost, without_free
from cartfuzz.oracle.model.input_classes import kind_of, magnitude, named, reading_of, shape_of
from cartfuzz.oracle.model.instants import same_instant
from cartfuzz.oracle.model.knowledge import is_empty, same_json

NOON, ALSO_NOON = "2026-01-01T12:00:00Z", "2026-01-01T13:00:00+01:00"
DECLARED: dict[str, dict[str, Any]] = {
    "at": {"type": "string", "format": "date-time"},
    "text": {"type": "string", "default": "none"},
    "number": {"type": "number"},
}


@pytest.mark.parametrize(
    ("known", "found", "same"),
    [
        (NOON, ALSO_NOON, True),
        ([NOON], [ALSO_NOON], True),
        ([NOON], [ALSO_NOON, NOON], False),
        ([NOON, NOON], [ALSO_NOON], False),
        ([NOON], [NOON[:-1]], False),
        ({"a": NOON}, {"a": ALSO_NOON}, True),
        ({"a": NOON}, {}, False),
        ({}, {"a": NOON}, False),
        ({"a": None}, {}, True),
        ({"a": None}, {"a": 1}, True),
        ({}, {"a": None}, True),
        ({"a": NOON, "b": None}, {"a": ALSO_NOON, "c": None}, True),
        ({"a": NOON, "b": None}, {"b": None}, False),
        ({"a": 1}, {"a": 2}, False),
        (1, 1.0, True),
        (1, "1", False),
        ([], {}, False),
    ],
    ids=str,
)
def test_values_of_attributes(known: Any, found: Any, same: bool) -> None:
    """Times are instants however deep; a null may be left out, kept or ignored."""
    assert same_value(known, found) is same


@pytest.mark.parametrize(
    ("name", "known", "found", "same"),
    [
        ("at", NOON, ALSO_NOON, True),
        ("text", NOON, ALSO_NOON, False),
        ("other", NOON, ALSO_NOON, False),
        ("other", NOON, NOON, True),
        ("at", None, NOON, True),
        ("at", NOON, None, False),
    ],
)
def test_attributes_are_the_same_as_they_are_declared(
    name: str, known: Any, found: Any, same: bool
) -> None:
    """Only what is declared as a time is compared as one."""
    assert same_attribute(name, known, found, DECLARED) is same


@pytest.mark.parametrize(
    ("name", "value", "default"),
    [
        ("text", None, True),
        ("text", "", True),
        ("text", [], True),
        ("text", False, True),
        ("text", True, False),
        ("number", 0, True),
        ("number", 0.0, True),
        ("number", 1, False),
        ("number", -1, False),
        ("text", "none", True),
        ("text", "some", False),
        ("other", "none", False),
        ("at", "0001-01-01T00:00:00Z", True),
        ("at", "1970-01-01T01:00:00+01:00", True),
        ("at", "00000000-0000-0000-0000-000000000000", True),
        ("at", NOON, False),
    ],
)
def test_what_was_never_set(name: str, value: Any, default: bool) -> None:
    """Empty values, zeros of libraries, and the default that the schema names."""
    assert is_default(name, value, DECLARED) is default


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"at": NOON}, {"at": ALSO_NOON}, True),
        ({"at": NOON}, {"at": ALSO_NOON, "other": 1}, True),
        ({"number": 0}, {}, True),
        ({}, {"number": 0}, True),
        ({"number": 1}, {}, False),
        ({}, {"number": 1}, False),
        ({"number": 1, "text": "a"}, {"number": 1, "text": "b"}, False),
        (None, [], True),
        (None, {"number": 1}, False),
        ({"number": 1}, None, False),
    ],
    ids=str,
)
def test_maps_of_attributes(one: Any, other: Any, same: bool) -> None:
    """Only declared attributes count, and an unset one may be left out."""
    assert same_attributes(one, other, DECLARED) is same


@pytest.mark.parametrize(
    ("sent", "shown", "same"),
    [
        ({"price": 1}, {"price": 1.0, "title": "x"}, True),
        ({"price": 1, "title": "x"}, {"price": 1}, False),
        ({"price": 1}, {"price": 2}, False),
        ({"price": 1}, {}, False),
        (None, None, True),
        ({"price": 1}, None, False),
    ],
    ids=str,
)
def test_costs(sent: Any, shown: Any, same: bool) -> None:
    """All that was sent comes back; more may have joined it."""
    assert same_cost(sent, shown) is same


def test_free_costs() -> None:
    """Without a price, or of zero."""
    costs = {
        "none": None,
        "empty": {},
        "null": {"price": None},
        "zero": {"price": 0.0},
        "one": {"price": 1},
        "text": {"price": "0"},
        "odd": 0,
        "bool": {"price": False},
    }
    assert set(without_free(costs)) == {"one", "text", "odd", "bool"}
    assert is_free(None)


def test_emptiness() -> None:
    """Absent, null and empty are one; zero and false are values."""
    values: list[Any] = [None, "", [], {}, 0, False, " ", [None]]
    assert [value for value in values if is_empty(value)] == [None, "", [], {}]


@pytest.mark.parametrize(
    ("known", "found", "same"),
    [
        (NOON, ALSO_NOON, True),
        (NOON, "2026-01-01T12:00:00.000001Z", True),
        (NOON, "2026-01-01T12:00:00.000002Z", False),
        (NOON, "2026-01-01T11:59:59.999998Z", False),
        ("2026-01-01T11:59:60Z", NOON, True),
        ("2026-01-01T11:59:61Z", NOON, False),
        (NOON, "2026-01-01 12:00:00z", True),
        (NOON, "noon", False),
        ("noon", "noon", True),
        (NOON, None, False),
        (None, None, True),
        ("2026-02-30T00:00:00Z", "2026-02-30T00:00:00Z", True),
    ],
)
def test_instants(known: Any, found: Any, same: bool) -> None:
    """To the microsecond; what is no time must be the same text."""
    assert same_instant(known, found) is same
    assert same_instant(found, known) is same


@pytest.mark.parametrize(
    ("value", "least", "most", "expected"),
    [
        (4.0, 0, 4, "float, the most"),
        (3, 0, 4, "integer"),
        (4.5, 0, 4, "float, within, with a fraction"),
        (5.0, 0, 4, "float, above"),
        (0.0, 0, 4, "float, within"),
        (-0.5, 0, 4, "float, below, with a fraction"),
        ("3", 0, 4, "string, within"),
        ("3e400", 0, 4, "string, above"),
        ("x", 0, 4, "string"),
        ("NaN", 0, 4, "string"),
        (True, 0, 4, "true, within"),
        (True, 0, 1, "true, the most"),
        (False, 1, 4, "false, below"),
        (None, 0, 4, "null"),
        ([], 0, 4, "empty list"),
        ({"a": 1}, 0, 4, "map"),
    ],
)
def test_what_a_lax_reader_makes_of_a_value(
    value: Any, least: int, most: int, expected: str
) -> None:
    """Its type, and where it lies; a fraction may be cut off."""
    assert reading_of(value, least, most) == expected


def test_texts_of_classes() -> None:
    """Sorted names, and shapes without what is ordinary."""
    assert named(["b", "é", "a"]) == r"\xe9, a, b"
    assert named(["n" * 60]) == "n" * 60
    long = named(["n" * 61])
    assert long.startswith("n" * 50 + "~")
    assert len(long) == 59
    assert named(["n" * 62]) != long
    assert shape_of("a-_ b!~/\x7f") == r"a!~/\x7f"
    assert magnitude(0) == "zero"
    assert magnitude(10**8 - 1) == "below 10^8"
    assert magnitude(10**8) == "from 10^8"
    assert magnitude(2**31) == "from 2^31"
    assert magnitude(-(2**31)) == "negative, from 2^31"
    assert [kind_of(one) for one in (0, 0.0, False, None, {"a": 1}, [0])] == [
        "integer",
        "float",
        "false",
        "null",
        "map",
        "list of integer",
    ]


def test_long_lists() -> None:
    """However long, lists are the same where their members are."""
    assert same_json([*range(300)], [*range(300)])
    assert not same_json([*range(300)], [*range(299)])
