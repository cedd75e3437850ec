"""Concurrent closings of sessions that share a coupon."""

from __future__ import annotations

import pytest

from cartfuzz.contract import MARK, Coupon, Fetch
from cartfuzz.oracle.counters import Counters, Move
from cartfuzz.oracle.counters.moves import CHANGES_NOTHING
from cartfuzz.record.signature import signature_of

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
    found,
    judge,
    opened,
    rejected,
    reopened,
    rules,
    said,
)

TWICE = environment(Coupon(code=CODE, limit=2))
OPEN = [opened(session) for session in range(4)]


@pytest.mark.parametrize(
    ("burst", "expected"),
    [
        ([closed(0), closed(1)], ["COUP-02"]),
        ([closed(0), rejected(1)], []),
        ([rejected(0), closed(1), rejected(2)], []),
        ([rejected(0), rejected(1)], []),
        ([closed(0), (close(1), CONFLICT)], []),
        ([closed(0), (close(1), SILENCE)], []),
        ([closed(0), (close(1), SILENCE), closed(2)], ["COUP-02"]),
        ([closed(0), (close(1), refusal(500)), closed(2)], ["COUP-02"]),
        ([closed(0), (close(1), refusal(500))], []),
    ],
)
def test_closings_at_the_same_time(burst: list[Event], expected: list[str]) -> None:
    """A limit of 1, of which nobody knows whether it is used up already."""
    assert rules([*OPEN, *burst], burst=(4, 4 + len(burst))) == expected


@pytest.mark.parametrize(
    ("burst", "expected"),
    [
        ([cancelled(0), closed(1)], []),
        ([cancelled(0), rejected(1)], []),
        ([reopened(0), closed(1)], []),
        ([cancelled(0), closed(1), closed(2)], ["COUP-02"]),
        ([cancelled(0), closed(1), rejected(2)], []),
        ([cancelled(0), rejected(1), rejected(2)], []),
    ],
)
def test_a_close_while_another_session_gives_back(burst: list[Event], expected: list[str]) -> None:
    """The coupon may be free before the close, or after it."""
    history = [opened(0), *OPEN[1:], closed(0), *burst]
    assert rules(history, burst=(5, 5 + len(burst))) == expected


def test_later_answers_are_judged_by_how_the_burst_ended() -> None:
    """A close that was rejected beside a cancel shows which came first.

    Nothing but the race is to blame, whatever else would explain the answers.
    """
    history = [*OPEN, closed(0), cancelled(0), closed(1)]
    assert rules([*history, closed(2)], burst=(5, 7)) == ["COUP-02"]
    assert rules([*history, rejected(2)], burst=(5, 7)) == []
    late = [*OPEN, closed(0), cancelled(0), rejected(1)]
    assert rules([*late, closed(2)], burst=(5, 7)) == []
    assert rules([*late, rejected(2)], burst=(5, 7)) == ["COUP-01"]


def test_a_race_is_reported_under_the_rule_of_the_counter() -> None:
    """That parallel work on different sessions interferes is another reading."""
    (race,) = judge([*OPEN, closed(0), closed(1)], burst=(4, 6))[-1].discrepancies
    assert race.rule == "COUP-02"
    assert race.situation == "parallel closings of sessions with one coupon"
    assert race.outcome == "redeemed beyond its limit"
    interference = signature_of(
        rule="PAR-02",
        check="linearizability",
        operation="update",
        situation="parallel requests to different sessions",
        outcome="no order explains the answers",
    )
    assert interference in race.alternatives


def test_a_shown_counter_hides_no_race() -> None:
    """A usage above the limit is wrong in every order; the race is named all the same."""
    coupons = [{"value": CODE, "usageCounter": 2, "usageLimit": 1}]
    second = (close(1), said(effect("acceptCoupon"), coupons=coupons))
    assert rules([*OPEN, closed(0), second], burst=(4, 6)) == ["COUP-06", "COUP-02"]


def test_the_sessions_are_still_judged_after_a_race() -> None:
    """Only the counter is given up."""
    history = [*OPEN, closed(0), closed(1), (Fetch(session=0), refusal(404))]
    judgements = judge(history, burst=(4, 6))
    assert found(judgements) == ["COUP-02"]
    assert judgements[-1].discrepancies


def test_a_lost_close_in_a_burst_may_have_redeemed() -> None:
    """It is applied now, later or never."""
    history = [*OPEN, closed(0), (close(1), SILENCE)]
    assert rules([*history, rejected(2)], TWICE, burst=(4, 6)) == []
    assert rules([*history, closed(2)], TWICE, burst=(4, 6)) == []
    assert rules([*history, closed(2), closed(3)], TWICE, burst=(4, 6)) == ["COUP-02"]


def test_a_race_is_remembered() -> None:
    """Moves that change no counter change nothing about it."""
    counters = Counters(raced=True)
    for kind in CHANGES_NOTHING:
        assert counters.after(Move(kind=kind, session=0))[0].raced, kind


@pytest.mark.parametrize("between", [[], [opened(2)]])
def test_after_a_race_no_cause_is_named(between: list[Event]) -> None:
    """A race may have miscounted: what else explains the rejection is an alternative."""
    history = [closed(0), rejected(1), cancelled(0), *between, rejected(3)]
    assert rules(history, burst=(1, 3)) == ["COUP-01"]


def test_after_a_lost_dry_request_a_conflict_shows_no_limit() -> None:
    """The target may still be working on it, and refuse other requests meanwhile."""
    lost = (close(0, dry=True), SILENCE)
    conflict = (close(0), CONFLICT)
    assert rules([lost, conflict, closed(0)]) == []
    assert rules([conflict, closed(0)]) == ["COUP-02"]
    assert rules([opened(5), lost, conflict, closed(0)], burst=(0, 2)) == []


@pytest.mark.parametrize(
    ("profile", "expected"),
    [("fixed", []), ("", ["COUP-01"]), (f"own-{MARK}", ["COUP-01"])],
)
def test_a_conflict_of_a_profile_that_others_may_use(profile: str, expected: list[str]) -> None:
    """Requests for one profile are worked on one by one as well."""
    history = [(close(0, profileId=profile), CONFLICT)]
    assert rules(history, environment(Coupon(code=CODE))) == expected
