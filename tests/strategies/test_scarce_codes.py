"""Scarce codes in all that is sent, also where they are few."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec
import pytest

from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    Budget,
    BudgetCount,
    BudgetScope,
    CodeCase,
    ContractVersion,
    Coupon,
    Environment,
    Referral,
    Reopen,
    Scenario,
    Update,
    catalogue,
)
from cartfuzz.strategies import (
    draw_scenarios,
    edge_scenarios,
    lost_answers,
    races,
    scenarios,
)

FEW = (
    Coupon(code="FUZZ-{n}", first=1, last=5000, limit=2, discount=0.1, campaign="fuzz"),
    Coupon(code="MINE-{n}", first=1, last=5000, limit=3, per_profile=1, campaign="mine"),
)
FRIENDS = (Referral(code="PAL-{n}", first=1, last=5000, limit=1),)
BUDGETS = (Budget(campaign="mine", per=BudgetScope.IDENTIFIER, limit=2),)


@pytest.fixture(scope="module", params=ContractVersion, ids=lambda version: version.value)
def shop(request: pytest.FixtureRequest) -> Environment:
    """A shop with few codes of each kind."""
    return msgspec.structs.replace(
        EXAMPLE_ENVIRONMENT,
        contract=request.param,
        coupons=FEW,
        referrals=FRIENDS,
        budgets=BUDGETS,
    )


def left_closed(scenario: Scenario) -> set[int]:
    """The sessions that may hold a redemption at the end: closed, and not cancelled or reopened."""
    closed: set[int] = set()
    for step in scenario.steps:
        if isinstance(step, Reopen):
            closed.discard(step.session)
        if isinstance(step, Update) and isinstance(step.body, dict) and not step.dry:
            session = step.body.get("customerSession")
            state = session.get("state") if isinstance(session, dict) else None
            if state == "closed":
                closed.add(step.session)
            elif state == "cancelled":
                closed.discard(step.session)
    return closed


def texts(scenario: Scenario) -> Iterator[str]:
    """All codes that a scenario sends."""
    for step in scenario.steps:
        if isinstance(step, Update) and isinstance(step.body, dict):
            session = step.body.get("customerSession")
            if isinstance(session, dict):
                codes = session.get("couponCodes")
                yield from (str(code) for code in codes if codes) if codes else ()
                yield str(session.get("referralCode"))


def about_codes(found: tuple[Scenario, ...] | list[Scenario]) -> list[Scenario]:
    """Those that hold a code of a pattern."""
    return [one for one in found if any("{n" in text for text in texts(one))]


def test_few_codes_are_in_each_phase(shop: Environment) -> None:
    """They come in many scenarios, which aim at rules of the version."""
    for found in (
        edge_scenarios(shop),
        draw_scenarios(scenarios(shop), seed=1, count=80),
        draw_scenarios(races(shop), seed=1, count=120),
        draw_scenarios(lost_answers(shop), seed=1, count=120),
    ):
        scarce = about_codes(found)
        assert len(scarce) > 10
        assert all(one.aims <= catalogue(shop.contract).keys() for one in scarce)


@pytest.mark.parametrize(
    ("coupon", "budget", "count"),
    [
        (Coupon(code="SPRING", amount=2, campaign="spring"), {"limit": 3}, 4),
        (Coupon(code="SPRING", amount=2, campaign="spring"), {"limit": 5, "counts": "discount"}, 4),
        (Coupon(code="S", discount=0.5, campaign="spring"), {"limit": 9, "counts": "discount"}, 3),
        (Coupon(code="SPRING", campaign="spring"), {"limit": 5, "counts": "discount"}, 0),
        (Coupon(code="SPRING", campaign="spring"), {"limit": 500}, 0),
        (Coupon(code="SPRING", campaign="spring", limit=2), {"limit": 3}, 0),
    ],
)
def test_a_budget_over_all_sessions_is_exceeded_by_one(
    coupon: Coupon, budget: dict[str, object], count: int
) -> None:
    """Where the declaration gives what a session uses of it, and few sessions are enough."""
    declared = msgspec.convert({"campaign": "spring", **budget}, Budget)
    shop = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, coupons=(coupon,), budgets=(declared,))
    found = [one for one in edge_scenarios(shop) if "BUDG-03" in one.aims]
    assert len(found) == bool(count)
    for scenario in found:
        closings = 0
        for step in scenario.steps:
            assert isinstance(step, Update)
            if step.body["customerSession"]["state"] == "cancelled":
                break
            closings += 1
        assert closings == count
    others = [one for one in edge_scenarios(shop) if one not in found]
    assert not any(coupon.code in texts(one) for one in others if coupon.limit == 0)


def test_a_campaign_budget_is_exceeded_with_a_code_that_may_be_redeemed_so_often() -> None:
    """Not with the first one of the campaign, where that is used up before."""
    once = Coupon(code="A-{n}", first=1, last=99_999_999, limit=1, campaign="spring")
    free = Coupon(code="B-{n}", first=1, last=99_999_999, campaign="spring")
    budget = Budget(campaign="spring", limit=2)
    shop = Environment(coupons=(once, free), budgets=(budget,))
    (scenario,) = [one for one in edge_scenarios(shop) if "BUDG-03" in one.aims]
    assert {"B-{n}", "B-{n+1}"} == set(texts(scenario)) - {"None"}


@pytest.mark.parametrize(
    ("limit", "budget", "exceeded"),
    [(1, 1, True), (2, 3, True), (2, 2, True), (3, 1, True), (1, 2, False), (2, 4, False)],
)
@pytest.mark.parametrize("per", [BudgetScope.PROFILE, BudgetScope.IDENTIFIER])
def test_a_budget_of_a_buyer_is_exceeded_where_the_codes_allow_one_more(
    per: BudgetScope, limit: int, budget: int, exceeded: bool
) -> None:
    """Of the two codes of an execution, one is used that only the budget can reject."""
    coupon = Coupon(code="A-{n}", first=1, last=99_999_999, limit=limit, campaign="spring")
    budgets = (Budget(campaign="spring", per=per, limit=budget),)
    shop = Environment(coupons=(coupon,), budgets=budgets)
    title = f"the most redemptions of one {per.value}"
    found = [one for one in edge_scenarios(shop) if one.title == title]
    assert len(found) == exceeded
    for scenario in found:
        counts: Counter[str] = Counter()
        held: list[str] = []
        for step in scenario.steps:
            assert isinstance(step, Update)
            session = step.body["customerSession"]
            if session["state"] == "cancelled":
                counts[held[step.session]] -= 1
                continue
            (code,) = session["couponCodes"]
            held.append(code)
            assert counts[code] < limit
            if "EFF-U1" not in step.aims:
                counts[code] += 1
        assert len(held) > budget + 2


@pytest.mark.parametrize("per", [BudgetScope.PROFILE, BudgetScope.IDENTIFIER])
@pytest.mark.parametrize(("amount", "closings"), [(0.1, 4), (0.2, 3), (0.001, None), (None, None)])
def test_a_buyers_budget_of_discounts_is_exceeded(
    per: BudgetScope, amount: float | None, closings: int | None
) -> None:
    """Where the discount of a session is declared, and few sessions are enough."""
    coupon = Coupon(code="A-{n}", first=1, last=99_999_999, amount=amount, campaign="spring")
    budget = Budget(campaign="spring", counts=BudgetCount.DISCOUNT, per=per, limit=0.3)
    shop = Environment(coupons=(coupon,), budgets=(budget,))
    found = [one for one in edge_scenarios(shop) if "BUDG-03" in one.aims]
    assert len(found) == (closings is not None)
    field = "profileId" if per is BudgetScope.PROFILE else "identifiers"
    for scenario in found:
        sent = [one.body["customerSession"] for one in scenario.steps if isinstance(one, Update)]
        buyers = [str(one.get(field)) for one in sent]
        assert closings is not None
        assert len(set(buyers[:closings])) == 1
        assert buyers[closings] != buyers[0]
        assert {one["state"] for one in sent[:closings]} == {"closed"}


@pytest.mark.parametrize(
    ("code", "sent"), [("2024-{n}", None), ("Sale-{n}b", "sALE-{n}B"), ("NOW", "now")]
)
def test_a_code_is_sent_in_another_case_where_it_has_one(code: str, sent: str | None) -> None:
    """A code without letters would be the same one."""
    first, last = (1, 99_999_999) if "{n}" in code else (None, None)
    shop = Environment(
        coupons=(Coupon(code=code, limit=2, first=first, last=last),),
        code_case=CodeCase.SENSITIVE,
    )
    found = [one for one in edge_scenarios(shop) if one.title == "coupon in another case"]
    assert [next(texts(one)) for one in found] == ([sent] if sent else [])


@pytest.mark.parametrize(("limit", "exceeded"), [(1, True), (38, True), (40, True), (41, False)])
def test_the_limit_of_a_shared_code_is_exceeded_given_back_and_redeemed(
    limit: int, exceeded: bool
) -> None:
    """Up to 40; one session too many asks for it. At the end only the last session has it."""
    shop = Environment(coupons=(Coupon(code="ONCE", limit=limit),))
    found = [one for one in edge_scenarios(shop) if one.title == "coupon up to its limit and above"]
    assert len(found) == exceeded
    for scenario in found:
        closed = [
            step
            for step in scenario.steps
            if isinstance(step, Update) and step.body["customerSession"]["state"] == "closed"
        ]
        assert len(closed) == limit + 4
        assert left_closed(scenario) == {closed[-1].session}
