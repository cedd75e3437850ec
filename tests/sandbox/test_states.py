"""Tests every transition of the state machine.

The table of legal transitions is a third one, besides those of the contract and the sandbox.
"""

from __future__ import annotations

from typing import Any

import pytest

from .environments import with_coupon_limits
from .steps import Client, Step, get, item, put, reopen, return_items, return_line

CART = [item("a"), item("b")]
STEPS_INTO: dict[str, tuple[Step, ...]] = {
    "nothing": (),
    "open": (put(cartItems=CART),),
    "closed": (put(cartItems=CART, state="closed"),),
    "partially_returned": (put(cartItems=CART, state="closed"), return_items(return_line(0))),
    "cancelled": (put(cartItems=CART), put(state="cancelled")),
}
TARGETS = ("", "open", "closed", "partially_returned", "cancelled")
LEGAL_TRANSITIONS = {
    ("nothing", ""): "open",
    ("nothing", "open"): "open",
    ("nothing", "closed"): "closed",
    ("open", ""): "open",
    ("open", "open"): "open",
    ("open", "closed"): "closed",
    ("open", "cancelled"): "cancelled",
    ("closed", "cancelled"): "cancelled",
    ("partially_returned", "cancelled"): "cancelled",
}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("origin", STEPS_INTO)
def test_updates(client: Client, origin: str, target: str) -> None:
    """A legal transition is made and shown; another one is answered 400 and changes nothing."""
    client.send_all(*STEPS_INTO[origin])
    before = client(get())
    fields: dict[str, Any] = {"state": target} if target else {}
    answer = client(put(**fields))
    after = client(get())
    if (origin, target) in LEGAL_TRANSITIONS:
        assert answer.status == 200
        assert answer.session["state"] == LEGAL_TRANSITIONS[origin, target]
        assert after.session == answer.session
    else:
        assert answer.status == 400
        assert after == before


@pytest.mark.parametrize("origin", STEPS_INTO)
def test_returns(client: Client, origin: str) -> None:
    """Only closed and partially returned sessions accept returns; refused ones change nothing."""
    client.send_all(*STEPS_INTO[origin])
    before = client(get())
    answer = client(return_items(return_line(1)))
    if origin in ("closed", "partially_returned"):
        assert answer.session["state"] == "partially_returned"
        assert client(get()).session == answer.session
    else:
        assert answer.status == (404 if origin == "nothing" else 400)
        assert client(get()) == before


@pytest.mark.parametrize("origin", STEPS_INTO)
def test_reopening(client_current: Client, origin: str) -> None:
    """Only a closed session can be reopened; it keeps its cart and can be updated and closed."""
    client_current.send_all(*STEPS_INTO[origin])
    before = client_current(get())
    answer = client_current(reopen())
    if origin == "closed":
        assert answer.json == {"effects": []}
        assert client_current(get()).session["cartItems"] == before.session["cartItems"]
        assert client_current(put(cartItems=[])).session["cartItems"] == []
        assert client_current(put(state="closed")).session["state"] == "closed"
    else:
        assert answer.status == (404 if origin == "nothing" else 400)
        assert client_current(get()) == before


def test_the_first_version_cannot_reopen(client_2_5_1: Client) -> None:
    """Version 2.5.1 has no reopen endpoint."""
    assert client_2_5_1.send_all(put(state="closed"), reopen())[1].status in (404, 405)
    assert client_2_5_1(get()).session["state"] == "closed"


@pytest.mark.parametrize("state", ["Open", "", "paused", 1, {}, []])
def test_unknown_states(client: Client, state: object) -> None:
    """A value that is not a state is answered 400."""
    assert client(put(state=state)).status == 400


@pytest.mark.parametrize("origin", ["closed", "partially_returned"])
def test_cancelling_changes_the_state_only(client: Client, origin: str) -> None:
    """An update that cancels a closed or partially returned session stores no other field."""
    client.send_all(*STEPS_INTO[origin])
    before = client(get()).session
    after = client(put(state="cancelled", cartItems=[], identifiers=["late"])).session
    assert after["cartItems"] == before["cartItems"]
    assert "identifiers" not in after


def test_coupons_are_released() -> None:
    """A coupon at its limit can be redeemed again after its session was cancelled or reopened."""
    limited = Client(with_coupon_limits(ONCE=1))
    close: dict[str, Any] = {"state": "closed", "couponCodes": ["ONCE"]}
    assert limited(put("one", **close)).status == 200
    assert limited(put("two", **close)).effect_types == ["rejectCoupon"]
    assert limited(reopen("one")).status == 200
    assert limited(put("three", **close)).effect_types == ["acceptCoupon"]
    assert limited(put("three", state="cancelled")).status == 200
    assert limited(put("one", state="closed")).effect_types == ["acceptCoupon"]


def test_a_duplicate_code_is_redeemed_once() -> None:
    """A duplicate coupon code is stored, and counts once towards the limit."""
    limited = Client(with_coupon_limits(ONCE=1))
    answer = limited(put(state="closed", couponCodes=["ONCE", "ONCE"]))
    assert answer.session["couponCodes"] == ["ONCE", "ONCE"]
    assert limited(put(state="cancelled")).status == 200
    again = limited(put("other", state="closed", couponCodes=["ONCE"]))
    assert again.effect_types == ["acceptCoupon"]
