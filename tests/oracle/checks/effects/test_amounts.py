"""Amounts: what doubles decide, the decimals decide alike."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cartfuzz.oracle.checks.effects.amounts import Amounts, is_surely_rate
from cartfuzz.oracle.checks.sums import Sum

PRICES = st.floats(-1e6, 1e6) | st.decimals(-1000, 1000, places=2).map(float) | st.integers(-50, 50)
TERMS = st.lists(st.tuples(PRICES, st.integers(1, 9_999)), max_size=4)
SUMS = st.builds(lambda added, taken: Sum.of(added).minus(Sum.of(taken)), TERMS, TERMS)
RATES = st.floats(0, 2) | st.sampled_from([0.1, 0.15, 0.3, 1])
OFF = st.sampled_from([0.0, 1e-12, 1e-10, 1e-9, 1e-6, 0.005, 0.0051, 0.0099, 0.3, 0.5, 0.51, 0.99])


@given(rate=RATES, base=SUMS, off=OFF, sign=st.sampled_from([1, -1]))
@example(rate=0.1, base=Sum.of([(2.675, 1)]), off=0.0, sign=1)
@example(rate=1, base=Sum.of([(0.015, 1)]), off=0.005, sign=1)
def test_what_doubles_show_is_true(rate: float, base: Sum, off: float, sign: int) -> None:
    """A value near the amount that the short way accepts, the long way accepts as well."""
    near = rate * float(base.value) + sign * off
    for value in (near, round(near, 2), float(round(near))):
        for whole in (False, True):
            if is_surely_rate(value, rate, [base], whole=whole):
                assert Amounts.of_rate(rate, [base]).hold(value, whole=whole), value


@given(base=SUMS)
def test_the_sign_of_a_sum_is_exact(base: Sum) -> None:
    """Whether doubles show it or not."""
    assert base.is_positive == (base.value > Decimal(0))


def test_the_short_way_decides_what_is_usual() -> None:
    """It saves the decimals for an exact discount, and for one that is rounded to cents."""
    base = Sum.of([(19.99, 3), (5, 1)])
    assert is_surely_rate(0.1 * 64.97, 0.1, [base])
    assert is_surely_rate(6.5, 0.1, [base])
    assert not is_surely_rate(6.6, 0.1, [base])
    assert is_surely_rate(6.497, 0.1, [base])
    assert is_surely_rate(6, 0.1, [base], whole=True)
    # A tenth of 64.97 is 0.503 below 7: half a whole one, and what doubles may be off.
    assert is_surely_rate(7, 0.1, [base], whole=True)
    assert not is_surely_rate(7, 0.1, [base])
    assert not is_surely_rate(8, 0.1, [base], whole=True)
    assert not is_surely_rate(2e6, 1, [Sum.of([(2e6, 1)])])


@pytest.mark.parametrize(
    ("value", "options", "held"),
    [
        (10.005, {}, True),
        (10.01, {}, True),
        (10.0, {}, True),
        (10.02, {}, False),
        (9.99, {}, False),
        (10.0050001, {}, False),
        (10.005 * (1 + 5e-10), {}, True),
        (10.005 * (1 + 2e-9), {}, False),
        (10.02, {"terms": 2}, True),
        (10.03, {"terms": 2}, False),
        (11, {}, False),
        (11, {"whole": True}, True),
        (9.5, {"whole": True}, False),
        (12, {"whole": True}, False),
        (12, {"whole": True, "terms": 2}, True),
        (2e30, {"whole": True}, False),
        (-10.005, {}, False),
        (0.0, {}, False),
    ],
)
def test_amounts_and_what_rounding_makes_of_them(
    value: float, options: dict[str, Any], held: bool
) -> None:
    """Exact, or rounded to a cent, or where that is allowed to a whole number."""
    assert Amounts([Decimal("10.005")]).hold(value, **options) is held


def test_amounts_of_sums() -> None:
    """A sum of doubles may be off by its tolerance; any of several readings will do."""
    wide = Amounts([Decimal(1), Decimal(5)], Decimal("0.1"))
    assert [value for value in (0.8, 0.9, 1.1, 1.2, 4.9, 5.1, 5.2) if wide.hold(value)] == [
        0.9,
        1.1,
        4.9,
        5.1,
    ]
    assert wide.texts == ("1", "5")
    assert not wide.may_be_nothing
    assert Amounts([Decimal("0.009")]).may_be_nothing
    assert not Amounts([Decimal("0.01")]).may_be_nothing
    base = Sum.of([(10, 3)])
    assert Amounts.of_rate(0.5, [base]).texts == ("15.0",)
    assert Amounts.of_rate(0.5, [base], parts=3).texts == ("5.0",)
