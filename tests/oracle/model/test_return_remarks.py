"""What the model remarks on returns, at the limits and on both sides of them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import ReturnItems, SessionState
from cartfuzz.oracle.model import UNKNOWN, SessionModel
from cartfuzz.oracle.model.remarks.returns import return_remarks, returned_by

from ..histories import ITEM
from .remarks import CURRENT, FIRST, FLATTENING, short

CART = SessionModel(
    state=SessionState.CLOSED,
    fields={
        "cartItems": [
            {**ITEM, "quantity": 3},
            {**ITEM, "sku": "tie"},
            {**ITEM, "sku": "cap"},
            {**ITEM, "quantity": 1, "sku": "sock"},
        ]
    },
    returned={0: 1, 3: 1},
)


def back(*lines: Any, **parts: Any) -> ReturnItems:
    return ReturnItems(body={"return": {"returnedCartItems": list(lines)}, **parts})


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], ["refuse RET-03"]),
        ([1], ["RET-03 -: integer"]),
        ([{}], ["refuse RET-03"]),
        ([{"sku": "tie"}], ["refuse RET-03"]),
        ([{"sku": "tie", "position": 1}], []),
        ([{"position": -1}], ["refuse RET-03"]),
        ([{"position": 4}], ["refuse RET-03"]),
        ([{"position": "1"}], ["RET-03 -: string, within"]),
        ([{"position": 3.0}], ["RET-03 -: float, the most"]),
        ([{"position": 4.0}], ["RET-03 -: float, above"]),
        ([{"position": -1.0}], ["RET-03 -: float, below"]),
        ([{"position": 0.5}], ["RET-03 -: float, within, with a fraction"]),
        ([{"position": 0}], []),
        ([{"position": 3}], ["RET-03 -"]),
        ([{"position": 0, "quantity": 2}], []),
        ([{"position": 0, "quantity": 1}], ["RET-05 -"]),
        ([{"position": 0, "quantity": 3}], ["refuse RET-03"]),
        ([{"position": 0, "quantity": 0}], ["refuse RET-03"]),
        ([{"position": 0, "quantity": None}], ["MERGE-U2 -"]),
        ([{"position": 0, "quantity": 2.0}], ["RET-03 -: float, the most"]),
        ([{"position": 0, "quantity": 1.0}], ["RET-03 -: float, within"]),
        ([{"position": 0, "quantity": True}], ["RET-03 -: true, within"]),
        ([{"position": 0}, {"position": 0}], ["RET-U1 -: lines that do not say how much"]),
        ([{"position": 1}, {"position": 2}], []),
    ],
    ids=str,
)
def test_lines_of_returns(lines: list[Any], expected: list[str]) -> None:
    """What 2.5.1 says of the lines, without flattening."""
    assert short(return_remarks(back(*lines), CART, FIRST)) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"sku": "tie"}, []),
        ({"sku": "cap"}, ["hidden RET-03 -"]),
        ({"sku": "hat"}, ["refuse RET-03"]),
        ({"sku": "tie", "position": 1}, ["hidden RET-03 -"]),
        ({"position": 1}, []),
    ],
    ids=str,
)
def test_items_may_be_named_by_their_sku(line: dict[str, Any], expected: list[str]) -> None:
    """In `current`, where one item alone has it."""
    step = back({**line, "quantity": 1})
    assert short(return_remarks(step, CART, CURRENT)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([{"position": 0, "quantity": 1}] * 2, ["RET-U1 -: all of it remains"]),
        ([{"position": 0, "quantity": 2}] * 2, ["RET-U1 -: more than remains"]),
        ([{"position": 0, "quantity": 1}] * 3, ["RET-U1 -: more than remains"]),
        (
            [{"position": 1, "quantity": 1}] * 2 + [{"position": 3, "quantity": 2}],
            ["refuse RET-03", "RET-U1 -: more than remains"],
        ),
        ([{"position": 0}], ["RET-03 -"]),
        ([{"position": 0, "quantity": 1}], []),
    ],
    ids=str,
)
def test_lines_of_returns_with_flattening(lines: list[Any], expected: list[str]) -> None:
    """Parts of a line may be returned, and what a line without a quantity means is open."""
    assert short(return_remarks(back(*lines), CART, FLATTENING)) == expected


def test_odd_lines_with_one_position_twice() -> None:
    """Lines that are no objects, or lie outside the cart, keep a sum from being known."""
    twice = [{"position": 1, "quantity": 1}] * 2
    found = short(return_remarks(back(*twice, 1), CART, FLATTENING))
    assert found == ["RET-03 -: integer", "RET-U1 -: lines that are no objects"]
    for outside in (-1, 4):
        line = {"position": outside, "quantity": 1}
        found = short(return_remarks(back(*twice, line), CART, FLATTENING))
        assert found == ["refuse RET-03", "RET-U1 -: lines outside the cart"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ([], ["refuse ERR-04"]),
        ({}, ["refuse RET-03"]),
        ({"return": []}, ["refuse RET-03"]),
        ({"return": {}}, ["refuse RET-03"]),
        ({"return": {"returnedCartItems": {}}}, ["refuse RET-03"]),
    ],
)
def test_bodies_of_returns(body: Any, expected: list[str]) -> None:
    """An object with a list of lines."""
    assert short(return_remarks(ReturnItems(body=body), CART, CURRENT)) == expected


def test_returns_know_fewer_names_of_response_content() -> None:
    """Giveaways and reasons of failures are parts of answers to updates alone."""
    for name, expected in (
        ("customerSession", []),
        ("awardedGiveaways", ["MERGE-U3 -: awardedGiveaways"]),
        ("ruleFailureReasons", ["MERGE-U3 -: ruleFailureReasons"]),
    ):
        step = back({"position": 0, "quantity": 1}, responseContent=[name])
        assert short(return_remarks(step, CART, CURRENT)) == expected


@pytest.mark.parametrize(
    ("lines", "plain", "flattening"),
    [
        ([{"position": 0}], {0: 2}, UNKNOWN),
        ([{"position": 0, "quantity": 2}], {0: 2}, {0: 2}),
        ([{"position": 0, "quantity": 1}], UNKNOWN, {0: 1}),
        ([{"position": 0, "quantity": 5}], UNKNOWN, {0: 5}),
        ([{"position": 1}, {"position": 0}], {1: 2, 0: 2}, UNKNOWN),
        ([{"position": 0, "quantity": 1}] * 2, UNKNOWN, UNKNOWN),
        ([{"position": 4}], UNKNOWN, UNKNOWN),
        ([1], UNKNOWN, UNKNOWN),
    ],
    ids=str,
)
def test_what_a_return_takes(lines: list[Any], plain: Any, flattening: Any) -> None:
    """Whole lines, or with flattening as many units as it names."""
    assert returned_by(back(*lines), CART, FIRST) == plain
    assert returned_by(back(*lines), CART, FLATTENING) == flattening


def test_nothing_is_known_of_a_return_that_is_no_return() -> None:
    """A target may accept what has to be refused."""
    bodies: list[Any] = [
        None,
        {},
        {"return": []},
        {"return": {}},
        {"return": {"returnedCartItems": 1}},
    ]
    for body in bodies:
        assert returned_by(ReturnItems(body=body), CART, FIRST) is UNKNOWN
    unknown = msgspec.structs.replace(CART, returned=UNKNOWN)
    assert returned_by(back({"position": 0}), unknown, FIRST) is UNKNOWN
    assert short(return_remarks(back({"position": 0}), unknown, FIRST)) == ["hidden RET-03 -"]
    unseen = msgspec.structs.replace(CART, fields={"cartItems": UNKNOWN})
    assert short(return_remarks(back({"position": 0}), unseen, FIRST)) == ["hidden RET-03 -"]


def test_sums_of_many_lines() -> None:
    """Less than remains may be returned in two lines; many lines name many positions."""
    untouched = msgspec.structs.replace(CART, returned={})
    twice = back(*[{"position": 0, "quantity": 1}] * 2)
    assert short(return_remarks(twice, untouched, FLATTENING)) == ["RET-U1 -: all of it remains"]
    long = SessionModel(state=SessionState.CLOSED, fields={"cartItems": [ITEM] * 300})
    lines = [{"position": position} for position in range(300)]
    assert short(return_remarks(back(*lines), long, FIRST)) == []
