"""The clean sandbox walks every cell of the state machine as the contract says.

The cells are written down here once more: the sandbox has its own table, and so has the contract.
"""

from __future__ import annotations

from typing import Any

import pytest

from .environments import limiting
from .steps import Client, Step, at, get, give, item, put, reopen

CART = [item("a"), item("b")]
INTO: dict[str, tuple[Step, ...]] = {
    "nothing": (),
    "open": (put(cartItems=CART),),
    "closed": (put(cartItems=CART, state="closed"),),
    "partially_returned": (put(cartItems=CART, state="closed"), give(at(0))),
    "cancelled": (put(cartItems=CART), put(state="cancelled")),
}
TARGETS = ("", "open", "closed", "partially_returned", "cancelled")
LEGAL = {
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
@pytest.mark.parametrize("origin", INTO)
def test_updates(client: Client, origin: str, target: str) -> None:
    """A legal move is made and shown; another one is a 400 that changes nothing."""
    client.all(*INTO[origin])
    before = client(get())
    fields: dict[str, Any] = {"state": target} if target else {}
    answer = client(put(**fields))
    after = client(get())
    if (origin, target) in LEGAL:
        assert answer.status == 200
        assert answer.session["state"] == LEGAL[origin, target]
        assert after.session == answer.session
    else:
        assert answer.status == 400
        assert after == before


@pytest.mark.parametrize("origin", INTO)
def test_returns(client: Client, origin: str) -> None:
    """Items go back from closed and partially returned sessions only."""
    client.all(*INTO[origin])
    before = client(get())
    answer = client(give(at(1)))
    if origin in ("closed", "partially_returned"):
        assert answer.session["state"] == "partially_returned"
        assert client(get()).session == answer.session
    else:
        assert answer.status == (404 if origin == "nothing" else 400)
        assert client(get()) == before


@pytest.mark.parametrize("origin", INTO)
def test_reopening(current: Client, origin: str) -> None:
    """Only a closed session can be reopened; it keeps its data and is an ordinary open one."""
    current.all(*INTO[origin])
    before = current(get())
    answer = current(reopen())
    if origin == "closed":
        assert answer.json == {"effects": []}
        assert current(get()).session["cartItems"] == before.session["cartItems"]
        assert current(put(cartItems=[])).session["cartItems"] == []
        assert current(put(state="closed")).session["state"] == "closed"
    else:
        assert answer.status == (404 if origin == "nothing" else 400)
        assert current(get()) == before


def test_the_first_version_cannot_reopen(first: Client) -> None:
    """2.5.1 has no such endpoint."""
    assert first.all(put(state="closed"), reopen())[1].status in (404, 405)
    assert first(get()).session["state"] == "closed"


@pytest.mark.parametrize("state", ["Open", "", "paused", 1, {}, []])
def test_unknown_states(client: Client, state: object) -> None:
    """What is no state is a 400."""
    assert client(put(state=state)).status == 400


@pytest.mark.parametrize("origin", ["closed", "partially_returned"])
def test_cancelling_changes_the_state_only(client: Client, origin: str) -> None:
    """The update that cancels a frozen session stores nothing else."""
    client.all(*INTO[origin])
    before = client(get()).session
    after = client(put(state="cancelled", cartItems=[], identifiers=["late"])).session
    assert after["cartItems"] == before["cartItems"]
    assert "identifiers" not in after


def test_coupons_are_given_back() -> None:
    """A limited coupon can be redeemed again after its session was cancelled or reopened."""
    limited = Client(limiting(ONCE=1))
    close: dict[str, Any] = {"state": "closed", "couponCodes": ["ONCE"]}
    assert limited(put("one", **close)).status == 200
    assert limited(put("two", **close)).status == 409
    assert limited(put("two", dry=True, **close)).status == 409
    assert limited(get("two")).status == 404
    assert limited(reopen("one")).status == 200
    assert limited(put("two", **close)).status == 200
    assert limited(put("two", state="cancelled")).status == 200
    assert limited(put("one", state="closed")).status == 200


def test_a_code_that_stands_twice_is_redeemed_once() -> None:
    """Doubled codes are kept, and count once against the limit."""
    limited = Client(limiting(ONCE=1))
    answer = limited(put(state="closed", couponCodes=["ONCE", "ONCE"]))
    assert answer.session["couponCodes"] == ["ONCE", "ONCE"]
    assert limited(put(state="cancelled")).status == 200
    assert limited(put("other", state="closed", couponCodes=["ONCE"])).status == 200
