"""Mutants of a scenario."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    MARK,
    Environment,
    Fetch,
    Reopen,
    ReturnItems,
    Scenario,
    Update,
)
from cartfuzz.strategies import draw_scenarios, mutators, scenarios

ITEM = {"name": "Mug", "sku": "mug-of-the-shop", "quantity": 2, "price": 7.5}


def seed(*bodies: Any) -> Scenario:
    steps = tuple(Update(body=body) for body in bodies)
    return Scenario(title="recorded", sessions=(f"s-{MARK}",), steps=steps)


ORDER = seed(
    {"customerSession": {"cartItems": [ITEM], "profileId": f"p-{MARK}"}},
    {"customerSession": {"state": "closed"}},
)


def test_mutants_differ_and_keep_what_is_the_shops() -> None:
    """They are on the same sessions; most still have the shop's own item; some have another end."""
    drawn = draw_scenarios(mutators(EXAMPLE_ENVIRONMENT)(ORDER), seed=1, count=200)
    assert len({repr(one.steps) for one in drawn}) > 150
    assert all(one.sessions == ORDER.sessions for one in drawn)
    assert sum("mug-of-the-shop" in repr(one) for one in drawn) > 120
    kinds = {type(step) for one in drawn for step in one.steps}
    assert kinds == {Update, Fetch, ReturnItems}
    assert any(isinstance(step, Update) and step.dry for one in drawn for step in one.steps)


def test_the_smallest_mutant_has_one_more_read() -> None:
    """What Hypothesis shrinks to is the scenario itself, nearly."""
    mutants = mutators(EXAMPLE_ENVIRONMENT)(ORDER)
    (first, *_) = draw_scenarios(mutants, seed=1, count=1)
    assert len(first.steps) >= 1


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "text",
        {},
        {"customerSession": None},
        {"customerSession": {"state": "paused", "cartItems": [ITEM]}},
        {"customerSession": {"state": ["open"]}},
        {"customerSession": {"cartItems": None}},
        {"customerSession": {"cartItems": [1, None, {"quantity": "x"}]}},
        {"customerSession": {"cartItems": [{"quantity": True}]}},
        {"customerSession": {"cartItems": [{"quantity": 10**30}]}},
        {"customerSession": {"attributes": 5, "couponCodes": None}},
    ],
)
def test_odd_traffic_has_mutants_too(body: Any) -> None:
    """Bodies that are not valid requests can be mutated as well."""
    odd = Scenario(
        title="odd",
        sessions=(f"s-{MARK}",),
        steps=(
            Update(body=body),
            ReturnItems(body=body),
            ReturnItems(body={"return": {"returnedCartItems": [{"position": 10**30}]}}),
            Reopen(),
            Update(body=body),
        ),
    )
    assert len(draw_scenarios(mutators(EXAMPLE_ENVIRONMENT)(odd), seed=1, count=50)) == 50


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_every_scenario_has_mutants(data: st.DataObject) -> None:
    """Whatever the scenario, its mutants have steps on its sessions."""
    environment = data.draw(st.sampled_from([EXAMPLE_ENVIRONMENT, Environment()]))
    scenario = data.draw(scenarios(environment, max_steps=10))
    mutant = data.draw(mutators(environment)(scenario))
    assert mutant.steps
    assert mutant.sessions == scenario.sessions
