"""EFF-08, EFF-09: reads after a rollback, and the same update once more."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import Budget, Coupon
from cartfuzz.wire import Delivery, NoResponse

from ...histories import effect, refusal
from .histories import (
    CART,
    INVENTED,
    SHOP,
    accept,
    cancelled,
    discount,
    fetched,
    reached,
    reject,
    reopened,
    rollback,
    rules,
    sent,
)

HELD = {"couponCodes": ["TENTH"]}
GIVEN = accept("TENTH"), discount(2)
OPENED = sent(HELD, *GIVEN)
SOLD_OUT = reject("PLAIN", campaign=7, reason="CouponLimitReached")


# --- EFF-09 -----------------------------------------------------------------------------------


def test_the_same_update_brings_the_same_effects() -> None:
    """In any order; unknown kinds may differ."""
    assert rules(OPENED, sent(HELD, *reversed(GIVEN), effect("showNotification"))) == []
    assert "EFF-09" in reached(OPENED, OPENED)


def test_a_discount_that_stays_while_a_code_is_used_up_elsewhere() -> None:
    """The coupon with a limit is of another campaign, so this discount must be as it was."""
    codes = {"couponCodes": ["TENTH", "PLAIN"]}
    used_up = reject("PLAIN", campaign=9, reason="CouponLimitReached")
    before = sent(codes, *GIVEN, accept("PLAIN", campaign=9))
    assert rules(before, sent(codes, *GIVEN, used_up)) == []
    assert rules(before, sent(codes, GIVEN[0], discount(3), used_up)) == ["EFF-09"]


@pytest.mark.parametrize(
    "again",
    [
        (accept("TENTH"),),
        (*GIVEN, discount(2)),
        (accept("TENTH"), *GIVEN),
        (accept("TENTH"), discount(3)),
        (accept("TENTH"), discount(2, name="more")),
        (reject("TENTH", campaign=7, reason="CouponLimitReached"),),
        (discount(2),),
    ],
)
def test_other_effects_are_found(again: tuple[Any, ...]) -> None:
    """More, fewer, with another value."""
    assert rules(OPENED, sent(HELD, *again)) == ["EFF-09"]
    assert rules(OPENED, fetched(HELD), sent(HELD, *again)) == ["EFF-09"]


def test_a_rejection_of_a_code_without_campaign_comes_once() -> None:
    """It depends on no limit."""
    codes = {"couponCodes": [INVENTED]}
    twice = reject(INVENTED), reject(INVENTED)
    assert rules(sent(codes, twice[0]), sent(codes, *twice)) == ["EFF-09"]
    assert "EFF-09" in reached(sent(codes, twice[0]), sent(codes, *twice))


def test_what_others_may_use_up_is_open() -> None:
    """A code with a limit, and what comes with it; a budget; a campaign that is not declared."""
    plain = {"couponCodes": ["PLAIN"]}
    assert rules(sent(plain, accept("PLAIN"), discount(2)), sent(plain, SOLD_OUT)) == []
    assert rules(sent(plain, SOLD_OUT), sent(plain, accept("PLAIN"), discount(2))) == []
    friend = {"referralCode": "FRIEND"}
    referral = effect("acceptReferral", value="FRIEND")
    refused = effect("rejectReferral", value="FRIEND", rejectionReason="ReferralLimitReached")
    assert rules(sent(friend, referral), sent(friend, refused)) == []
    other, more = discount(3, campaign=99), discount(1, campaign=98)
    assert rules(OPENED, sent(HELD, *GIVEN, other)) == []
    assert rules(sent(HELD, *GIVEN, other, more), sent(HELD, *GIVEN, more)) == []
    assert rules(sent(HELD, *GIVEN, other), sent(HELD, accept("TENTH"), discount(1))) == []
    tenth = msgspec.structs.replace(SHOP.coupons[0], campaign="tenth")
    budget = Budget(campaign="tenth", limit=10)
    shop = msgspec.structs.replace(SHOP, coupons=(tenth,), budgets=(budget,))
    rejected = sent(HELD, reject("TENTH", campaign=7, reason="CampaignLimitReached"))
    assert rules(OPENED, rejected, environment=shop) == []
    assert "EFF-09" not in reached(OPENED, rejected, environment=shop)
    assert rules(OPENED, rejected) == ["EFF-09"]


def test_a_campaign_that_takes_other_codes_too_is_open() -> None:
    """Its discounts may be theirs, and another campaign may have the same code."""
    both = {"couponCodes": ["TENTH", "PLAIN"]}
    first = sent(both, *GIVEN, accept("PLAIN"), discount(5, name="plain"))
    assert rules(first, sent(both, *GIVEN, SOLD_OUT)) == []
    shared = sent(HELD, *GIVEN, accept("TENTH", campaign=99), discount(4, campaign=99))
    assert rules(shared, OPENED) == []
    assert rules(OPENED, shared) == []
    assert rules(shared, sent(HELD, reject("TENTH", campaign=7))) == ["EFF-09"]


@pytest.mark.parametrize(
    ("last", "sole_user", "code", "is_own"),
    [
        (99_999_999, True, "SALE-{n}", True),
        (99, True, "SALE-{n}", False),
        (99_999_999, False, "SALE-{n}", False),
        (99_999_999, True, "SALE-7", False),
    ],
)
def test_a_limited_code_of_the_execution_is_its_own(
    last: int, code: str, *, sole_user: bool, is_own: bool
) -> None:
    """Where a large pattern has a number for each execution, and nobody else redeems it."""
    sale = Coupon(code="SALE-{n}", first=1, last=last, limit=1)
    shop = msgspec.structs.replace(SHOP, coupons=(sale,), sole_user=sole_user)
    held = {"couponCodes": [code]}
    used_up = reject(code, campaign=7, reason="CouponLimitReached")
    history = sent(held, accept(code)), sent(held, used_up)
    assert ("EFF-09" in reached(*history, environment=shop)) is is_own
    assert rules(*history, environment=shop) == (["EFF-09"] if is_own else [])


def test_reasons_and_points_and_an_answer_without_effects_are_open() -> None:
    """EFF-U1; points count with the close; a target may list changes only."""
    codes = {"couponCodes": [INVENTED]}
    first = sent(codes, reject(INVENTED))
    assert rules(first, sent(codes, reject(INVENTED, reason="Other"))) == []
    points = effect("addLoyaltyPoints", name="x", value=1, transactionUUID="u")
    assert rules(OPENED, sent(HELD, *GIVEN, points)) == []
    assert rules(OPENED, sent(HELD)) == []


def test_whatever_comes_between_may_count() -> None:
    """Another update, a close of another session, a refusal, a lost answer."""
    less = sent(HELD, accept("TENTH"))
    other = sent({"state": "closed"}, on=1)
    assert rules(OPENED, sent({"profileId": "ann"}, *GIVEN), less) == []
    assert rules(OPENED, other, less) == []
    assert rules(OPENED, (OPENED[0], refusal()), less) == ["STATE-12"]
    lost = (other[0], NoResponse(fate=Delivery.UNKNOWN, reason="cut"))
    assert rules(OPENED, lost, less) == []
    closing = {**HELD, "state": "closed"}
    assert rules(OPENED, sent(closing, accept("TENTH"))) == []


# --- EFF-08 -----------------------------------------------------------------------------------

CLOSED = sent({**HELD, "state": "closed"}, *GIVEN)
BACK = rollback("TENTH"), effect("rollbackDiscount", name="off", value=2)
CANCELLED = {**HELD, "state": "cancelled"}


def test_reads_list_no_rollback() -> None:
    """In no state."""
    for one in BACK:
        assert rules(CLOSED, cancelled(*BACK), fetched(CANCELLED, one, updates=2)) == ["EFF-08"]
        assert rules(OPENED, fetched(HELD, one)) == ["EFF-08"]


@pytest.mark.parametrize("stale", GIVEN)
def test_reads_list_nothing_that_was_rolled_back(stale: dict[str, Any]) -> None:
    """After a cancellation and after a reopening, until the next update."""
    read = fetched(CANCELLED, stale, updates=2)
    assert rules(CLOSED, cancelled(*BACK), read) == ["EFF-08"]
    assert "EFF-08" in reached(CLOSED, cancelled(*BACK), read)
    again = fetched(HELD, stale, updates=2)
    assert rules(CLOSED, reopened(*BACK), again) == ["EFF-08"]
    assert rules(CLOSED, fetched({**HELD, "state": "closed"}, stale)) == []
    anew = sent(HELD, *GIVEN)
    updated = fetched(HELD, stale, updates=2)
    assert rules(CLOSED, reopened(*BACK), anew, updated) == []


def test_other_effects_may_still_be_listed() -> None:
    """Of other campaigns, and rejections; and all where an open session was cancelled."""
    others = discount(2, campaign=9), reject("TENTH", campaign=7, reason="CouponExpired")
    assert rules(CLOSED, cancelled(*BACK), fetched(CANCELLED, *others, updates=2)) == []
    assert rules(OPENED, cancelled(), fetched(CANCELLED, *GIVEN, updates=2)) == []


def test_points_that_were_rolled_back_are_not_listed_either() -> None:
    """By their transaction, and of cancelled sessions only."""
    points = effect("addLoyaltyPoints", name="x", value=1, transactionUUID="u")
    closed = sent({"cartItems": CART, "state": "closed"}, points)
    back = effect("rollbackAddedLoyaltyPoints", value=1, transactionUUID="v")
    read = fetched({"cartItems": CART, "state": "cancelled"}, points, updates=2)
    assert rules(closed, cancelled(back), read) == ["EFF-08"]
