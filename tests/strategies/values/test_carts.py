"""Carts: boundaries are met, bounds are kept, and shrinking ends at the true edge."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from jsonschema_rs import validator_for

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, Entity, Environment, schema
from cartfuzz.strategies import (
    additional_costs,
    cart_items,
    carts,
    draw_examples,
    prices,
    quantities,
)
from cartfuzz.strategies.values.carts import distribute, expand

from ..helpers import minimal

SIMPLEST = {"sku": "A", "name": "A", "quantity": 1, "price": 1}


def units(cart: list[dict[str, Any]]) -> int:
    """The sum of quantities."""
    return sum(item["quantity"] for item in cart)


def test_both_limits_are_met_from_both_sides() -> None:
    """A thousand carts hold each boundary several times."""
    strategy = carts(EXAMPLE_ENVIRONMENT, max_size=1_001).map(lambda c: (len(c), units(c)))
    drawn = draw_examples(strategy, seed=1, count=1_000)
    sizes = Counter(size for size, _ in drawn)
    sums = Counter(total for _, total in drawn)
    assert all(sizes[size] >= 5 for size in (0, 1, 999, 1_000, 1_001))
    assert all(sums[total] >= 5 for total in (9_999, 10_000, 10_001))


def test_too_many_items_shrink_to_one_too_many() -> None:
    """The smallest cart of more than 1000 items has 1001 of the simplest, one unit each."""
    cart = minimal(carts(EXAMPLE_ENVIRONMENT, max_size=2_000), lambda c: len(c) > 1_000)
    assert cart == [SIMPLEST] * 1_001


def test_too_many_units_shrink_to_a_single_item() -> None:
    """The smallest cart of more than 10,000 units is one item with one too many."""
    cart = minimal(carts(EXAMPLE_ENVIRONMENT), lambda c: units(c) > 10_000)
    assert cart == [{**SIMPLEST, "quantity": 10_001}]


def test_bounds_are_kept(environment: Environment) -> None:
    """Sizes and sums stay inside the bounds, which are inclusive."""
    strategy = carts(environment, min_size=2, max_size=5, min_quantity_sum=7, max_quantity_sum=9)
    for cart in draw_examples(strategy, seed=1, count=150):
        assert 2 <= len(cart) <= 5
        assert 7 <= units(cart) <= 9


def test_default_bounds_are_the_limits_of_the_contract(environment: Environment) -> None:
    """By default no cart breaks CART-02 or, where it holds, CART-04."""
    shapes = carts(environment).map(lambda c: (len(c), units(c)))
    for size, total in draw_examples(shapes, seed=2, count=150):
        assert size <= 1_000
        assert environment.quantity_sum_limit is None or total <= environment.quantity_sum_limit


@pytest.mark.parametrize(
    "bounds",
    [
        {"min_size": 3, "max_size": 2},
        {"min_size": -1},
        {"min_size": 3, "max_quantity_sum": 2},
        {"max_size": 0, "min_quantity_sum": 1},
        {"min_quantity_sum": 5, "max_quantity_sum": 4},
    ],
)
def test_impossible_bounds_are_refused(bounds: dict[str, int]) -> None:
    """A cart that cannot exist is an error, not an empty strategy."""
    with pytest.raises(InvalidArgument, match="Expected bounds that a cart fits"):
        carts(EXAMPLE_ENVIRONMENT, **bounds)


@given(st.integers(1, 60), st.integers(0, 20_000), st.integers(0, 3))
def test_quantities_add_up(size: int, excess: int, shape: int) -> None:
    """Whatever the shape, each item has a unit and all have the sum."""
    dealt = distribute(size, size + excess, shape=shape)
    assert len(dealt) == size
    assert sum(dealt) == size + excess
    assert min(dealt) >= 1


def test_what_cannot_add_up_is_refused() -> None:
    """Fewer units than items is an error."""
    with pytest.raises(InvalidArgument, match="can add up to"):
        distribute(3, 2)


def test_numbered_items_have_skus_of_their_own() -> None:
    """Else items made of one template are equal."""
    cart = expand([SIMPLEST], [1, 2, 3], numbered=True)
    assert [item["sku"] for item in cart] == ["A-0", "A-1", "A-2"]


def test_items_are_valid_and_use_every_field(environment: Environment) -> None:
    """Every drawn item conforms to CartItem; over many, each field the environment has appears."""
    validator = validator_for(schema(environment.contract, Entity.CART_ITEM))
    used: set[str] = set()
    for item in draw_examples(cart_items(environment), seed=1, count=200):
        assert validator.is_valid(item), item
        assert item["price"] > 0
        used |= item.keys()
    expected = {"sku", "name", "quantity", "price", "category", "weight", "height", "width"}
    expected |= {"length", "attributes", "additionalCosts"}
    assert used == expected


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(prices(min_value=0, max_value=100))
def test_prices_are_finite_and_within_bounds(price: float) -> None:
    """No NaN, no infinity, nothing outside."""
    assert 0 <= price <= 100
    assert math.isfinite(price)


def test_prices_have_many_shapes() -> None:
    """Whole prices, cents and prices of many decimals all appear."""
    drawn = draw_examples(prices(), seed=1, count=200)
    assert any(isinstance(price, int) for price in drawn)
    assert any(price != round(price, 2) for price in drawn)
    assert any(price % 1 and price == round(price, 2) for price in drawn)
    assert any(price > 100_000 for price in drawn)


def test_impossible_numbers_are_refused() -> None:
    """Bounds that contradict each other are errors."""
    with pytest.raises(InvalidArgument, match="min_value"):
        prices(min_value=2, max_value=1)
    with pytest.raises(InvalidArgument, match="finite"):
        prices(max_value=math.inf)
    with pytest.raises(InvalidArgument, match="min_value"):
        quantities(min_value=2, max_value=1)
    with pytest.raises(InvalidArgument, match="at least 1 cost names"):
        additional_costs((), min_size=1)


@given(quantities(min_value=3, max_value=7))
def test_quantities_are_within_bounds(quantity: int) -> None:
    """Both bounds are inclusive."""
    assert 3 <= quantity <= 7
