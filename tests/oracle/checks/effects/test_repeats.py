"""EFF-08, EFF-09: reads after a rollback, and the same update once more."""

from __future__ import annotations

from typing import Any

import pytest

from cartfuzz.wire import Delivery, NoResponse

from ...histories import effect, refusal
from .histories import (
    CART,
    INVENTED,
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

HELD = {"couponCodes": ["PLAIN"]}
GIVEN = accept("PLAIN"), discount(2)
OPENED = sent(HELD, *GIVEN)


# --- EFF-09 -----------------------------------------------------------------------------------


def test_the_same_update_brings_the_same_effects() -> None:
    """In any order; unknown kinds may differ."""
    assert rules(OPENED, sent(HELD, *reversed(GIVEN), effect("showNotification"))) == []
    assert "EFF-09" in reached(OPENED, OPENED)


@pytest.mark.parametrize(
    "again",
    [
        (accept("PLAIN"),),
        (*GIVEN, discount(2)),
        (accept("PLAIN"), discount(3)),
        (accept("PLAIN"), discount(2, name="more")),
        (reject("PLAIN", campaign=7, reason="CouponLimitReached"),),
    ],
)
def test_other_effects_are_found(again: tuple[Any, ...]) -> None:
    """More, fewer, with another value."""
    assert rules(OPENED, sent(HELD, *again)) == ["EFF-09"]
    assert rules(OPENED, fetched(HELD), sent(HELD, *again)) == ["EFF-09"]


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
    less = sent(HELD, accept("PLAIN"))
    other = sent({"state": "closed"}, on=1)
    assert rules(OPENED, sent({"profileId": "ann"}, *GIVEN), less) == []
    assert rules(OPENED, other, less) == []
    assert rules(OPENED, (OPENED[0], refusal()), less) == ["STATE-12"]
    lost = (other[0], NoResponse(fate=Delivery.UNKNOWN, reason="cut"))
    assert rules(OPENED, lost, less) == []
    closing = {**HELD, "state": "closed"}
    assert rules(OPENED, sent(closing, accept("PLAIN"))) == []


# --- EFF-08 -----------------------------------------------------------------------------------

CLOSED = sent({**HELD, "state": "closed"}, *GIVEN)
BACK = rollback("PLAIN"), effect("rollbackDiscount", name="off", value=2)
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
    others = discount(2, campaign=9), reject("PLAIN", campaign=7, reason="CouponExpired")
    assert rules(CLOSED, cancelled(*BACK), fetched(CANCELLED, *others, updates=2)) == []
    assert rules(OPENED, cancelled(), fetched(CANCELLED, *GIVEN, updates=2)) == []


def test_points_that_were_rolled_back_are_not_listed_either() -> None:
    """By their transaction, and of cancelled sessions only."""
    points = effect("addLoyaltyPoints", name="x", value=1, transactionUUID="u")
    closed = sent({"cartItems": CART, "state": "closed"}, points)
    back = effect("rollbackAddedLoyaltyPoints", value=1, transactionUUID="v")
    read = fetched({"cartItems": CART, "state": "cancelled"}, points, updates=2)
    assert rules(closed, cancelled(back), read) == ["EFF-08"]
