"""Tests races: bursts of requests, with and without the faults that let requests interleave.

Handlers wait only for the event loop, so a burst runs in the same order each time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.sandbox import FAULTS, FaultClass

from .steps import Answer, Client, Step, get, item, put, return_items, return_line
from .witnesses.codes import SALE, TEA, cancel, closed, referred

ENVIRONMENT = msgspec.structs.replace(
    EXAMPLE_ENVIRONMENT,
    flattening=True,
    coupon_limits={**EXAMPLE_ENVIRONMENT.coupon_limits, "ONCE": 1},
)
IN_OTHER_CLASSES = {"counts-parallel-closings-once"}
"""Faults that need a burst too, and more than that."""


@dataclass(frozen=True, kw_only=True)
class Race:
    """A burst, and an outcome of it that no sequential order explains."""

    before: tuple[Step, ...] = ()
    burst: tuple[Step, ...]
    after: tuple[Step, ...] = ()
    impossible: Callable[[list[Answer], list[Answer]], bool]
    """Whether no order explains the answers to the burst and to the requests after it."""


def accepted(answers: list[Answer]) -> int:
    """How many of ``answers`` are 200."""
    return sum(answer.status == 200 for answer in answers)


def redemptions(answers: list[Answer]) -> int:
    """How many coupons and referrals ``answers`` accept."""
    kinds = [kind for answer in answers for kind in answer.effect_types]
    return kinds.count("acceptCoupon") + kinds.count("acceptReferral")


RACES = {
    "loses-updates": Race(
        before=(put(),),
        burst=(put(identifiers=["i"]), put(referralCode="r")),
        after=(get(),),
        impossible=lambda _, after: not {"identifiers", "referralCode"} <= after[0].session.keys(),
    ),
    "closes-twice": Race(
        before=(put(couponCodes=["WELCOME"]),),
        burst=(put(state="closed"), put(state="closed")),
        impossible=lambda burst, _: accepted(burst) > 1,
    ),
    "creates-twice": Race(
        burst=(put(), put()),
        impossible=lambda burst, _: burst[0].session["id"] != burst[1].session["id"],
    ),
    "tears-updates": Race(
        before=(put(identifiers=["old"], couponCodes=["old"], referralCode="old"),),
        burst=(put(identifiers=["new"], couponCodes=["new"], referralCode="new"), get()),
        impossible=lambda burst, _: (
            len(
                {
                    *burst[1].session["identifiers"],
                    *burst[1].session["couponCodes"],
                    burst[1].session["referralCode"],
                }
            )
            > 1
        ),
    ),
    "returns-twice": Race(
        before=(put(state="closed", cartItems=[item("a", 2)]),),
        burst=(return_items(return_line(0, 2)), return_items(return_line(0, 2))),
        impossible=lambda burst, _: accepted(burst) > 1,
    ),
    "mixes-up-requests": Race(
        before=(put("one"), put("two")),
        burst=(put("one", identifiers=["for one"]), put("two", identifiers=["for two"])),
        after=(get("one"),),
        impossible=lambda _, after: after[0].session.get("identifiers") != ["for one"],
    ),
    "counts-parallel-closings-once": Race(
        burst=tuple(put(name, state="closed", couponCodes=["ONCE"]) for name in ("one", "two")),
        impossible=lambda burst, _: redemptions(burst) > 1,
    ),
    "races-for-the-last-coupon": Race(
        burst=tuple(closed(name, "ONCE") for name in ("one", "two")),
        impossible=lambda burst, _: redemptions(burst) > 1,
    ),
    "races-for-the-last-referral": Race(
        burst=tuple(referred(name) for name in ("one", "two")),
        impossible=lambda burst, _: redemptions(burst) > 1,
    ),
    "races-for-the-limit-of-a-profile": Race(
        burst=tuple(closed(name, TEA, profileId="p") for name in ("one", "two")),
        impossible=lambda burst, _: redemptions(burst) > 1,
    ),
    "races-for-the-budget-of-an-identifier": Race(
        before=(closed("first", TEA, identifiers=["i"]),),
        burst=tuple(closed(name, TEA, identifiers=["i"]) for name in ("one", "two")),
        impossible=lambda burst, _: redemptions(burst) > 1,
    ),
    "cancels-over-closings": Race(
        before=(closed("first", "WELCOME"),),
        burst=(cancel("first"), closed("one", "ONCE")),
        after=(closed("two", "ONCE"),),
        impossible=lambda burst, after: redemptions([*burst, *after]) > 1,
    ),
    "cancels-twice": Race(
        before=(closed("one", SALE), closed("two", SALE)),
        burst=(cancel("one"), cancel("one")),
        after=tuple(closed(name, SALE) for name in ("three", "four")),
        impossible=lambda _, after: redemptions(after) > 1,
    ),
    "returns-over-cancels": Race(
        before=(closed("s", SALE),),
        burst=(return_items(return_line(0)), cancel("s")),
        after=(get(),),
        impossible=lambda burst, after: (
            accepted(burst) > 1 and after[0].session["state"] != "cancelled"
        ),
    ),
}


def shows(race: Race, *faults: str) -> bool:
    """Whether a sandbox with ``faults`` answers the race in an impossible way."""
    client = Client(ENVIRONMENT, faults=faults)
    assert accepted(client.send_all(*race.before)) == len(race.before)
    burst = client.send_burst(*race.burst)
    return race.impossible(burst, client.send_all(*race.after))


def test_every_concurrency_fault_has_a_race() -> None:
    """The races cover the faults of concurrency, each by name."""
    names = {f.name for f in FAULTS.values() if f.fault_class == FaultClass.CONCURRENCY}
    assert RACES.keys() == names | IN_OTHER_CLASSES


@pytest.mark.parametrize("name", RACES)
def test_a_race_shows_with_its_fault_only(name: str) -> None:
    """The outcome of the race is impossible with its fault, and possible without."""
    assert shows(RACES[name], name)
    assert not shows(RACES[name])


@pytest.mark.parametrize("name", [name for name in RACES if name.startswith("races-for")])
def test_a_race_shows_beside_the_fault_of_another(name: str) -> None:
    """Of two races for limits that are possible at once, neither hides the other."""
    other = "races-for-the-last-coupon"
    if name == other:
        other = "races-for-the-last-referral"
    assert shows(RACES[name], name, other)
    assert shows(RACES[name], other, name)


@pytest.mark.parametrize("limit", ["referral", "profile", "identifier"])
def test_closings_that_count_coupons_once_count_the_rest(limit: str) -> None:
    """The fault of coupons of parallel closings leaves other limits alone."""
    (race,) = (race for name, race in RACES.items() if name.startswith("r") and limit in name)
    assert not shows(race, "counts-parallel-closings-once")


@pytest.mark.parametrize("name", RACES)
def test_one_after_the_other_nothing_shows(name: str) -> None:
    """Sent one after the other, the same requests have a possible outcome, despite the fault."""
    race = RACES[name]
    client = Client(ENVIRONMENT, faults=[name])
    client.send_all(*race.before)
    burst = client.send_all(*race.burst)
    assert not race.impossible(burst, client.send_all(*race.after))


@pytest.mark.parametrize("name", RACES)
def test_two_codes_of_one_session_share_a_limit(name: str) -> None:
    """Of two coupons of a close, the second is rejected where the first uses the budget up."""
    client = Client(ENVIRONMENT, faults=[name])
    client(closed("first", TEA, identifiers=["i"]))
    answer = client(closed("second", "TEA-2", "TEA-3", identifiers=["i"]))
    kinds = [kind for kind in answer.effect_types if kind.endswith("Coupon")]
    assert kinds == ["acceptCoupon", "rejectCoupon"]


def test_a_coupon_is_redeemed_once_however_often_it_is_raced_for() -> None:
    """Of five parallel closings with one coupon of limit 1, one redeems it; all are closed."""
    client = Client(msgspec.structs.replace(EXAMPLE_ENVIRONMENT, coupon_limits={"ONCE": 1}))
    burst = client.send_burst(
        *(put(f"s{number}", state="closed", couponCodes=["ONCE"]) for number in range(5))
    )
    assert accepted(burst) == 5
    assert redemptions(burst) == 1
