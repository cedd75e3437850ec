"""LOY-01: loyalty points of a close, and their rollback."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import Loyalty

from ...histories import answer, effect, update, view
from .histories import CART, SHOP, Told, cancelled, reached, reopened, returned, rules, sent

CLUB = msgspec.structs.replace(SHOP, loyalty=(Loyalty(points=2, name="leaves"),))
SESSION = {"profileId": "ann", "cartItems": CART, "state": "closed"}
"""It earns 71.1 points."""


def points(value: float, *, name: str = "leaves", transaction: str = "t1") -> dict[str, Any]:
    """Points are added."""
    return effect(
        "addLoyaltyPoints",
        programId=1,
        subLedgerId="",
        name=name,
        value=value,
        transactionUUID=transaction,
    )


def back(value: float, transaction: str = "r1") -> dict[str, Any]:
    """Points are taken back, by a transaction of its own."""
    return effect("rollbackAddedLoyaltyPoints", value=value, transactionUUID=transaction)


def club(*history: Told) -> list[str]:
    return rules(*history, environment=CLUB)


@pytest.mark.parametrize("value", [71.1, 71.10000000000001, 71, 72])
def test_the_declared_points_are_added(value: float) -> None:
    """Exactly, or rounded to whole points."""
    history = sent(SESSION, points(value), points(5, name="welcome"))
    assert club(history) == []
    assert "LOY-01" in reached(history, environment=CLUB)


def test_points_may_come_in_several_transactions() -> None:
    """Their sum is what counts; each of them may be rounded to whole points."""
    parts = points(50), points(21.1, transaction="t2")
    assert club(sent(SESSION, *parts)) == []
    for right in ((36, 37), (35, 35), (24, 25, 25), (23, 23, 23)):
        transactions = (points(one, transaction=f"t{n}") for n, one in enumerate(right))
        assert club(sent(SESSION, *transactions)) == []
    for wrong in ((36, 38), (35, 34), (36.5, 36.5)):
        transactions = (points(one, transaction=f"t{n}") for n, one in enumerate(wrong))
        assert club(sent(SESSION, *transactions)) == ["LOY-01"]


@pytest.mark.parametrize(
    "effects",
    [
        (),
        (points(70),),
        (points(35.55),),
        (points(71.1, name="other"),),
        (points(71.1), points(71.1, transaction="t2")),
    ],
)
def test_other_points_are_found(effects: tuple[Any, ...]) -> None:
    """None, another number, another name, twice."""
    assert club(sent(SESSION, *effects)) == ["LOY-01"]


def test_only_a_close_with_a_profile_earns_points() -> None:
    """Open and dry answers may list them or not, and so may what costs nothing."""
    for given in ((), (points(1),)):
        assert club(sent({**SESSION, "state": "open"}, *given)) == []
        assert club(sent(SESSION, *given, dry=True)) == []
        assert club(sent({**SESSION, "profileId": ""}, *given)) == []
        assert club(sent({"cartItems": CART, "state": "closed"}, *given)) == []
        assert club(sent({**SESSION, "cartItems": []}, *given)) == []
    assert rules(sent(SESSION)) == []


@pytest.mark.parametrize("step", [cancelled, reopened])
def test_the_sum_is_rolled_back(step: Any) -> None:
    """In one transaction or in several, each of which comes once."""
    closed = sent(SESSION, points(71.1), points(5, name="welcome", transaction="t2"))
    assert club(closed, step(back(76.1))) == []
    assert club(closed, step(back(71.1), back(5, "r2"))) == []
    assert club(closed, step()) == ["LOY-01"]
    assert club(closed, step(back(71.1))) == ["LOY-01"]
    assert club(closed, step(back(71.1), back(5))) == ["LOY-01"]
    assert club(closed, step(back(76.1), back(76.1, "r2"))) == ["LOY-01"]
    assert "LOY-01" in reached(closed, step(back(76.1)), environment=CLUB)


def test_returns_may_have_rolled_back_a_part() -> None:
    """How much a return takes back is open, and so is what is left."""
    closed = sent(SESSION, points(71.1))
    history = closed, returned(0, 1, back(20))
    assert club(*history, cancelled(back(51.1, "r2"))) == []
    assert club(*history, cancelled()) == []


def test_points_that_a_return_rolled_back_do_not_come_again() -> None:
    """Returns and cancel take back what was added at most, but for rounding to whole points."""
    closed = sent(SESSION, points(71.1))
    history = closed, returned(0, 1, back(20))
    assert club(*history, cancelled(back(71.1, "r2"))) == ["LOY-01"]
    assert club(*history, cancelled(back(52, "r2"))) == []
    assert "LOY-01" in reached(*history, cancelled(), environment=CLUB)
    anew = closed, returned(0, 1, back(71.1), points(51.1, transaction="t2"))
    assert club(*anew, cancelled(back(51.1, "r2"))) == []


@pytest.mark.parametrize("value", [10**400, 1e308, -1e308])
def test_enormous_points_are_left_alone(value: float) -> None:
    """Their sum is beyond doubles, and no text bounds them."""
    closed = sent(SESSION, points(value), points(value, transaction="t2"))
    assert club(closed, cancelled(back(value), back(value, "r2"))) == []
    assert rules(closed, cancelled()) == []
    discounted = effect("setDiscount", name="off", value=value)
    assert rules(sent(SESSION, discounted), cancelled()) == []


def test_rounding_of_returns_and_of_the_cancellation() -> None:
    """Each of the two may be rounded to whole points, and no more than that comes on top."""
    start = sent(SESSION, points(71.1)), returned(0, 1, back(40))
    for value, expected in ((31.1, []), (32.5, []), (33, []), (33.1, ["LOY-01"]), (40, ["LOY-01"])):
        assert club(*start, cancelled(back(value, "r2"))) == expected


def test_points_of_a_total_that_is_wrong_itself_are_not_judged() -> None:
    """The points may be those of the total that is shown."""
    body = {"effects": [points(198)], "createdCoupons": [], "createdReferrals": []}
    shown = view(SESSION, total=99, updateCount=1)
    assert club((update(SESSION), answer(200, {**body, "customerSession": shown}))) == ["RESP-06"]
