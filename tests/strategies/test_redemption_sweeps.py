"""Sweeps about redemptions: what is sent so that one wrong way of counting shows."""

from __future__ import annotations

from typing import Any

import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Environment, ReturnItems, Scenario, Update
from cartfuzz.strategies import edge_scenarios


@pytest.fixture(scope="module")
def sweep() -> dict[str, Scenario]:
    """The sweep of the example environment, by title."""
    return {one.title: one for one in edge_scenarios(EXAMPLE_ENVIRONMENT)}


def sent(scenario: Scenario) -> list[dict[str, Any]]:
    """The sessions that the updates of a scenario send."""
    return [step.body["customerSession"] for step in scenario.steps if isinstance(step, Update)]


def test_carts_of_no_one_and_two_items_are_closed_with_a_coupon(sweep: dict[str, Scenario]) -> None:
    """With a coupon that has no limit, and with a scarce one whose counter is shown first."""
    sessions = sent(sweep["coupons in small carts"])
    free = [one for one in sessions if one.get("couponCodes") == ["WELCOME"]]
    assert [len(one["cartItems"]) for one in free] == [0, 1, 2]
    assert all(one["state"] == "closed" for one in free)
    assert sessions[0]["couponCodes"] == ["SALE-{n}"]
    assert "state" not in sessions[0]
    assert sessions[-1] == {"state": "closed"}


def test_a_counter_goes_down_unseen(sweep: dict[str, Scenario]) -> None:
    """The cancels do not show it, the close after them does."""
    scenario = sweep["coupon whose redemptions are all given back"]
    shows = [
        "coupons" in step.body["responseContent"]
        for step in scenario.steps
        if isinstance(step, Update)
    ]
    assert shows == [True, True, False, False, True]


def test_a_return_comes_before_the_last_redemption(sweep: dict[str, Scenario]) -> None:
    """What a return counts shows in that redemption, what the cancel keeps in the one after it."""
    steps = sweep["coupon in a session of which a part is returned"].steps
    returned = next(index for index, step in enumerate(steps) if isinstance(step, ReturnItems))
    assert "COUP-07" in steps[returned + 1].aims
    assert "COUP-04" in steps[returned + 2].aims


def test_a_used_up_code_comes_first_and_last(sweep: dict[str, Scenario]) -> None:
    """Beside a code that has no limit."""
    codes = [one["couponCodes"] for one in sent(sweep["coupon that is used up, behind another"])]
    assert codes[-2:] == [["WELCOME", "SALE-{n}"], ["SALE-{n}", "WELCOME"]]


def test_codes_and_profiles_come_with_later_updates(sweep: dict[str, Scenario]) -> None:
    """To open sessions, so that a limit of profiles holds for the session and not for a request."""
    sessions = sent(sweep["a profile's limit in sessions that are open before"])
    late = [one for one in sessions if "cartItems" not in one and "state" not in one]
    assert late == [{"couponCodes": ["TEA-{n}"]}, {"profileId": f"one-{MARK}"}]


def test_bursts_change_one_counter_from_two_sessions(sweep: dict[str, Scenario]) -> None:
    """A cancel beside a close with one redemption left, and closings of one profile."""
    beside = sweep["a cancel beside a close"]
    assert beside.burst is not None
    burst = beside.steps[slice(*beside.burst)]
    states = [step.body["customerSession"] for step in burst if isinstance(step, Update)]
    assert states == [{"state": "cancelled"}, {"state": "closed"}]
    assert len({step.session for step in burst}) == 2
    once = sweep["closings of one profile at once"]
    assert once.burst == (3, 6)
    assert {one["profileId"] for one in sent(once)[:3]} == {f"one-{MARK}"}


def test_without_scarce_codes_none_of_them_is_sent() -> None:
    """What is not declared cannot be counted."""
    titles = {one.title for one in edge_scenarios(Environment())}
    assert not any("coupon" in title and "used up" in title for title in titles)
    assert "coupons in small carts" not in titles
    assert "closings of one profile at once" not in titles
