"""The computed totals: what each of them may be, and under which rule another number is found."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import ContractVersion, ReturnItems

from ..histories import ENVIRONMENT, ITEM, judge, ok, rules, update

FIRST = msgspec.structs.replace(ENVIRONMENT, contract=ContractVersion.V2_5_1)
CURRENT = msgspec.structs.replace(ENVIRONMENT, contract=ContractVersion.CURRENT)
SESSION: dict[str, Any] = {
    "cartItems": [{**ITEM, "additionalCosts": {"handling": {"price": 1}}}],
    "additionalCosts": {"shipping": {"price": 3}},
}
"""Goods of 21, costs of 3, and costs of items of 1 a line or 2 by units."""
RIGHT = {
    "cartItemTotal": 21,
    "additionalCostTotal": 3,
    "cartItemAdditionalCostTotal": 1,
    "total": 25,
    "updateCount": 1,
}


def found(environment: Any, **totals: Any) -> list[str]:
    return rules(
        judge([(update(SESSION), ok(SESSION, **{**RIGHT, **totals}))], environment=environment)
    )


@pytest.mark.parametrize(
    ("totals", "current", "first"),
    [
        ({}, [], []),
        ({"cartItemAdditionalCostTotal": 2, "total": 26}, [], []),
        ({"cartItemAdditionalCostTotal": 2}, ["RESP-06"], []),
        ({"total": 26}, ["RESP-06"], []),
        ({"total": 24}, ["RESP-06"], ["RESP-06"]),
        ({"total": 25.01}, ["RESP-06"], ["RESP-06"]),
        ({"cartItemTotal": 22}, ["RESP-04"], ["RESP-04"]),
        ({"cartItemTotal": 22, "total": 26}, ["RESP-04"], ["RESP-04"]),
        ({"cartItemTotal": 10.5, "additionalCostTotal": 9}, ["RESP-04"], ["RESP-04"]),
        ({"additionalCostTotal": 4}, ["RESP-09"], []),
        ({"additionalCostTotal": 5}, ["RESP-09"], []),
        ({"additionalCostTotal": 6}, ["RESP-05"], ["RESP-05"]),
        ({"additionalCostTotal": 6, "total": 27}, ["RESP-05", "RESP-06"], ["RESP-05", "RESP-06"]),
        ({"cartItemAdditionalCostTotal": 0}, ["RESP-09"], []),
        ({"cartItemAdditionalCostTotal": 3}, ["RESP-09"], []),
    ],
    ids=str,
)
def test_totals(totals: dict[str, Any], current: list[str], first: list[str]) -> None:
    """Each is the sum of its parts; a total whose part is wrong is not reported for it as well."""
    assert found(CURRENT, **totals) == current
    assert found(FIRST, **totals) == first


def test_a_total_of_wrong_parts_is_their_bug_too() -> None:
    """A total that fits the parts which are shown may have them to blame."""
    session = {"cartItems": [ITEM]}

    def signatures(rule: str, **totals: Any) -> tuple[str, tuple[str, ...]]:
        judgements = judge([(update(session), ok(session, **totals))], environment=FIRST)
        (one,) = [found for of in judgements for found in of.discrepancies if found.rule == rule]
        return one.signature, tuple(one.alternatives)

    parts = {
        signatures("RESP-04", cartItemTotal=22)[0],
        signatures("RESP-05", additionalCostTotal=1)[0],
    }
    assert parts <= set(signatures("RESP-06", additionalCostTotal=1, total=22)[1])
    assert not parts & set(signatures("RESP-06", total=22)[1])


def test_costs_that_did_not_come_back_spoil_the_totals() -> None:
    """Where the session shows other costs, their sum and the total are wrong for that reason."""
    shown = {**SESSION, "additionalCosts": {"shipping": {"price": 4}}}
    totals = {**RIGHT, "additionalCostTotal": 4, "total": 26}
    judged = rules(judge([(update(SESSION), ok(shown, **totals))], environment=CURRENT))
    assert judged == ["COST-01"]


def test_prices_whose_fate_is_open_are_not_added_up() -> None:
    """Below zero or enormous (CART-U1), or missing (CART-U3)."""
    for price in (-1, 99_999_999.995, 10**9, ...):
        item = {name: of for name, of in {**ITEM, "price": price}.items() if of is not ...}
        session = {"cartItems": [item]}
        shown = ok(session, cartItemTotal=5, total=6, updateCount=1)
        assert rules(judge([(update(session), shown)], environment=CURRENT)) == []
    session = {"cartItems": [{**ITEM, "price": 99_999_999.99}]}
    shown = ok(session, cartItemTotal=5, total=5, updateCount=1)
    assert rules(judge([(update(session), shown)], environment=CURRENT)) == ["RESP-04"]


def test_dry_totals_are_those_of_the_cart_that_is_sent() -> None:
    """A dry answer that shows another cart has the totals of that one (DRY-U1)."""
    step = update(SESSION, dry=True)
    for changes, expected in (
        ({}, []),
        ({"cartItemTotal": 22}, ["RESP-04"]),
        ({"total": 30}, ["RESP-06"]),
    ):
        answer = ok(SESSION, **{**RIGHT, **changes})
        assert rules(judge([(step, answer)], environment=CURRENT)) == expected
    start = (update(SESSION), ok(SESSION, **RIGHT))
    cancelling = {**SESSION, "state": "cancelled"}
    answer = ok(cancelling, **{**RIGHT, "cartItemTotal": 22})
    dry = (update(cancelling, dry=True), answer)
    assert "RESP-04" not in rules(judge([start, dry], environment=FIRST))
    other = ok({**SESSION, "cartItems": []}, cartItemTotal=0, total=3)
    assert "RESP-04" not in rules(judge([(step, other)], environment=CURRENT))


def test_totals_after_a_return_are_open() -> None:
    """Whether what was returned counts is not written (RESP-U1), but it is the same always."""
    session = {"cartItems": [ITEM], "state": "closed"}
    back = ReturnItems(
        body={
            "return": {"returnedCartItems": [{"position": 0, "quantity": 1}]},
            "responseContent": ["customerSession"],
        }
    )
    item = {**ITEM, "returnedQuantity": 1, "remainingQuantity": 1}
    shown = {"cartItems": [item], "state": "partially_returned"}
    for total in (21, 10.5):
        answer = ok(shown, cartItemTotal=total, total=total)
        assert rules(judge([(update(session), ok(session)), (back, answer)])) == []
