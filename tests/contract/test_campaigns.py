"""Declared campaigns: which codes a declaration means, and what it may not hold."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.contract import (
    NUMBERS_PER_EXECUTION,
    Budget,
    BudgetCount,
    CodeCase,
    ConfigurationError,
    Coupon,
    Environment,
    Referral,
)

SALE = Coupon(code="SALE-{n}/x", first=7, last=120, limit=2)


@given(number=st.integers(0, 200))
def test_a_pattern_means_its_numbers_and_no_others(number: int) -> None:
    """Each from the first to the last one, as it is written without leading zeros."""
    assert SALE.matches(f"SALE-{number}/x") is (7 <= number <= 120)
    assert SALE.matches(SALE.numbered(number)) is (7 <= number <= 120)
    assert not SALE.matches(f"SALE-0{number}/x")


@pytest.mark.parametrize(
    "code", ["SALE-/x", "SALE-8", "8/x", "SALE-8/xy", "SALE--8/x", "SALE-８/x", "sale-8/x", ""]
)
def test_other_texts_are_other_codes(code: str) -> None:
    """Signs, other digits, another case, and what lacks a part."""
    assert not SALE.matches(code)


def test_a_number_of_any_length_is_compared() -> None:
    """A target may answer with any text in the place of a code."""
    assert not SALE.matches(f"SALE-{'9' * 10_000}/x")


def test_a_scenario_writes_a_pattern_in_two_ways() -> None:
    """Each is a code of the pattern; a plain code has one way only."""
    written = [SALE.written(index) for index in range(NUMBERS_PER_EXECUTION)]
    assert written == ["SALE-{n}/x", "SALE-{n+1}/x"]
    assert all(map(SALE.matches, written))
    assert list(SALE.spellings()) == written
    assert list(Coupon(code="ONCE").spellings()) == ["ONCE"]


@pytest.mark.parametrize(
    ("case", "known"),
    [
        (CodeCase.UNSPECIFIED, False),
        (CodeCase.SENSITIVE, False),
        (CodeCase.UPPER, True),
        (CodeCase.LOWER, True),
    ],
)
def test_the_case_of_codes_counts_as_declared(case: CodeCase, known: bool) -> None:
    """Of coupons and referrals, patterns and plain codes."""
    shop = Environment(code_case=case, coupons=(SALE,), referrals=(Referral(code="Friend"),))
    assert shop.coupon("SALE-8/x") is SALE
    assert (shop.coupon("sale-8/X") is SALE) is known
    assert (shop.referral("FRIEND") is not None) is known
    assert shop.coupon("Friend") is None


def test_codes_that_differ_are_two() -> None:
    """In case, where the case counts or is not declared; in a number outside the pattern."""
    two = (Coupon(code="a"), Coupon(code="A"), SALE, Coupon(code="SALE-121/x"))
    assert Environment(coupons=two).declared_coupons == two
    assert Environment(coupons=(Coupon(code="A"),), referrals=(Referral(code="A"),)).coupon("A")


def test_limits_by_code_are_coupons() -> None:
    """``coupon_limits`` is short for coupons of which no more is declared."""
    shop = Environment(coupons=(SALE,), coupon_limits={"ONCE": 3})
    assert shop.declared_coupons == (SALE, Coupon(code="ONCE", limit=3))
    assert shop.coupon("ONCE") == Coupon(code="ONCE", limit=3)


@pytest.mark.parametrize(
    ("make", "values", "expected"),
    [
        (Coupon, {"code": "A{n}"}, "from, to: expected the first and the last number"),
        (Coupon, {"code": "A{n}", "first": 1}, "from, to: expected the first and the last number"),
        (Coupon, {"code": "A", "first": 1, "last": 5}, "code: expected a pattern with {n}"),
        (Coupon, {"code": "A", "last": 5}, "code: expected a pattern with {n}"),
        (Coupon, {"code": "{n}A{n}", "first": 1, "last": 5}, "code: expected at most one {n}"),
        (Coupon, {"code": "A{n}", "first": 5, "last": 5}, "to: expected at least 2 numbers"),
        (Coupon, {"code": "A{n}", "first": 5, "last": 1}, "to: expected at least 2 numbers"),
        (Coupon, {"code": "A", "discount": 0.1, "amount": 3.0}, "amount: expected at most one of"),
        (
            Budget,
            {"campaign": "x", "limit": 1.5},
            "limit: expected a whole number of redemptions, found 1.5",
        ),
        (
            Budget,
            {"campaign": "x", "limit": math.inf},
            "limit: expected a whole number of redemptions, found inf",
        ),
        (
            Environment,
            {"coupon_limits": {"A": 1}, "coupons": (Coupon(code="A"),)},
            'coupon_limits.A: expected a code that is declared once, found "A" again',
        ),
        (
            Environment,
            {"coupon_limits": {"A{n}": 1}},
            "coupon_limits.A{n}: expected a code that is no pattern",
        ),
        (Environment, {"coupons": (SALE, Coupon(code="SALE-8/x"))}, "coupons[1].code: expected a"),
        (
            Environment,
            {"coupons": (Coupon(code="a"), Coupon(code="A")), "code_case": CodeCase.UPPER},
            'coupons[1].code: expected a code that is declared once, found "A" again',
        ),
        (
            Environment,
            {"budgets": (Budget(campaign="y", limit=1),), "coupons": (Coupon(code="A"),)},
            "budgets[0].campaign: expected the campaign of a declared coupon or referral",
        ),
    ],
)
def test_declarations_that_contradict_themselves(
    make: Any, values: dict[str, Any], expected: str
) -> None:
    """The error names the key, what was expected and what was found."""
    with pytest.raises(ConfigurationError) as error:
        make(**values)
    assert expected in str(error.value)


def test_a_budget_of_money_may_have_fractions() -> None:
    """A budget of redemptions may not."""
    assert Budget(campaign="x", counts=BudgetCount.DISCOUNT, limit=1.5).limit == 1.5
