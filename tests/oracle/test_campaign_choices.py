"""What campaigns do where the contract is silent: what two runs are compared by."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import MARK, Budget, BudgetScope, Coupon, Environment, Scenario
from cartfuzz.oracle.sequential import SequentialOracle

from .checks.effects.histories import (
    CART,
    INVENTED,
    SHOP,
    Told,
    accept,
    discount,
    reject,
    returned,
    rollback,
    sent,
)

CLOSED = {"state": "closed"}
USED_UP = "CouponLimitReached"


def steady(*history: Told, environment: Environment = SHOP) -> list[tuple[str, str]]:
    """Rule and outcome of what the last answer shows and two runs are compared by."""
    scenario = Scenario(title="", sessions=(MARK,), steps=tuple(step for step, _ in history))
    oracle = SequentialOracle(scenario, environment, {})
    judgements = [oracle.judge(index, outcome) for index, (_, outcome) in enumerate(history)]
    seen = judgements[-1].observations
    assert not any(one.comparable and one.between_runs for one in seen)
    return [(one.rule, one.outcome) for one in seen if one.between_runs]


@pytest.mark.parametrize("code", [INVENTED, "PLAIN"])
def test_a_reason_is_compared_where_one_thing_alone_rejects(code: str) -> None:
    """A code that nobody knows; a code that has nothing but a limit."""
    rejection = sent({"couponCodes": [code], **CLOSED}, reject(code, reason=USED_UP))
    assert ("EFF-U1", USED_UP) in steady(rejection)


def test_a_reason_is_not_compared_where_two_things_may_reject() -> None:
    """A limit for each profile, a budget, a code without any limit, and several codes at once."""
    rejection = sent({"couponCodes": ["PLAIN"], **CLOSED}, reject("PLAIN", reason=USED_UP))
    personal = Coupon(code="PLAIN", limit=2, per_profile=1)
    assert steady(rejection, environment=with_coupon(personal)) == []
    assert steady(rejection, environment=with_coupon(Coupon(code="PLAIN"))) == []
    counted = with_coupon(Coupon(code="PLAIN", limit=2, campaign="spring"), BudgetScope.CAMPAIGN)
    assert steady(rejection, environment=counted) == []
    both = sent({"couponCodes": ["PLAIN", "TENTH"], **CLOSED}, accept("TENTH"), reject("PLAIN"))
    assert steady(both) == []


def test_a_code_without_a_holder_is_compared_where_nobody_can_have_used_it_up() -> None:
    """The first request of a scenario redeems a code of its own, and nothing that it has counts."""
    shop = with_coupon(
        Coupon(code="SALE-{n}", first=1, last=9, limit=1, campaign="spring"), BudgetScope.PROFILE
    )
    closing = {"couponCodes": ["SALE-5"], **CLOSED}
    assert steady(sent(closing, accept("SALE-5")), environment=shop) == [("BUDG-U1", "redeemed")]
    rejection = sent(closing, reject("SALE-5", reason="CouponRejectedByCondition"))
    assert ("BUDG-U1", "rejected") in steady(rejection, environment=shop)
    assert steady(sent({}), sent(closing, accept("SALE-5")), environment=shop) == []
    named = {**closing, "profileId": "ann"}
    assert steady(sent(named, accept("SALE-5")), environment=shop) == []
    tea = Coupon(code="SALE-{n}", first=1, last=9, campaign="spring")
    both = with_coupon(tea, BudgetScope.PROFILE, BudgetScope.IDENTIFIER)
    assert steady(sent(named, accept("SALE-5")), environment=both) == []
    own = {**closing, "profileId": f"ann-{MARK}"}
    assert steady(sent(own, accept("SALE-5")), environment=both) == [("BUDG-U1", "redeemed")]
    shared = msgspec.structs.replace(shop, sole_user=False)
    assert steady(sent(closing, accept("SALE-5")), environment=shared) == []
    counted = with_coupon(
        Coupon(code="SALE-{n}", first=1, last=9, campaign="spring"),
        BudgetScope.PROFILE,
        BudgetScope.CAMPAIGN,
    )
    assert steady(sent(closing, accept("SALE-5")), environment=counted) == []


@pytest.mark.parametrize(
    ("effects", "outcome"), [((), "coupon kept"), ((rollback("TENTH"),), "coupon given back")]
)
def test_what_a_return_does_to_a_coupon_is_compared(
    effects: tuple[dict[str, Any], ...], outcome: str
) -> None:
    """Nothing that other sessions do decides it."""
    bought = {"couponCodes": ["TENTH"], "cartItems": CART, **CLOSED}
    history = sent(bought, accept("TENTH"), discount(3.555)), returned(0, 1, *effects)
    assert ("COUP-U1", outcome) in steady(*history)


def with_coupon(coupon: Coupon, *scopes: BudgetScope) -> Environment:
    """A shop with this one coupon, and budgets of its campaign."""
    budgets = tuple(Budget(campaign="spring", per=scope, limit=3) for scope in scopes)
    return msgspec.structs.replace(SHOP, coupons=(coupon,), referrals=(), budgets=budgets)
