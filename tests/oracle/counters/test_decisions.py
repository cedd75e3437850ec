"""What the effects of an answer decide about a code."""

from __future__ import annotations

from typing import Any

import pytest

from cartfuzz.contract import MARK, CodeCase, Coupon, Environment, Exclusive, Scenario
from cartfuzz.oracle.nondeterministic import Oracle
from cartfuzz.oracle.run_facts import facts_of

from .shop import ALONE, CODE, Event, close, closed, effect, environment, rules, said

LOWER = CODE.lower()
CASES = Exclusive(codes=frozenset((CODE, LOWER)))


def by(campaign_id: int, kind: str, code: str = CODE) -> dict[str, Any]:
    """An effect of a campaign about a code."""
    return {**effect(kind, code), "campaignId": campaign_id}


def limited(campaign_id: int | None) -> Environment:
    """A coupon for one redemption."""
    return environment(Coupon(code=CODE, limit=1, campaign_id=campaign_id))


REFUSED_BY_ONE = said(by(1, "rejectCoupon"), by(2, "acceptCoupon"))


@pytest.mark.parametrize(
    ("campaign_id", "expected"), [(None, []), (1, []), (2, ["COUP-02"]), (3, [])]
)
def test_a_code_of_several_campaigns(campaign_id: int | None, expected: list[str]) -> None:
    """One may accept what another rejects: the declared one decides; without it, it is open."""
    history = [closed(0), (close(1), REFUSED_BY_ONE)]
    assert rules(history, limited(campaign_id), ALONE) == expected


def test_a_rejection_by_the_declared_campaign_is_judged() -> None:
    """Although another one accepts the code."""
    history = [(close(0), REFUSED_BY_ONE), closed(1)]
    assert rules(history, limited(1), ALONE) == ["COUP-02"]
    assert rules(history, limited(None), ALONE) == []


def redeemed(history: list[Event], declared: Environment) -> int:
    """How many redemptions of the coupon the run counts."""
    steps = tuple(step for step, _ in history)
    scenario = Scenario(title="history", sessions=(f"a-{MARK}", f"b-{MARK}"), steps=steps)
    oracle = Oracle(scenario, declared, {}, ALONE)
    for index, (_, outcome) in enumerate(history):
        oracle.judge(index, outcome)
    return facts_of(oracle.models(), declared).redeemed[CODE]


@pytest.mark.parametrize(("campaign_id", "count"), [(None, 1), (1, 1), (2, 2)])
def test_the_facts_of_a_run_count_no_disputed_code(campaign_id: int | None, count: int) -> None:
    """Which campaign's limit it used up is not certain, or it was another one's."""
    history = [closed(0), (close(1), REFUSED_BY_ONE)]
    assert redeemed(history, limited(campaign_id)) == count


@pytest.mark.parametrize("case", [CodeCase.UNSPECIFIED, CodeCase.SENSITIVE])
def test_coupons_that_differ_in_case(case: CodeCase) -> None:
    """An effect about the one decides nothing about the other."""
    declared = environment(Coupon(code=CODE), Coupon(code=LOWER, limit=1), code_case=case)
    first = closed(0, LOWER)
    one_of_two = said(effect("acceptCoupon"), effect("rejectCoupon", LOWER))
    assert rules([first, (close(1, CODE, LOWER), one_of_two)], declared, CASES) == []
    both = said(effect("acceptCoupon"), effect("acceptCoupon", LOWER))
    assert rules([first, (close(1, CODE, LOWER), both)], declared, CASES) == ["COUP-02"]


@pytest.mark.parametrize(
    ("case", "expected"), [(CodeCase.LOWER, ["COUP-02"]), (CodeCase.SENSITIVE, [])]
)
def test_an_effect_in_another_case(case: CodeCase, expected: list[str]) -> None:
    """It is about the code where case does not count, and decides nothing where it does."""
    declared = environment(Coupon(code=CODE, limit=1), code_case=case)
    history = [closed(0), (close(1), said(effect("acceptCoupon", LOWER)))]
    assert rules(history, declared, ALONE) == expected


def cart(price: float, **more: Any) -> dict[str, Any]:
    """A cart with one item."""
    return {"cartItems": [{"name": "Cup", "sku": "cup", "quantity": 1, "price": price, **more}]}


@pytest.mark.parametrize(
    ("coupon", "fields", "expected"),
    [
        (Coupon(code=CODE, amount=50), cart(49), []),
        (Coupon(code=CODE, amount=50), cart(60), ["COUP-01"]),
        (Coupon(code=CODE, amount=50), cart(60, additionalCosts={"x": {"price": -20}}), []),
        (Coupon(code=CODE, discount=0.1), {}, []),
        (Coupon(code=CODE, discount=0.1), cart(0), []),
        (Coupon(code=CODE, discount=0.1), cart(-5), []),
        (Coupon(code=CODE, discount=0.1), cart(5), ["COUP-01"]),
        (Coupon(code=CODE, item_discount=0.1), cart(5), ["COUP-01"]),
        (Coupon(code=CODE), cart(5), []),
        (Coupon(code=CODE, discount=0.1), {"couponCodes": [CODE, "OTHER"]} | cart(5), []),
    ],
)
def test_a_discount_that_could_not_be_applied(
    coupon: Coupon, fields: dict[str, Any], expected: list[str]
) -> None:
    """What a discount of no total is, and an amount above the total, is open."""
    refused = said(effect("rejectCoupon", rejectionReason="EffectCouldNotBeApplied"))
    assert rules([(close(0, **fields), refused)], environment(coupon), ALONE) == expected


def test_another_reason_is_no_excuse() -> None:
    """A session without a total redeems its code all the same."""
    declared = environment(Coupon(code=CODE, amount=50))
    assert rules([(close(0), said(effect("rejectCoupon")))], declared, ALONE) == ["COUP-01"]
