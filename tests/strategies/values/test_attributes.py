"""Declared attributes: hypothesis-jsonschema behind one function, and the guard around it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.internal.conjecture import utils
from jsonschema_rs import validator_for

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ConfigurationError, Environment
from cartfuzz.contract.attribute_schemas import read_schema
from cartfuzz.contract.attribute_types import ATTRIBUTE_TYPES
from cartfuzz.contract.text_formats import FORMATS
from cartfuzz.strategies import (
    Samples,
    attributes,
    check_attributes,
    draw_examples,
    edge_scenarios,
    from_declared_schema,
)
from cartfuzz.strategies.values.attributes import sample_values, share_dropped, wrong_values
from cartfuzz.strategies.values.ecma_patterns import python_pattern
from cartfuzz.strategies.values.formats import EDGES
from cartfuzz.strategies.values.jsonschema_guard import UtilitiesView, guard
from cartfuzz.strategies.values.stress_values import stress_values

from ..helpers import minimal

NESTED = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "size": {
            "type": "object",
            "properties": {"width": {"type": "integer", "minimum": 3}},
            "required": ["width"],
            "additionalProperties": False,
        },
    },
    "required": ["name", "size"],
    "additionalProperties": {"type": "boolean"},
}
"""An object in an object, with required, optional and free keys."""

DEPENDENT = {
    "type": "object",
    "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
    "dependencies": {"a": {"required": ["b"]}},
    "additionalProperties": False,
}
"""An object whose keys may be rejected after they were drawn."""

NODE = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "value": {"type": "integer"},
                "next": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/node"}]},
            },
            "required": ["value", "next"],
            "additionalProperties": False,
        }
    },
}
"""A list of nodes: recursion that ends with null."""

SCHEMAS = [
    *EXAMPLE_ENVIRONMENT.session_attributes.values(),
    *EXAMPLE_ENVIRONMENT.item_attributes.values(),
    NESTED,
    DEPENDENT,
    {"type": "string", "pattern": "^[a-f]{8}$"},
    {"type": "object"},
    *ATTRIBUTE_TYPES.values(),
    *({"type": "string", "format": name} for name in FORMATS),
    {"type": "array", "items": {"type": "string", "format": "uuid"}, "uniqueItems": True},
    {"type": "string", "format": "date-time", "minLength": 24},
    NODE,
    {"type": "array", "items": {"$ref": "#"}, "maxItems": 3},
    {"oneOf": [{"type": "string", "minLength": 3}, {"type": "integer"}]},
    {"type": ["string", "null"]},
    {"allOf": [{"type": "string"}, {"pattern": "a"}, {"maxLength": 9}]},
    {"type": "string", "not": {"pattern": "[aeiou]"}},
    {"type": "string", "pattern": r"^\p{Lu}\d{3}$"},
    {"type": "string", "pattern": r"^(?<sign>[+-])\d+$"},
    {"type": "string", "pattern": r"\u{1F600}$"},
    {"type": "array", "prefixItems": [{"type": "string"}, {"type": "number"}], "items": False},
    {"type": "array", "contains": {"const": 7}, "items": {"type": "integer"}},
    {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "integer"}},
        "dependentRequired": {"a": ["b"]},
        "unevaluatedProperties": False,
    },
    {"type": "number", "multipleOf": 0.01},
    {"type": "string", "pattern": "^[A-Z]{2}[0-9]{2}$", "format": "hostname"},
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_values_are_valid_under_their_schema(schema: dict[str, Any]) -> None:
    """Every drawn value is one that the reading of the declaration accepts, and so is every value
    that is chosen to stress storage."""
    accepts = read_schema("schema", schema).accepts
    drawn = draw_examples(from_declared_schema(schema), seed=1, count=25)
    assert len(drawn) in range(1, 26)
    assert all(map(accepts, drawn))
    assert all(map(accepts, stress_values(schema)))


def test_texts_can_be_sent(tmp_path: Path) -> None:
    """No lone surrogates; and what UTF-8 can hold need not be worked out first, which takes longer
    than many a run."""
    program = (
        "from cartfuzz.contract import EXAMPLE_ENVIRONMENT\n"
        "from cartfuzz.strategies import draw_examples, from_declared_schema, scenarios\n"
        "schema = {'type': 'string', 'minLength': 5}\n"
        "for text in draw_examples(from_declared_schema(schema), seed=1, count=300):\n"
        "    text.encode()\n"
        "scenarios(EXAMPLE_ENVIRONMENT).validate()\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
    tables = [path.name for path in tmp_path.rglob("*.json.gz")]
    assert not [name for name in tables if "codec" in name]


def test_objects_have_more_than_their_required_keys() -> None:
    """Free keys are drawn too: the adapted loop goes on and ends."""
    drawn = draw_examples(from_declared_schema(NESTED), seed=1, count=60)
    assert {len(value) for value in drawn} >= {2, 3, 4}


def test_rejected_keys_do_not_count() -> None:
    """An object with conditions between its keys takes all the shapes it may."""
    drawn = draw_examples(from_declared_schema(DEPENDENT), seed=1, count=100)
    assert {frozenset(value) for value in drawn} == {
        frozenset(),
        frozenset("b"),
        frozenset("ab"),
    }


def test_nested_objects_shrink_to_the_smallest() -> None:
    """Shrinking goes through the adapted loop: free keys go, numbers reach their bounds."""
    assert minimal(from_declared_schema(NESTED), lambda _: True) == {
        "name": "0",
        "size": {"width": 3},
    }
    long = minimal(from_declared_schema(NESTED), lambda value: len(value) >= 4)
    assert len(long) == 4
    assert long["size"] == {"width": 3}


@given(attributes(EXAMPLE_ENVIRONMENT.session_attributes))
def test_attribute_maps_name_declared_attributes_only(values: dict[str, Any]) -> None:
    """ATTR-02 is never broken by a drawn map."""
    assert values.keys() <= EXAMPLE_ENVIRONMENT.session_attributes.keys()


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_samples_are_valid_and_always_the_same(schema: dict[str, Any]) -> None:
    """The sweep can rely on samples being accepted."""
    samples = sample_values(schema)
    assert samples
    assert samples == sample_values(schema)
    assert all(map(read_schema("schema", schema).accepts, samples))


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_wrong_values_are_of_another_type(schema: dict[str, Any]) -> None:
    """ATTR-03 speaks of types: no wrong value is valid or of the type of a valid one."""
    wrong = wrong_values(schema)
    right = {type(value) for value in sample_values(schema)}
    assert len(wrong) >= 3 or read_schema("schema", schema).is_open
    assert None not in wrong
    for value in wrong:
        assert not validator_for(dict(schema)).is_valid(value)
        assert type(value) not in right


def test_formats_have_more_than_one_value() -> None:
    """Times, days and the like are drawn at the edges of calendars and between them."""
    for name in ("date-time", "date", "time", "uuid"):
        drawn = draw_examples(
            from_declared_schema({"type": "string", "format": name}), seed=1, count=60
        )
        assert len(set(drawn)) > 20
        assert set(drawn) & set(EDGES[name])


def test_recursion_is_drawn_and_ends() -> None:
    """Lists of one node and of more; at some depth null is all that may come."""
    drawn = draw_examples(from_declared_schema(NODE), seed=1, count=40)
    assert {value["next"] is None for value in drawn} == {True, False}


def test_numbers_without_bounds_stay_within_64_bits() -> None:
    """A target that keeps integers of 64 bits is lawful."""
    drawn = draw_examples(from_declared_schema({"type": "integer"}), seed=1, count=100)
    assert all(-(2**63) <= value < 2**63 for value in drawn)
    assert max(map(abs, drawn)) > 2**31


def test_what_storage_loses_is_sent() -> None:
    """The sweep sends 2^53 and around it, single precision's end, leap days and odd texts."""
    assert {16_777_217, 9_007_199_254_740_993} <= set(stress_values({"type": "number"}))
    assert "é" * 256 in stress_values({"type": "string", "minLength": 200})
    time = dict(ATTRIBUTE_TYPES["time"])
    assert set(EDGES["date-time"]) <= {*sample_values(time), *stress_values(time)}
    assert stress_values({"type": "string", "enum": ["a"]}) == ()
    shop = Environment(session_attributes={"Size": "number"})
    sent = str([scenario.steps for scenario in edge_scenarios(shop)])
    assert "9007199254740993" in sent


@pytest.mark.parametrize(
    ("ecma", "python"),
    [
        (r"^\d+$", "^[0-9]+$"),
        (r"[\d.]", "[0-9.]"),
        (r"\W", "[^A-Za-z0-9_]"),
        (r"(?<year>\d)", "(?P<year>[0-9])"),
        (r"(?<!a)b(?<=c)", "(?<!a)b(?<=c)"),
        (r"\u{1F600}", "😀"),
        (r"\/", "/"),
        (r"[[&]", r"[\[\&]"),
        (r"\cA", "\\\x01"),
        (r"\k<year>", "(?P=year)"),
    ],
)
def test_patterns_are_translated(ecma: str, python: str) -> None:
    """What the two languages write in another way is written in Python's."""
    assert python_pattern(ecma) in (python, python.replace("\\\x01", "\x01"))


def test_digits_are_those_of_ecma() -> None:
    """No digits of other scripts, which Python's own reading of the pattern has."""
    drawn = draw_examples(
        from_declared_schema({"type": "string", "pattern": r"^\d+$"}), seed=1, count=50
    )
    assert all(text.isascii() for text in drawn)


def test_locations_are_in_no_valid_request_but_their_own() -> None:
    """The contract does not say how one is written, so a refusal must cost no other check."""
    shop = Environment(
        session_attributes={"Store": "location", "Stores": "(list location)", "Size": "number"}
    )
    assert set(Samples(shop).session_attributes()) == {"Size"}
    drawn = draw_examples(attributes(shop.session_attributes), seed=1, count=30)
    assert {name for values in drawn for name in values} == {"Size"}
    assert "values of session attribute Store" in {one.title for one in edge_scenarios(shop)}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 0.2, "maximum": 0.8},
        {"type": "array", "items": False, "minItems": 1},
        {"type": "string", "pattern": "^a$", "minLength": 5},
    ],
    ids=str,
)
def test_a_schema_that_no_value_fits_is_named(schema: dict[str, Any]) -> None:
    """Before anything is sent, by its key."""
    shop = Environment(item_attributes={"odd": schema})
    expected = r"environment\.item_attributes\.odd: expected a schema that some value fits"
    with pytest.raises(ConfigurationError, match=expected):
        check_attributes(shop)
    with pytest.raises(ConfigurationError, match=expected):
        Samples(shop)


def test_what_is_dropped_is_counted() -> None:
    """Where over half does not fit there is a line; where drawing hits, there is none."""
    hard = {"type": "string", "pattern": "^a", "format": "uuid"}
    assert share_dropped(hard) > 0.5
    assert share_dropped({"type": "string", "format": "uuid"}) == 0
    assert share_dropped({"type": "string"}) == 0
    (note,) = check_attributes(Environment(session_attributes={"key": hard, "plain": "string"}))
    assert note.startswith("environment.session_attributes.key: ")
    assert "% of the values drawn for it do not fit" in note


class OldMany:
    """The interface that hypothesis-jsonschema was written for."""

    def more(self) -> bool:
        """Never another element."""
        return False


def fake_module(many: type) -> SimpleNamespace:
    """A module that holds Hypothesis' helpers as ``cu``."""
    helpers = ModuleType("helpers")
    helpers.many = many  # type: ignore[attr-defined]  # a module made on the spot
    return SimpleNamespace(cu=helpers)


def test_the_guard_leaves_the_former_interface_alone() -> None:
    """Where ``many`` has ``more``, nothing is replaced."""
    module = fake_module(OldMany)
    helpers = module.cu
    assert guard(module) is False
    assert module.cu is helpers


def test_the_guard_acts_once() -> None:
    """The second call finds its own work."""
    module = fake_module(type("NewMany", (), {}))
    assert guard(module) is True
    view = module.cu
    assert guard(module) is False
    assert module.cu is view


def test_the_guard_shows_all_other_helpers() -> None:
    """Only ``many`` differs."""
    view = UtilitiesView(utils)
    assert view.Sampler is utils.Sampler


@pytest.mark.skipif(hasattr(utils.many, "more"), reason="this Hypothesis has the former interface")
def test_the_adapted_loop_draws_rejects_and_ends() -> None:
    """The former interface over the present one: rejected elements do not count."""

    @st.composite
    def evens(draw: st.DrawFn) -> list[int]:
        data = draw(st.data()).conjecture_data
        elements = UtilitiesView(utils).many(data, min_size=2, max_size=4, average_size=3)
        kept = []
        while elements.more():
            number = draw(st.integers(0, 9))
            if number % 2:
                elements.reject()
                elements.reject()  # the former interface allowed it
            else:
                kept.append(number)
        return kept

    drawn = draw_examples(evens(), seed=1, count=50)
    assert {len(kept) for kept in drawn} == {2, 3, 4}
    assert minimal(evens(), lambda _: True) == [0, 0]
