"""Sums that totals of a response are compared with."""

from __future__ import annotations

import math
import random
from decimal import Decimal, localcontext

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
