"""One coupon with a limit, over several sessions: every rule fires, and stays silent."""

from __future__ import annotations

from typing import Any

import pytest

from cartfuzz.contract import (
    MARK,
    NOTHING_EXCLUSIVE,
    Coupon,
    Environment,
    Exclusive,
    Referral,
    Update,
)
from cartfuzz.contract.versions import ContractVersion
from cartfuzz.record import Claim, StatusIn, Without

from ..histories import answer, refusal
from .shop import (
    ACCEPTS,
    ALONE,
    CODE,
    CONFLICT,
    LIMITED,
    REJECTS,
    SILENCE,
    Event,
    cancelled,
    close,
    closed,
    effect,
    environment,
    found,
    judge,
    opened,
    rejected,
    reopened,
    returned,
    rules,
    said,
)

DRY: Event = (close(5, dry=True), ACCEPTS)
REFUSED: Event = (close(5), refusal(400))
TWICE = environment(Coupon(code=CODE, limit=2))
THRICE = environment(Coupon(code=CODE, limit=3))
CART = {"cartItems": [{"name": "Cap", "sku": "cap", "quantity": 2, "price": 5}]}


READ_COUNTER = Update(session=9, body={"customerSession": {"couponCodes": [CODE]}})


def counter(value: int, limit: int = 0) -> list[dict[str, object]]:
    """The member ``coupons`` of an answer."""
    return [{"value": CODE, "usageCounter": value, "usageLimit": limit}]


def shown(value: int) -> Event:
    """An update of an open session whose answer shows the counter."""
    return READ_COUNTER, said(coupons=counter(value))


@pytest.mark.parametrize(
    ("history", "rule"),
    [
        ([closed(0), closed(1)], "COUP-02"),
        ([closed(0), cancelled(0), rejected(1)], "COUP-04"),
        ([closed(0), cancelled(0), (close(1), CONFLICT)], "COUP-04"),
        ([closed(0), returned(0), cancelled(0), rejected(1)], "COUP-04"),
        ([closed(0), reopened(0), rejected(1)], "COUP-08"),
        ([closed(0), cancelled(0), cancelled(0), closed(1), closed(2)], "COUP-11"),
        ([closed(0), opened(1), cancelled(1), closed(2)], "COUP-05"),
        ([closed(0), reopened(0), closed(0), closed(1)], "COUP-08"),
    ],
)
def test_a_coupon_that_is_counted_wrongly_is_named_by_its_cause(
    history: list[Event], rule: str
) -> None:
    """With a limit of 1 each way of counting wrongly shows by redeeming again."""
    assert rules(history) == [rule]


@pytest.mark.parametrize(
    ("history", "rule"),
    [
        ([closed(0), closed(1), cancelled(1), DRY, rejected(2)], "COUP-07"),
        ([closed(0), closed(1), closed(2)], "COUP-02"),
        ([closed(0), closed(1), cancelled(1), closed(2), closed(3)], "COUP-04"),
        ([closed(0), closed(1), cancelled(1), closed(2), cancelled(2), rejected(3)], "COUP-01"),
        ([closed(0, CODE, CODE), closed(1), cancelled(1), rejected(2)], "COUP-04"),
    ],
)
def test_with_a_limit_of_two(history: list[Event], rule: str) -> None:
    """The first cause in a fixed order that explains all answers is named."""
    assert rules(history, TWICE) == [rule]


@pytest.mark.parametrize(
    "hidden",
    [
        DRY,
        REFUSED,
        (Update(session=0, body={"customerSession": {"state": "closed"}}), said()),
        opened(5),
    ],
)
def test_what_redeems_nothing_must_not_count(hidden: Event) -> None:
    """One of two redemptions is left for sure, and yet the next is rejected."""
    again = (close(0), said(effect("acceptCoupon"), coupons=counter(1)))
    history = [closed(0), again, hidden, rejected(1)]
    assert rules(history, TWICE)[-1:] == ["COUP-07"]


def test_a_code_that_is_sent_twice_counts_once() -> None:
    """One of two redemptions is left after it."""
    again = (close(0, CODE, CODE), said(effect("acceptCoupon"), coupons=counter(1)))
    assert rules([closed(0, CODE, CODE), again], TWICE) == []
    history = [shown(0), closed(0, CODE, CODE), rejected(1)]
    assert rules(history, TWICE) == ["COUP-07"]


@pytest.mark.parametrize(
    "history",
    [
        [rejected(0), rejected(1)],
        [closed(0), rejected(1)],
        [closed(0), (close(1), CONFLICT)],
        [closed(0), cancelled(0), closed(1), cancelled(1), closed(2)],
        [closed(0), reopened(0), closed(0), rejected(1)],
        [closed(0), cancelled(0), cancelled(0), closed(1), rejected(2)],
        [closed(0), (close(0), ACCEPTS), cancelled(0), closed(1)],
        [closed(0), DRY, DRY, cancelled(0), closed(1)],
        [closed(0, **CART), returned(0), rejected(1)],
        [closed(0, **CART), returned(0), closed(1)],
        [closed(0, **CART), returned(0), cancelled(0), closed(1)],
        [opened(0), (close(0), said()), rejected(1)],
        [opened(0), (close(0), said()), closed(1)],
        [(close(0), SILENCE), rejected(1)],
        [(close(0), SILENCE), closed(1)],
        [closed(0), (cancelled(0)[0], SILENCE), closed(1)],
        [closed(0), (cancelled(0)[0], SILENCE), rejected(1)],
        [(close(0), refusal(503)), rejected(1), rejected(2)],
    ],
)
def test_a_target_that_may_count_rightly_is_not_accused(history: list[Event]) -> None:
    """Nothing is known of redemptions before; a lost answer counts as perhaps."""
    assert rules(history) == []


def test_a_lost_close_counts_once_at_most() -> None:
    """A limit of 3 holds two closings and a lost one, and not two more."""
    history = [closed(0), (close(1), SILENCE), closed(2)]
    assert rules([*history, rejected(3)], THRICE) == []
    assert rules([*history, closed(3)], THRICE) == []
    assert rules([*history, closed(3), closed(4)], THRICE) == ["COUP-02"]


def test_a_used_up_coupon_of_others_explains_a_rejection() -> None:
    """A code that others redeem too is judged by what the scenario alone redeems."""
    history = [closed(0), cancelled(0), rejected(1)]
    assert rules(history, LIMITED, NOTHING_EXCLUSIVE) == []
    assert rules([closed(0), closed(1)], LIMITED, NOTHING_EXCLUSIVE) == ["COUP-02"]


def test_a_coupon_without_limit_is_always_redeemed() -> None:
    """No number of redemptions uses it up, whoever redeems it."""
    free = environment(Coupon(code=CODE))
    assert rules([closed(0), closed(1), closed(2)], free) == []
    assert rules([rejected(0)], free, NOTHING_EXCLUSIVE) == ["COUP-01"]


@pytest.mark.parametrize(
    ("last", "claim"),
    [
        (closed(1), Without(pattern=r'"effectType"\s*:\s*"acceptCoupon"')),
        (closed(1, CODE, "other"), None),
    ],
)
def test_a_script_can_check_what_was_wrong(last: Event, claim: Claim | None) -> None:
    """Where the close has one declared code only: an effect cannot be about another one."""
    both = environment(Coupon(code=CODE, limit=1), Coupon(code="other"))
    (one,) = judge([closed(0), last], both)[-1].discrepancies
    assert one.claim == claim


@pytest.mark.parametrize(
    ("last", "claim"),
    [
        (rejected(1), Without(pattern=r'"effectType"\s*:\s*"rejectCoupon"')),
        ((close(1), CONFLICT), StatusIn(statuses=(200,))),
        ((close(1), said()), None),
    ],
)
def test_a_script_can_check_a_missing_redemption(last: Event, claim: Claim | None) -> None:
    """A rejection by an effect, or by a 409."""
    (one,) = judge([closed(0), cancelled(0), last])[-1].discrepancies
    assert one.claim == claim


def test_nothing_is_judged_after_a_finding() -> None:
    """The counter of the code is given up: what follows may be the same bug."""
    assert rules([closed(0), closed(1), closed(2), closed(3)]) == ["COUP-02"]


SHARED = Environment(contract=ContractVersion.CURRENT, coupons=LIMITED.coupons, sole_user=False)


def test_own_redemptions_beyond_a_limit_are_too_many_whoever_else_redeems() -> None:
    """``sole_user = false``: others may add redemptions, and take away none."""
    assert rules([closed(0), closed(1)], SHARED) == ["COUP-02"]
    assert rules([closed(0), closed(1)], SHARED, burst=(0, 2)) == ["COUP-02"]
    assert rules([closed(0), cancelled(0), closed(1)], SHARED) == []
    assert rules([rejected(0), closed(1)], SHARED) == []


def test_where_others_redeem_too_a_rejection_is_no_discrepancy() -> None:
    """The rule is the same; ``sole_user = false`` makes no discrepancy of it."""
    per_profile = environment(Coupon(code=CODE, per_profile=1), sole_user=False)
    judgements = judge([rejected(0, profileId=f"ann-{MARK}")], per_profile)
    assert found(judgements) == []
    assert "COUP-01" in [one.rule for one in judgements[0].observations]
    assert rules([closed(0), cancelled(0), rejected(1)], SHARED) == []


def test_a_rule_on_observe_is_observed() -> None:
    """As for every other rule."""
    judgements = judge([closed(0), closed(1)], observed=["COUP-02"])
    assert found(judgements) == []
    assert "COUP-02" in [one.rule for one in judgements[1].observations]


@pytest.mark.parametrize(
    "fields",
    [
        {"loyaltyCards": ["card"]},
        {"couponCodes": [CODE, "other"]},
        {"referralCode": "friend"},
    ],
)
def test_a_conflict_that_something_else_may_explain_is_lawful(fields: dict[str, Any]) -> None:
    """A campaign that nobody declared may limit what the session holds besides."""
    history = [closed(0), cancelled(0)]
    assert rules([*history, (close(1, **fields), CONFLICT)]) == []


def test_a_conflict_among_parallel_requests_is_lawful() -> None:
    """The 409 may be about parallel work."""
    history = [closed(0), cancelled(0), (close(1), CONFLICT), (close(2), CONFLICT)]
    assert rules(history, burst=(2, 4)) == []


# --- answers without an effect about the code -------------------------------------------------

SILENT = said()


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([closed(0), (close(1), SILENT)], ["COUP-03"]),
        ([closed(0), opened(1), (close(1), SILENT)], []),
        ([(close(0), SILENT)], []),
        ([rejected(0), (close(1), SILENT)], ["COUP-03"]),
        ([opened(0), (close(0), SILENT)], []),
        ([closed(0), cancelled(0), (close(1), SILENT)], ["COUP-01"]),
        ([closed(0), (close(1), answer(200, {}))], []),
        ([closed(0), (close(1, f" {CODE} "), SILENT)], []),
    ],
)
def test_a_close_that_brings_a_code_in_decides_about_it(
    history: list[Event], expected: list[str]
) -> None:
    """Where the code came before, an answer may list only what has changed.

    A target that lists no effects about codes at all breaks other rules.
    """
    assert rules(history) == expected


# --- refused and repeated moves ----------------------------------------------------------------

CLOSE_AGAIN = Update(session=0, body={"customerSession": {"state": "closed"}})


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([shown(0), closed(0), (CLOSE_AGAIN, refusal()), rejected(1)], "COUP-07"),
        ([shown(0), closed(0, **CART), returned(0), rejected(1)], "COUP-07"),
        (
            [
                *(closed(0), closed(1), cancelled(0)),
                (cancelled(0)[0], refusal()),
                *(closed(2), closed(3)),
            ],
            "COUP-11",
        ),
    ],
)
def test_a_refused_or_other_move_that_counts(history: list[Event], expected: str) -> None:
    """Whether such a request is refused is open, that it counts is not."""
    assert rules(history, TWICE) == [expected]


# --- shown counters ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([(READ_COUNTER, said(coupons=counter(3, 2)))], ["COUP-06"]),
        ([(READ_COUNTER, said(coupons=counter(3, 0)))], []),
        ([(READ_COUNTER, said(coupons=counter(2, 2)))], []),
    ],
)
def test_a_shown_counter_is_at_most_the_shown_limit(
    history: list[Event], expected: list[str]
) -> None:
    """0 is no limit (COUP-06)."""
    assert rules(history, environment(Coupon(code=CODE))) == expected


@pytest.mark.parametrize(("value", "expected"), [(1, "COUP-06"), (3, "COUP-07")])
def test_a_shown_counter_follows_redemptions(value: int, expected: str) -> None:
    """Once it was shown, later values are known; the update of an open session may have counted."""
    assert rules([shown(1), closed(0), shown(2)], THRICE) == []
    assert rules([shown(1), closed(0), shown(value)], THRICE) == [expected]


def test_a_shown_counter_fixes_what_others_redeemed() -> None:
    """A rejection is then right or wrong for sure, and so is an acceptance."""
    assert rules([shown(2), rejected(0)], THRICE) == ["COUP-01"]
    assert rules([shown(3), rejected(0)], THRICE) == []
    assert rules([shown(3), closed(0)], THRICE) == ["COUP-02"]


def test_a_shown_counter_reveals_a_wrong_count() -> None:
    """The cause is named where a way of counting wrongly explains the value."""
    assert rules([shown(0), DRY, shown(1)], THRICE) == ["COUP-07"]
    assert rules([shown(0), closed(0), cancelled(0), shown(1)], THRICE) == ["COUP-04"]


@pytest.mark.parametrize("value", [0, 1])
def test_the_closing_answer_shows_the_counter_before_or_after(value: int) -> None:
    """Which of the two is silent; a dry answer says nothing."""
    closing = (close(0), said(effect("acceptCoupon"), coupons=counter(value)))
    dry = (close(5, dry=True), said(effect("acceptCoupon"), coupons=counter(7)))
    assert rules([shown(0), dry, closing, shown(1)], THRICE) == []


# --- referrals ---------------------------------------------------------------------------------

FRIEND = "FRIEND"
REFERRALS = Environment(
    contract=ContractVersion.CURRENT, referrals=(Referral(code=FRIEND, limit=1),)
)


def referred(session: int, kind: str) -> Event:
    """A close with the referral, and the effect that answers it."""
    sent = {"referralCode": FRIEND, "profileId": f"p{session}-{MARK}", "state": "closed"}
    return Update(session=session, body={"customerSession": sent}), said(effect(kind, FRIEND))


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([referred(0, "acceptReferral"), referred(1, "acceptReferral")], ["REF-01"]),
        ([referred(0, "acceptReferral"), referred(1, "rejectReferral")], []),
        ([referred(0, "acceptReferral"), cancelled(0), referred(1, "rejectReferral")], ["REF-03"]),
        ([referred(0, "acceptReferral"), reopened(0), referred(1, "rejectReferral")], ["REF-04"]),
        ([referred(0, "acceptReferral"), cancelled(0), referred(1, "acceptReferral")], []),
    ],
)
def test_referrals_are_counted_like_coupons(history: list[Event], expected: list[str]) -> None:
    """Under the rules of referrals."""
    assert rules(history, REFERRALS, Exclusive(codes=frozenset((FRIEND,)))) == expected


def test_a_referral_without_limit_is_redeemed() -> None:
    """But for a profile that may be its advocate's."""
    free = Environment(contract=ContractVersion.CURRENT, referrals=(Referral(code=FRIEND),))
    assert rules([referred(0, "rejectReferral")], free) == ["REF-02"]
    sent = {"referralCode": FRIEND, "profileId": "ann", "state": "closed"}
    other = Update(body={"customerSession": sent}), said(effect("rejectReferral", FRIEND))
    assert rules([other], free) == []


def test_the_reached_rules_are_those_that_could_have_been_broken() -> None:
    """Both sides of a limit, and what was to be given back before."""
    judgements = judge([closed(0), rejected(1), cancelled(0), closed(2)], exclusive=ALONE)
    reached = [set(one.coverage) for one in judgements]
    assert "COUP-02 show" not in reached[0]
    assert {"COUP-02 show", "COUP-03 show"} <= reached[1]
    assert {"COUP-01 show", "COUP-04 show"} <= reached[3]
    assert REJECTS.status == 200


@pytest.mark.parametrize(("value", "expected"), [(0, ["COUP-01"]), (1, ["COUP-01"]), (2, [])])
def test_a_rejection_that_its_own_counter_contradicts(value: int, expected: list[str]) -> None:
    """The number is right, the rejection is not: a close that redeems nothing counts nothing."""
    rejection = said(effect("rejectCoupon"), coupons=counter(value, 2))
    assert rules([(close(0), rejection)], TWICE) == expected
