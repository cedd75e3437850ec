"""Bursts: few requests each, and many of them about the last redemption of a scarce code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec
import pytest

from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    Budget,
    BudgetScope,
    ContractVersion,
    Coupon,
    Environment,
    Reopen,
    Scenario,
    Step,
    Update,
    catalogue,
)
from cartfuzz.strategies import draw_scenarios, races

FRESH = {
    code
    for one in (*EXAMPLE_ENVIRONMENT.coupons, *EXAMPLE_ENVIRONMENT.referrals)
    if one.is_pattern
    for code in one.spellings()
}


@pytest.fixture(scope="module", params=ContractVersion, ids=lambda version: version.value)
def shop(request: pytest.FixtureRequest) -> Environment:
    """The example shop in each version, with a coupon that all executions share."""
    return msgspec.structs.replace(
        EXAMPLE_ENVIRONMENT,
        contract=request.param,
        coupons=(*EXAMPLE_ENVIRONMENT.coupons, Coupon(code="ONCE", limit=1)),
    )


@pytest.fixture(scope="module")
def drawn(shop: Environment) -> tuple[Scenario, ...]:
    """Many bursts."""
    return tuple(draw_scenarios(races(shop), seed=4, count=300))


def codes_of(steps: Iterator[Step] | tuple[Step, ...]) -> Iterator[str]:
    """The coupon and referral codes that updates send."""
    for step in steps:
        if isinstance(step, Update):
            session = step.body["customerSession"]
            yield from session.get("couponCodes", ())
            yield session.get("referralCode", "")


def test_a_burst_is_small_and_aims_at_rules_of_the_version(
    drawn: tuple[Scenario, ...], shop: Environment
) -> None:
    """The oracle can try every order of it."""
    for scenario in drawn:
        assert scenario.burst is not None
        assert 2 <= scenario.burst[1] - scenario.burst[0] <= 5
        assert scenario.aims <= catalogue(shop.contract).keys()


def test_bursts_starve_nobody(drawn: tuple[Scenario, ...]) -> None:
    """A scarce code that other executions need is in none of them."""
    assert "ONCE" not in {code for one in drawn for code in codes_of(one.steps)}


def test_bursts_are_about_each_kind_of_last_redemption(
    drawn: tuple[Scenario, ...], shop: Environment
) -> None:
    """Closings of several sessions, of one, of one buyer, beside a cancel, return and reopening."""
    scarce = [one for one in drawn if FRESH & set(codes_of(one.steps))]
    assert 60 < len(scarce) < 180
    titles = Counter(one.title for one in scarce)
    expected = {
        "closings for the last redemption",
        "closings for the last redemption of one buyer",
        "closings beside a cancel",
        "a cancel beside a return",
        "closings of one session with a code",
    }
    current = shop.contract is ContractVersion.CURRENT
    assert set(titles) == expected | ({"closings beside a reopening"} if current else set())
    reopened = {
        one.title
        for one in scarce
        if one.burst and any(isinstance(step, Reopen) for step in one.steps[slice(*one.burst)])
    }
    assert reopened == ({"closings beside a reopening"} if current else set())


def test_more_sessions_want_a_code_than_may_have_it(drawn: tuple[Scenario, ...]) -> None:
    """Whatever the order of the burst, the limit of a code or of a buyer is reached."""
    limits = {"SALE-{n}": 2, "TEA-{n}": 3, "FRIEND-{n}": 1}
    for scenario in drawn:
        if scenario.title != "closings for the last redemption":
            continue
        (code,) = set(codes_of(scenario.steps)) & FRESH
        assert scenario.burst is not None
        before = scenario.steps[: scenario.burst[0]]
        redeemed = [
            step
            for step in before
            if isinstance(step, Update) and step.body["customerSession"].get("state") == "closed"
        ]
        rivals = scenario.burst[1] - scenario.burst[0]
        assert len(redeemed) < limits[code] < len(redeemed) + rivals


def test_a_cancel_beside_closings_leaves_a_redemption_or_none(drawn: tuple[Scenario, ...]) -> None:
    """Where all are used up, no close can be worked on beside the cancel."""
    limits = {"SALE-{n}": 2, "TEA-{n}": 3, "FRIEND-{n}": 1}
    left = set()
    for scenario in drawn:
        if scenario.title == "closings beside a cancel" and scenario.burst is not None:
            (code,) = set(codes_of(scenario.steps)) & FRESH
            before = scenario.steps[: scenario.burst[0]]
            closed = [
                step
                for step in before
                if isinstance(step, Update)
                and step.body["customerSession"].get("state") == "closed"
            ]
            left.add((limits[code] > 1, limits[code] - len(closed)))
    assert left == {(True, 0), (True, 1), (False, 0)}


@pytest.mark.parametrize(
    ("per_profile", "per", "codes"),
    [
        (0, BudgetScope.PROFILE, {"A-{n}", "A-{n+1}"}),
        (0, BudgetScope.IDENTIFIER, {"A-{n}", "A-{n+1}"}),
        (1, None, {"A-{n}"}),
    ],
)
def test_codes_that_count_for_one_limit_are_used_in_turns(
    per_profile: int, per: BudgetScope | None, codes: set[str]
) -> None:
    """Both codes of an execution count for a budget; a limit for each profile counts each alone."""
    coupon = Coupon(
        code="A-{n}", first=1, last=99_999_999, limit=2, per_profile=per_profile, campaign="spring"
    )
    budgets = (Budget(campaign="spring", per=per, limit=2),) if per else ()
    shop = Environment(coupons=(coupon,), budgets=budgets)
    found = [
        one
        for one in draw_scenarios(races(shop), seed=4, count=100)
        if one.title == "closings for the last redemption of one buyer"
    ]
    assert found
    assert all(set(codes_of(one.steps)) - {""} == codes for one in found)


def test_without_patterns_no_burst_is_about_codes() -> None:
    """The bursts are those of an environment that declares nothing scarce."""
    coupons = (Coupon(code="ONCE", limit=1),)
    environment = msgspec.structs.replace(
        EXAMPLE_ENVIRONMENT, coupons=coupons, referrals=(), budgets=()
    )
    titles = {one.title for one in draw_scenarios(races(environment), seed=4, count=100)}
    assert not any("redemption" in title or "code" in title for title in titles)
