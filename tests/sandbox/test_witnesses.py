"""Tests that the witness of each seeded fault shows it, without the oracle."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion
from cartfuzz.sandbox import FAULTS, Fault

from .steps import Answer, Client, Step, item, put, reopen, return_items, return_line
from .test_concurrency import RACES
from .transcripts import transcript
from .witnesses import WITNESSES
from .witnesses.codes import FRIEND, HUGE_TOTALS, SALE, TEA, cancel, closed, referred

_RETURNS = (
    closed("s", "WELCOME", SALE, TEA, referralCode=FRIEND, profileId="p"),
    return_items(return_line(0)),
    return_items(return_line(1)),
    cancel("s"),
)
OF_COUPONS = (
    "counts-coupons-by-profile",
    "gives-back-twice",
    "forgets-limits-on-creation",
    "checks-the-first-coupon-only",
    "gives-back-on-each-cancel",
    "gives-back-before-it-refuses",
    "keeps-what-is-partly-returned",
    "gives-back-on-dry-cancels",
    "redeems-on-dry-closes",
    "redeems-on-open-updates",
    "redeems-on-refused-closes",
    "redeems-again-though-closed",
    "redeems-on-returns",
)
"""Faults that change how coupons are counted or checked, and nothing else."""

ALIKE = (
    ("cancels-without-rolling-coupons-back", "cancels-without-rolling-referrals-back"),
    ("reopens-without-rolling-coupons-back", "cancels-without-rolling-coupons-back"),
    ("reopens-without-rolling-referrals-back", "keeps-discounts-of-cancelled-sessions"),
    ("rolls-each-coupon-back-twice", "rolls-referrals-back-twice"),
    ("accepts-one-redemption-too-many", "accepts-one-referral-too-many"),
    ("counts-coupons-by-profile", "counts-referrals-by-profile"),
    ("counts-coupons-by-session", "counts-referrals-by-profile"),
    ("cancels-without-giving-back", "reopens-without-giving-back"),
    ("cancels-without-giving-referrals-back", "keeps-what-is-partly-returned"),
    ("cancels-without-giving-budgets-back", "reopens-without-giving-budgets-back"),
    ("gives-one-budget-back-only", "cancels-without-giving-referrals-back"),
    ("ignores-the-budget-of-profiles", "ignores-the-budget-of-identifiers"),
)


def _buyer(session: str, code: str, **fields: Any) -> Step:
    codes = {"couponCodes": [code], "referralCode": FRIEND, "identifiers": ["i"]}
    return closed(session, **{**codes, "profileId": session, **fields})


_BEFORE_LIMITS = (
    _buyer("dry", "TEA-7", referralCode="FRIEND-7", identifiers=["j"]),
    return_items(return_line(1), session="dry"),
    cancel("dry", dry=True),
    cancel("dry"),
    cancel("dry"),
    replace(_buyer("real", "TEA-1"), query="dry=true"),
    _buyer("open", "TEA-1", state="open"),
    _buyer("open", "TEA-1", cartItems=[item("a", -1)]),
    cancel("open"),
    _buyer("a", "TEA-1"),
    put("a", state="closed"),
    return_items(return_line(1), session="a"),
)
_OTHER_LIMITS = (
    _buyer("b", "TEA-2", profileId="b"),
    _buyer("c", "TEA-3"),
    _buyer("d", "TEA-7", referralCode="FRIEND-7", identifiers=["j"]),
    _buyer("e", "TEA-8", referralCode="FRIEND-7", identifiers=["j"]),
    _buyer("f", "TEA-9", identifiers=["j"]),
)
"""Each coupon is redeemed seldom enough; the referral and the identifier are used up."""
SEQUENTIAL_FAULTS = [fault for fault in FAULTS.values() if fault.name not in RACES]


def test_every_sequential_fault_has_a_witness() -> None:
    """The witnesses cover the sequential faults, each by name."""
    assert WITNESSES.keys() == {fault.name for fault in SEQUENTIAL_FAULTS}


@pytest.mark.parametrize("fault", SEQUENTIAL_FAULTS, ids=lambda fault: fault.name)
def test_a_fault_shows(fault: Fault) -> None:
    """In each of its versions, a fault changes the answers to its witness; nothing else does."""
    steps = WITNESSES[fault.name]
    for version in fault.versions:
        base = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=version)
        environment = fault.environment(base)
        clean = transcript(environment, steps)
        assert transcript(environment, steps, faults=[fault.name]) != clean
        assert transcript(environment, steps) == clean


@pytest.mark.parametrize("fault", FAULTS.values(), ids=lambda fault: fault.name)
def test_a_fault_raises_nothing(fault: Fault) -> None:
    """Totals that no double can hold and returns of discounted units raise no exception."""
    for version in fault.versions:
        base = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=version)
        client = Client(fault.environment(base), faults=[fault.name])
        client.send_all(*HUGE_TOTALS, *_RETURNS)  # raises what the sandbox raises


@pytest.mark.parametrize("name", OF_COUPONS)
def test_a_fault_of_coupons_leaves_other_limits_alone(name: str) -> None:
    """Referrals and budgets of identifiers are accepted as often as without the fault."""
    for version in FAULTS[name].versions:
        base = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=version)
        environment = FAULTS[name].environment(base)
        clean = Client(environment).send_all(*_BEFORE_LIMITS, *_OTHER_LIMITS)
        found = Client(environment, faults=[name]).send_all(*_BEFORE_LIMITS, *_OTHER_LIMITS)
        size = len(_OTHER_LIMITS)
        assert [kinds(answer) for answer in found[-size:]] == [
            kinds(answer) for answer in clean[-size:]
        ]


def kinds(answer: Answer) -> list[tuple[str, object]]:
    """The type and the reason of each effect on a code."""
    return [
        (kind, props.get("rejectionReason"))
        for kind, props in answer.effects
        if kind.startswith(("accept", "reject"))
    ]


@pytest.mark.parametrize(
    ("name", "code"),
    [("cancels-without-giving-referrals-back", ""), ("gives-one-budget-back-only", TEA)],
)
def test_a_fault_of_cancels_leaves_reopens_alone(name: str, code: str) -> None:
    """A reopen gives back what another session then redeems."""
    current = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=ContractVersion.CURRENT)
    fields = {"couponCodes": [code] if code else [], "identifiers": ["i"]}
    steps = tuple(
        step
        for session in "abc"
        for step in (referred(session, profileId=session, **fields), reopen(session))
    )
    assert transcript(current, steps, faults=[name]) == transcript(current, steps)


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("rolls-earlier-returns-back-again", cancel("s")),
        ("rolls-returned-discounts-back-again", return_items(return_line(0))),
    ],
)
def test_returns_and_cancels_roll_back_again_by_faults_of_their_own(name: str, last: Step) -> None:
    """The fault of later returns does not show in a cancel, nor that of cancels in a return."""
    current = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=ContractVersion.CURRENT)
    environment = FAULTS["rolls-returned-discounts-back-again"].environment(current)
    once, dry = (return_items(return_line(0, 1), dry=is_dry) for is_dry in (False, True))
    steps = (closed("s", TEA), dry, once, last)
    assert transcript(environment, steps, faults=[name]) == transcript(environment, steps)


@pytest.mark.parametrize(("first", "second"), ALIKE)
def test_faults_that_are_alike_add_up(first: str, second: str) -> None:
    """Of two similar faults that are on at once, neither hides the other."""
    current = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=ContractVersion.CURRENT)
    for name in (first, second):
        environment = FAULTS[name].environment(current)
        clean = transcript(environment, WITNESSES[name])
        for names in ([first, second], [second, first]):
            assert transcript(environment, WITNESSES[name], faults=names) != clean


def test_faults_add_up() -> None:
    """Two faults that are on at once both change the answers."""
    names = ["ignores-quantities", "leaves-costs-out-of-the-total"]
    steps = WITNESSES[names[0]]
    both = transcript(EXAMPLE_ENVIRONMENT, steps, faults=names)
    assert both != transcript(EXAMPLE_ENVIRONMENT, steps, faults=names[:1])
    assert both != transcript(EXAMPLE_ENVIRONMENT, steps, faults=names[1:])
