"""Tests the amounts of discounts and points, and what returns take back of them."""

from __future__ import annotations

from typing import Any

import pytest

from cartfuzz.contract import Coupon, DiscountBase

from .steps import Client, item, put, return_items, return_line
from .test_promotions import with_campaigns
from .witnesses.codes import CART, COSTS, TEA, cancel, closed

UNIT_NAME = "discount of TEA-{n}"


@pytest.mark.parametrize(
    ("coupon", "value"),
    [
        (Coupon(code="A", discount=0.1), 5.498),
        (Coupon(code="A", discount=0.1, base=DiscountBase.CART_ITEMS), 4.998),
        (Coupon(code="A", amount=5), 5),
        (Coupon(code="A", amount=1000), 54.98),
        (Coupon(code="A", discount=1), 54.98),
    ],
)
def test_the_discount_of_a_session_is_exact(coupon: Coupon, value: float) -> None:
    """A rate applies to its base, unrounded; an amount is at most the total."""
    answer = Client(with_campaigns(coupon))(
        put(couponCodes=["A"], cartItems=CART, additionalCosts=COSTS)
    )
    assert [props["value"] for kind, props in answer.effects if kind == "setDiscount"] == [value]


@pytest.mark.parametrize("cart", [[], [item("a", 1, 0)]])
def test_nothing_is_discounted_where_nothing_is_paid(client: Client, cart: list[Any]) -> None:
    """A session without a price has its coupons accepted, without discounts."""
    answer = client(put(couponCodes=["WELCOME", "SALE-1", TEA], cartItems=cart))
    assert answer.effect_types == ["acceptCoupon"] * 3


def test_each_unit_has_a_discount_where_items_are_flattened(client_flattening: Client) -> None:
    """With flattening, each unit is named by position and sub-position, both from 0."""
    discounts = client_flattening(put(couponCodes=[TEA], cartItems=CART)).effects[1:]
    assert [props for _, props in discounts] == [
        {"name": UNIT_NAME, "value": 2.4975, "position": 0, "subPosition": 0},
        {"name": UNIT_NAME, "value": 2.4975, "position": 0, "subPosition": 1},
        {"name": UNIT_NAME, "value": 7.5, "position": 1, "subPosition": 0},
    ]


def test_each_item_has_a_discount_where_nothing_is_flattened(client_2_5_1: Client) -> None:
    """Without flattening, each item is named by its position."""
    discounts = client_2_5_1(put(couponCodes=[TEA], cartItems=CART)).effects[1:]
    assert [props for _, props in discounts] == [
        {"name": UNIT_NAME, "value": 2.4975, "position": 0},
        {"name": UNIT_NAME, "value": 7.5, "position": 1},
    ]


def test_a_return_takes_the_last_units_back(client_flattening: Client) -> None:
    """Each return rolls the discounts of its units back; the cancel rolls back those left."""
    client_flattening(closed("s", TEA))
    steps = (return_items(return_line(0, 1)), return_items(return_line(0)), cancel("s"))
    places = [
        [
            (props["cartItemPosition"], props["cartItemSubPosition"])
            for kind, props in client_flattening(step).effects
            if kind == "rollbackDiscount"
        ]
        for step in steps
    ]
    assert places == [[(0, 1)], [(0, 0)], [(1, 0)]]


def test_a_return_rolls_back_no_code(client: Client) -> None:
    """A return of all items rolls back discounts of items only."""
    client(closed("s", "WELCOME", TEA))
    answer = client(return_items(return_line(0), return_line(1)))
    assert set(answer.effect_types) == {"rollbackDiscount"}
    assert all("cartItemPosition" in props for _, props in answer.effects)


def test_a_dry_return_answers_as_the_real_one(client: Client) -> None:
    """A dry return shows the effects, and leaves them to the real one."""
    client(closed("s", TEA, profileId="p"))
    dry = client(return_items(return_line(0), dry=True))
    assert dry.effects == client(return_items(return_line(0))).effects


def test_points_are_those_of_the_total(client: Client) -> None:
    """A closed session with a profile earns points; an open or anonymous one earns none."""
    assert client(put("o", profileId="p", cartItems=CART)).effects == []
    assert client(closed("a")).effects == []
    ((kind, props),) = client(closed("s", profileId="p", additionalCosts=COSTS)).effects
    assert (kind, props["value"]) == ("addLoyaltyPoints", 109.96)
    assert (props["name"], props["recipientIntegrationId"]) == ("leaves", "p")


def test_returned_points_add_up(client: Client) -> None:
    """The points of returns and of the cancel are those that were added, in one transaction."""
    ((_, added),) = client(closed("s", profileId="p", additionalCosts=COSTS)).effects
    steps = (return_items(return_line(0)), return_items(return_line(1)), cancel("s"))
    taken = [props for step in steps for _, props in client(step).effects]
    assert [props["value"] for props in taken] == [39.96, 60, 10]
    assert {props["transactionUUID"] for props in taken} == {added["transactionUUID"]}
