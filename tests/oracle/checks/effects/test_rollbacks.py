"""COUP-04, COUP-05, COUP-08, REF-03, REF-04: what cancel and reopen give back."""

from __future__ import annotations

from typing import Any

import pytest

from cartfuzz.wire import Delivery, NoResponse

from ...histories import answer, effect, update, view
from .histories import (
    CART,
    Told,
    accept,
    cancelled,
    discount,
    fetched,
    found,
    quiet,
    reached,
    reject,
    reopened,
    returned,
    rollback,
    rules,
    sent,
)

HELD = {"couponCodes": ["PLAIN", "TENTH"], "referralCode": "FRIEND"}
REFERRED = effect("acceptReferral", value="FRIEND")
BACK = effect("rollbackReferral", value="FRIEND")
CLOSED = sent({**HELD, "state": "closed"}, accept("PLAIN"), accept("TENTH"), REFERRED)
ALL = rollback("PLAIN"), rollback("TENTH"), BACK


def test_each_redeemed_code_is_given_back_once() -> None:
    """By cancelling and by reopening, in any order and in any spelling."""
    assert rules(CLOSED, cancelled(*ALL)) == []
    assert rules(CLOSED, cancelled(BACK, rollback("tenth"), rollback(" PLAIN"))) == []
    assert rules(CLOSED, reopened(*ALL)) == []
    assert {"COUP-04", "REF-03", "COUP-05"} & reached(CLOSED, cancelled(*ALL)) == {
        "COUP-04",
        "REF-03",
    }
    assert {"COUP-08", "REF-04"} <= reached(CLOSED, reopened(*ALL))


@pytest.mark.parametrize(
    ("effects", "coupon", "referral"),
    [
        ((), True, True),
        ((rollback("PLAIN"), BACK), True, False),
        ((rollback("PLAIN"), rollback("TENTH")), False, True),
        ((*ALL, rollback("PLAIN")), True, False),
        ((*ALL, BACK), False, True),
        ((*ALL, rollback("FIVE")), True, False),
        ((*ALL, effect("rollbackReferral", value="x")), False, True),
    ],
)
def test_too_little_and_too_much_is_found(
    effects: tuple[Any, ...], *, coupon: bool, referral: bool
) -> None:
    """A code that is missing, comes twice, or was never redeemed."""
    expected = [*(["COUP-04"] if coupon else []), *(["REF-03"] if referral else [])]
    assert rules(CLOSED, cancelled(*effects)) == expected
    as_reopened = [{"COUP-04": "COUP-08", "REF-03": "REF-04"}[rule] for rule in expected]
    assert rules(CLOSED, reopened(*effects)) == as_reopened


def test_the_kinds_of_error_are_different_bugs() -> None:
    """A missing rollback, a double one, and one too many have signatures of their own."""
    histories = [
        (CLOSED, cancelled(BACK)),
        (CLOSED, cancelled(*ALL, rollback("PLAIN"))),
        (CLOSED, cancelled(*ALL, rollback("FIVE"))),
        (CLOSED, reopened(BACK)),
    ]
    signatures = [one.signature for history in histories for one in found(history)]
    assert len(set(signatures)) == len(signatures) == 4


def test_two_campaigns_give_a_code_back_each() -> None:
    """A code may stand in several campaigns, each with a redemption of its own."""
    closed = sent(
        {"couponCodes": ["PLAIN"], "state": "closed"}, accept("PLAIN"), accept("PLAIN", campaign=8)
    )
    assert rules(closed, cancelled(rollback("PLAIN"), rollback("PLAIN", campaign=8))) == []
    assert rules(closed, cancelled(rollback("PLAIN"))) == []


def test_a_rejected_code_is_not_given_back() -> None:
    """The session was closed without it."""
    used_up = reject("PLAIN", campaign=7, reason="CouponLimitReached")
    closed = sent({"couponCodes": ["PLAIN"], "state": "closed"}, used_up)
    assert rules(closed, cancelled()) == []
    assert rules(closed, cancelled(rollback("PLAIN"))) == ["COUP-04"]


def test_cancelling_an_open_session_rolls_nothing_back() -> None:
    """Nothing was redeemed: no coupon, no referral, no discount (COUP-05)."""
    opened = sent(HELD, accept("PLAIN"), accept("TENTH"), REFERRED)
    assert rules(opened, cancelled()) == []
    for one in (rollback("PLAIN"), BACK, effect("rollbackDiscount", name="x", value=1)):
        assert rules(opened, cancelled(one)) == ["COUP-05"]
    assert "COUP-05" in reached(opened, cancelled())


def test_what_a_second_cancel_lists_is_open() -> None:
    """Nothing, or once more what the first one rolled back; the counters judge what it does."""
    history = CLOSED, cancelled(*ALL)
    assert rules(*history, cancelled()) == []
    assert rules(*history, cancelled(*ALL)) == []


def test_what_is_not_known_is_not_judged() -> None:
    """After a lost close, after effects that cannot be read, and of dry cancellations."""
    close = quiet(update({**HELD, "state": "closed"}))
    lost: Told = (close, NoResponse(fate=Delivery.UNKNOWN, reason="cut"))
    shown = fetched({**HELD, "state": "closed"})
    assert rules(lost, shown, cancelled()) == []
    assert rules(lost, shown, cancelled(rollback("PLAIN"))) == []
    broken = sent({**HELD, "state": "closed"}, {**accept("PLAIN"), "ruleIndex": None})
    assert rules(broken, cancelled()) == ["EFF-01"]
    dry = sent({"state": "cancelled"}, dry=True)
    assert rules(CLOSED, dry) == []
    assert rules(CLOSED, cancelled(*ALL[1:], {**ALL[0], "ruleIndex": None})) == ["EFF-01"]


def test_a_return_may_have_given_a_coupon_back_before() -> None:
    """Then a cancellation may name it again or not."""
    closed = sent({"couponCodes": ["PLAIN"], "cartItems": CART, "state": "closed"}, accept("PLAIN"))
    history = closed, returned(0, 1, rollback("PLAIN"))
    assert rules(*history, cancelled()) == []
    assert rules(*history, cancelled(rollback("PLAIN"))) == []
    kept = closed, returned(0, 1)
    assert rules(*kept, cancelled(rollback("PLAIN"))) == []
    assert rules(*kept, cancelled()) == ["COUP-04"]


def test_closing_anew_redeems_anew() -> None:
    """After a reopening the next close counts by its own answer."""
    history = CLOSED, reopened(*ALL), sent({"state": "closed"}, accept("PLAIN"))
    assert rules(*history, cancelled(rollback("PLAIN"))) == []
    assert rules(*history, cancelled(*ALL)) == ["COUP-04", "REF-03"]


def test_a_session_that_is_closed_again_keeps_what_it_redeemed() -> None:
    """Closed to closed is no move, whatever its answer lists."""
    for again in ((), (accept("PLAIN"), accept("TENTH"), REFERRED)):
        history = CLOSED, sent({"state": "closed"}, *again)
        assert rules(*history, cancelled(*ALL)) == []


def test_a_wrong_state_is_the_only_finding() -> None:
    """A cancellation that is ignored gives nothing back either: that is one bug."""
    step = update({"state": "cancelled"})
    body: dict[str, Any] = {"effects": [], "createdCoupons": [], "createdReferrals": []}
    shown = view({**HELD, "state": "closed"}, updateCount=2)
    assert rules(CLOSED, (step, answer(200, {**body, "customerSession": shown}))) == ["STATE-06"]


def test_a_close_without_effects_may_mean_those_of_the_open_session() -> None:
    """Where it listed something that a close applies, or where nobody knows what it listed."""
    opened = sent({**HELD, "cartItems": CART}, accept("TENTH"), discount(3.555))
    back = rollback("TENTH"), effect("rollbackDiscount", name="off", value=3.555)
    closing = sent({"state": "closed"})
    for given_back in (back, ()):
        assert rules(opened, closing, cancelled(*given_back)) == []
        assert rules(opened, sent({}, on=1), closing, reopened(*given_back)) == []
    nothing = sent(HELD, reject("TENTH", campaign=7, reason="CouponExpired"))
    assert rules(nothing, closing, cancelled(*back)) == ["COUP-04", "DISC-03"]
    created = sent({**HELD, "state": "closed"})
    assert rules(created, cancelled(*back)) == ["COUP-04", "DISC-03"]
