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

from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.strategies import attributes, draw_examples, from_declared_schema
from cartfuzz.strategies.values.attributes import sample_values, wrong_values
from cartfuzz.strategies.values.jsonschema_guard import UtilitiesView, guard

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

SCHEMAS = [
    *EXAMPLE_ENVIRONMENT.session_attributes.values(),
    *EXAMPLE_ENVIRONMENT.item_attributes.values(),
    NESTED,
    DEPENDENT,
    {"type": "string", "pattern": "^[a-f]{8}$"},
    {"type": "object"},
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_values_are_valid_under_their_schema(schema: dict[str, Any]) -> None:
    """Every drawn value is one that the declaration allows."""
    validator = validator_for(dict(schema))
    drawn = draw_examples(from_declared_schema(schema), seed=1, count=40)
    assert drawn
    assert all(validator.is_valid(value) for value in drawn)


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
    assert all(validator_for(dict(schema)).is_valid(value) for value in samples)


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_wrong_values_are_of_another_type(schema: dict[str, Any]) -> None:
    """ATTR-03 speaks of types: no wrong value is valid or of the type of a valid one."""
    wrong = wrong_values(schema)
    right = {type(value) for value in sample_values(schema)}
    assert len(wrong) >= 3
    assert None not in wrong
    for value in wrong:
        assert not validator_for(dict(schema)).is_valid(value)
        assert type(value) not in right


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
