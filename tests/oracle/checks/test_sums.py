"""Sums that totals of a response are compared with."""

from __future__ import annotations

import math
import random
from decimal import Decimal, localcontext

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cartfuzz.oracle.checks.sums import Sum, exact

PRICES = st.one_of(
    st.integers(-(10**18), 10**18),
    st.floats(-1e15, 1e15, allow_nan=False),
    st.integers(-(10**6), 10**6).map(lambda cents: cents / 100),
)
TERMS = st.lists(st.tuples(PRICES, st.integers(1, 10_000)), max_size=30)


@given(TERMS, TERMS, st.floats(-2, 2) | st.sampled_from([-1, -0.5, 0, 0.5, 1]))
@example([(0.1, 3)], [], 0)
@example([(0.1, 3)], [], 1.5)
@example([(1e308, 10)], [], 0)
@example([(10**400, 1)], [], 0)
def test_doubles_never_decide_otherwise_than_decimals(
    added: list[tuple[float, int]], subtracted: list[tuple[float, int]], distance: float
) -> None:
    """A number within twice the tolerance of a sum is near it exactly where decimals find it so."""
    total = Sum.of(added).minus(Sum.of(subtracted))
    with localcontext(prec=400):
        aim = total.value + total.tolerance * exact(distance)
    try:
        found = float(aim)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        found = 1.0
    with localcontext(prec=400):
        is_within = abs(exact(found) - total.value) <= total.tolerance
    assert total.is_near(found) == is_within


@given(st.lists(st.tuples(st.floats(0, 1e6), st.integers(1, 30)), min_size=1, max_size=30))
def test_any_order_of_addition_is_near(terms: list[tuple[float, int]]) -> None:
    """Doubles that are added unit by unit in any order are the sum."""
    units = [price for price, units in terms for _ in range(units)]
    random.Random(len(units)).shuffle(units)
    assert Sum.of(terms).is_near(sum(units))


@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 9)), min_size=1, max_size=9))
def test_rounding_to_cents_is_not_near(terms: list[tuple[int, int]]) -> None:
    """A sum with a third of a cent is another number than the sum that is rounded to cents."""
    prices = [(cents / 100, units) for cents, units in terms] + [(1 / 3, 1)]
    total = Sum.of(prices)
    assert not total.is_near(round(float(total.value), 2))


@given(TERMS)
def test_what_is_added_and_subtracted_is_zero(terms: list[tuple[float, int]]) -> None:
    """A sum without itself is exactly 0, and a sum is 0 exactly where its value is."""
    total = Sum.of(terms)
    assert total.minus(total).is_zero
    assert total.is_zero == (total.value == Decimal(0))


@pytest.mark.parametrize(
    ("terms", "zero", "positive"),
    [
        ([], True, False),
        ([(1, 0)], True, False),
        ([(0, 5)], True, False),
        ([(1, 1)], False, True),
        ([(-1, 1)], False, False),
        ([(-1, 1), (1, 1)], True, False),
        ([(-1, 1), (1.5, 1)], False, True),
        ([(0.1, 3), (-0.3, 1)], True, False),
        ([(0.1, 3), (-0.2, 1), (-0.1, 1)], True, False),
        ([(10**400, 1)], False, True),
    ],
    ids=str,
)
def test_signs(terms: list[tuple[float, int]], zero: bool, positive: bool) -> None:
    """As decimals have them: 0.1 + 0.2 is 0.3."""
    total = Sum.of(terms)
    assert (total.is_zero, total.is_positive) == (zero, positive)


def test_tolerances() -> None:
    """An epsilon of the scale for each unit that may be added by itself, and eight more."""
    for total, epsilons in (
        (Sum.of([(2, 3)]), 11 * 6),
        (Sum.of([(2, 3), (-2, 3)]), 14 * 12),
        (Sum.of([(2, 3)]).minus(Sum.of([(2, 3)])), 14 * 12),
        (Sum.of([(1, 20_000)]), 10_008 * 20_000),
    ):
        assert float(total.tolerance) == epsilons * 2.0**-52
    assert Sum.of([(-3, 2)]).in_doubles == (-6, 6)
    assert Sum.of([(5, 1)]).minus(Sum.of([(3, 1)])).in_doubles == (2, 8)
    assert Sum.of([(10**400, 1)]).in_doubles is None


def test_adding_and_subtracting() -> None:
    """A sum with nothing is the other; what is subtracted twice is added."""
    one, other, nothing = Sum.of([(5, 2)]), Sum.of([(0.5, 1)]), Sum()
    assert one.plus(nothing) is one
    assert nothing.plus(one) is one
    assert one.plus(other).value == Decimal("10.5")
    assert one.minus(other).value == Decimal("9.5")
    less = nothing.minus(other)
    assert less.value == Decimal("-0.5")
    assert one.plus(less).value == Decimal("9.5")
    assert less.plus(nothing) is less
    assert nothing.plus(less).value == Decimal("-0.5")
    assert one.minus(less).value == Decimal("10.5")
