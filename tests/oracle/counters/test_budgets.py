"""Limits of profiles, identifiers and campaigns."""

from __future__ import annotations

from typing import Any

import pytest

from cartfuzz.contract import (
    MARK,
    NOTHING_EXCLUSIVE,
    Budget,
    BudgetCount,
    BudgetScope,
    Coupon,
    Environment,
    Exclusive,
)
from cartfuzz.wire import NoResponse, Response

from ..histories import refusal
from .shop import (
    CODE,
    CONFLICT,
    SILENCE,
    Event,
    cancelled,
    close,
    closed,
    effect,
    environment,
    rejected,
    reopened,
    rules,
    said,
)

ANN, BOB = f"ann-{MARK}", f"bob-{MARK}"
HERS: dict[str, Any] = {"profileId": ANN}
HIS: dict[str, Any] = {"profileId": BOB}
ONE = {"identifiers": [f"one-{MARK}"]}
TWO = {"identifiers": [f"one-{MARK}", f"two-{MARK}"]}
PER_PROFILE = environment(Coupon(code=CODE, per_profile=1))


def budget(per: BudgetScope, limit: float = 1, **options: Any) -> Environment:
    """An unlimited coupon in a campaign with a budget."""
    return environment(
        Coupon(code=CODE, campaign="sale"),
        budgets=(Budget(campaign="sale", per=per, limit=limit, **options),),
    )


PROFILE, IDENTIFIER = budget(BudgetScope.PROFILE), budget(BudgetScope.IDENTIFIER)
CAMPAIGN = budget(BudgetScope.CAMPAIGN)
SALE = Exclusive(codes=frozenset((CODE,)), campaigns=frozenset(("sale",)))


@pytest.mark.parametrize("declared", [PER_PROFILE, PROFILE])
@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([closed(0, **HERS), closed(1, **HERS)], ["BUDG-01"]),
        ([closed(0, **HERS), closed(1, **HIS)], []),
        ([closed(0, **HERS), rejected(1, **HERS)], []),
        ([closed(0, **HERS), (close(1, **HERS), CONFLICT)], []),
        ([rejected(0, **HERS)], ["COUP-01"]),
        ([closed(0, **HERS), rejected(1, **HIS)], ["COUP-01"]),
        ([closed(0, **HERS), cancelled(0), rejected(1, **HERS)], ["BUDG-04"]),
        ([closed(0, **HERS), reopened(0), rejected(1, **HERS)], ["BUDG-04"]),
        ([closed(0, **HERS), (close(1, dry=True, **HIS), said()), rejected(2, **HIS)], ["COUP-07"]),
        ([closed(0, **HERS), cancelled(0), closed(1, **HERS)], []),
        ([rejected(0)], []),
        ([rejected(0, profileId="old")], []),
        ([closed(0, profileId="old"), closed(1, profileId="old")], ["BUDG-01"]),
    ],
)
def test_a_limit_of_each_profile(
    declared: Environment, history: list[Event], expected: list[str]
) -> None:
    """A profile of the execution's own starts at 0; of another one only the upper side is known."""
    assert rules(history, declared, SALE) == expected


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([closed(0, **ONE, **HERS), closed(1, **ONE, **HIS)], ["BUDG-02"]),
        ([closed(0, **ONE), rejected(1, **ONE)], []),
        ([rejected(0, **ONE)], ["COUP-01"]),
        ([closed(0, **ONE), cancelled(0), rejected(1, **ONE)], ["BUDG-04"]),
        ([closed(0, **TWO), closed(1, **ONE)], []),
        ([closed(0, **TWO), rejected(1, **ONE)], []),
        ([closed(0, **TWO), closed(1, **TWO), closed(2, **TWO)], []),
        ([rejected(0)], []),
    ],
)
def test_a_budget_of_each_identifier(history: list[Event], expected: list[str]) -> None:
    """Whether a session counts for each of several identifiers is open (BUDG-U2)."""
    assert rules(history, IDENTIFIER, SALE) == expected


def test_a_budget_of_a_campaign() -> None:
    """Its start is known where the shown counter of another limit does not tell it."""
    history = [closed(0), closed(1)]
    assert rules(history, CAMPAIGN, SALE) == ["BUDG-03"]
    assert rules(history, CAMPAIGN, NOTHING_EXCLUSIVE) == ["BUDG-03"]
    assert rules([closed(0), rejected(1)], CAMPAIGN, SALE) == []
    assert rules([rejected(0), rejected(1)], CAMPAIGN, SALE) == []
    assert rules([closed(0), cancelled(0), rejected(1)], CAMPAIGN, SALE) == ["BUDG-04"]
    assert rules([closed(0), cancelled(0), rejected(1)], CAMPAIGN, NOTHING_EXCLUSIVE) == []


def discounted(session: int, value: float, **fields: Any) -> Event:
    """A close with a discount of the coupon's campaign."""
    discount = effect("setDiscount")
    discount["props"] = {"name": "sale", "value": value}
    return close(session, **fields), said(effect("acceptCoupon"), discount)


@pytest.mark.parametrize(
    ("values", "expected"),
    [((5, 5), []), ((5, 5.01), []), ((5, 6), ["BUDG-03"]), ((11,), ["BUDG-03"])],
)
def test_a_budget_of_discounts(values: tuple[float, ...], expected: list[str]) -> None:
    """The sum of closed sessions is at most the budget, but for the rounding to cents."""
    declared = budget(BudgetScope.CAMPAIGN, limit=10, counts=BudgetCount.DISCOUNT)
    history = [discounted(session, value) for session, value in enumerate(values)]
    assert rules(history, declared, SALE) == expected
    assert rules([*history[:-1], rejected(9)], declared, SALE) == []


def discount(value: float, campaign_id: int = 1) -> dict[str, Any]:
    """A discount of a campaign."""
    props = {"name": "sale", "value": value}
    return {**effect("setDiscount"), "campaignId": campaign_id, "props": props}


def accepts(code: str = CODE, campaign_id: int = 1) -> dict[str, Any]:
    """The acceptance of a code by a campaign."""
    return {**effect("acceptCoupon", code), "campaignId": campaign_id}


@pytest.mark.parametrize(
    ("values", "expected"),
    [([5, 5], []), ([10], []), ([6, 5], ["BUDG-03"]), ([30, -20], []), ([30, -15], ["BUDG-03"])],
)
def test_codes_of_one_campaign_share_its_discounts(
    values: list[float], expected: list[str]
) -> None:
    """What the campaign discounts counts once, however many of its codes a session holds."""
    money = Budget(campaign="sale", limit=10, counts=BudgetCount.DISCOUNT)
    declared = environment(
        Coupon(code=CODE, campaign="sale"), Coupon(code="MORE", campaign="sale"), budgets=(money,)
    )
    said_so = said(accepts(), accepts("MORE"), *map(discount, values))
    alone = Exclusive(codes=frozenset((CODE, "MORE")), campaigns=frozenset(("sale",)))
    assert rules([(close(0, CODE, "MORE"), said_so)], declared, alone) == expected


@pytest.mark.parametrize(
    ("value", "is_over"),
    [(1e15, True), (-1e15, False), (1e308, False), (-1e308, False), (10**400, False)],
)
def test_enormous_discounts(value: float, is_over: bool) -> None:
    """As far as doubles tell cents apart they are counted, and one of the other sign makes up for
    them; what is larger leaves open what the campaign discounts."""
    declared = budget(BudgetScope.CAMPAIGN, limit=10, counts=BudgetCount.DISCOUNT)
    for values, expected in (([value], is_over), ([value, -value], False)):
        history = [(close(0), said(accepts(), *map(discount, values)))]
        assert rules(history, declared, SALE) == (["BUDG-03"] if expected else []), values


def test_a_budget_counts_the_discounts_of_its_own_campaign() -> None:
    """Where its ID is not declared, and several accept the code, it may be any of them."""
    answer = said(accepts(), accepts(campaign_id=2), discount(5), discount(12, 2))
    money = Budget(campaign="sale", limit=10, counts=BudgetCount.DISCOUNT)
    for campaign_id, expected in ((None, []), (1, []), (2, ["BUDG-03"])):
        coupon = Coupon(code=CODE, campaign="sale", campaign_id=campaign_id)
        declared = environment(coupon, budgets=(money,))
        assert rules([(close(0), answer)], declared, SALE) == expected


def test_discounts_are_given_back() -> None:
    """A cancelled session uses nothing up."""
    declared = budget(BudgetScope.CAMPAIGN, limit=10, counts=BudgetCount.DISCOUNT)
    assert rules([discounted(0, 8), cancelled(0), discounted(1, 8)], declared, SALE) == []


def test_a_rejection_that_one_of_two_limits_explains() -> None:
    """Which limit is reached is open where both may be; where only one may, it is known."""
    both = environment(Coupon(code=CODE, limit=1, per_profile=1))
    assert rules([closed(0, **HERS), rejected(1, **HERS)], both, SALE) == []
    assert rules([rejected(0, **HERS), closed(1, **HIS)], both, SALE) == ["COUP-02"]
    assert rules([closed(0, **HERS), cancelled(0), rejected(1, **HIS)], both, SALE) == ["COUP-04"]


def test_two_codes_of_one_campaign_may_count_once_or_twice() -> None:
    """Neither reading is accused."""
    declared = environment(
        Coupon(code=CODE, campaign="sale"),
        Coupon(code="MORE", campaign="sale"),
        budgets=(Budget(campaign="sale", per=BudgetScope.PROFILE, limit=2),),
    )
    alone = Exclusive(codes=frozenset((CODE, "MORE")))
    both = closed(0, CODE, "MORE", **HERS)
    assert rules([both, closed(1, **HERS)], declared, alone) == []
    assert rules([both, rejected(1, **HERS)], declared, alone) == []
    assert rules([both, closed(1, **HERS), closed(2, **HERS)], declared, alone) == ["BUDG-01"]


BOTH = (CODE, "MORE")
PAIR = Exclusive(codes=frozenset(BOTH), campaigns=frozenset(("sale",)))


def pair(per: BudgetScope, limit: float) -> Environment:
    """Two unlimited coupons in a campaign with a budget."""
    return environment(
        *(Coupon(code=code, campaign="sale") for code in BOTH),
        budgets=(Budget(campaign="sale", per=per, limit=limit),),
    )


@pytest.mark.parametrize(
    "answered",
    [CONFLICT, said(*(effect("rejectCoupon", code) for code in BOTH))],
    ids=["409", "rejectCoupon"],
)
def test_two_codes_may_be_too_many_for_one_budget(answered: Response) -> None:
    """Both are refused, and the one that has room is accepted later; two leave room for both."""
    refused = (close(0, *BOTH, **HERS), answered)
    for scope in (BudgetScope.PROFILE, BudgetScope.CAMPAIGN):
        assert rules([refused, closed(1, **HERS)], pair(scope, 1), PAIR) == []
    assert rules([refused], pair(BudgetScope.PROFILE, 2), PAIR) == ["COUP-01"]
    filled = [closed(1, **HERS), refused]
    assert rules(filled, pair(BudgetScope.PROFILE, 2), PAIR) == []
    assert rules(filled, pair(BudgetScope.PROFILE, 3), PAIR) == ["COUP-01"]


def test_a_close_of_two_codes_that_failed_may_count_twice() -> None:
    """Whether it redeemed none, one or two of a budget is open."""
    failed = (close(0, *BOTH, **HERS), refusal(500))
    for room, expected in ((1, []), (2, []), (3, ["COUP-01"])):
        declared = pair(BudgetScope.PROFILE, room)
        assert rules([failed, rejected(1, **HERS)], declared, PAIR) == expected


@pytest.mark.parametrize("outcome", [closed(0, "OTHER")[1], refusal(500), SILENCE])
def test_an_undeclared_code_may_use_up_a_budget(outcome: Response | NoResponse) -> None:
    """Of which campaign it is, is not known. The limit of the code itself is judged."""
    other = (close(0, "OTHER", **HERS), outcome)
    for declared in (PROFILE, CAMPAIGN):
        assert rules([other, rejected(1, **HERS)], declared, SALE) == []
    assert rules([other, rejected(1, **HERS)], PER_PROFILE, SALE) == ["COUP-01"]
    assert rules([other, closed(1, **HERS), closed(2, **HERS)], PROFILE, SALE) == ["BUDG-01"]


def test_an_undeclared_code_of_the_same_session() -> None:
    """It is redeemed first, and the declared one rejected."""
    answer = said(effect("acceptCoupon", "OTHER"), effect("rejectCoupon"))
    assert rules([(close(0, "OTHER", CODE, **HERS), answer)], PROFILE, SALE) == []


def test_an_undeclared_code_that_is_rejected_uses_up_nothing() -> None:
    """So a rejection of the declared one is judged."""
    other = (close(0, "OTHER", **HERS), said(effect("rejectCoupon", "OTHER")))
    assert rules([other, rejected(1, **HERS)], PROFILE, SALE) == ["COUP-01"]
    invented = (close(0, f"OTHER-{MARK}", **HERS), refusal(500))
    assert rules([invented, rejected(1, **HERS)], PROFILE, SALE) == ["COUP-01"]
    dry = (close(0, "OTHER", dry=True, **HERS), said(effect("acceptCoupon", "OTHER")))
    assert rules([dry, rejected(1, **HERS)], PROFILE, SALE) == ["COUP-01"]


def test_an_undeclared_code_of_a_concurrent_session() -> None:
    """Either may be the first."""
    other = closed(0, "OTHER", **HERS)
    history = [rejected(1, **HERS), other, closed(2, **HIS)]
    assert rules(history, PROFILE, SALE, burst=(0, 3)) == []
