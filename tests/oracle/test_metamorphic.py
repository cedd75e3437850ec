"""Totals that cannot be computed, side by side: the same goods cost the same."""

from __future__ import annotations

from typing import Any

import pytest

from cartfuzz.record import Discrepancy

from .histories import judge, ok, update

ODD: dict[str, Any] = {"name": "Odd", "sku": "odd", "quantity": 3, "price": -7.5}
CAP: dict[str, Any] = {"name": "Cap", "sku": "cap", "quantity": 2, "price": 10}
CART = [CAP, ODD]
UNITS = [{**item, "quantity": 1} for item in CART for _ in range(int(item["quantity"]))]
COSTS = {"shipping": {"price": 4}}


def found_between(
    first: dict[str, Any], second: dict[str, Any], total: float, **changes: Any
) -> list[Discrepancy]:
    """What is found if ``first``, then ``second`` is accepted and shown with this cart total."""
    history = [
        (update(first), ok(first, cartItemTotal=5, total=5)),
        (update(second), ok(second, cartItemTotal=total, total=total, **changes)),
    ]
    return [found for judgement in judge(history) for found in judgement.discrepancies]


@pytest.mark.parametrize("cart", [CART[::-1], UNITS, [*UNITS[::-1]]])
def test_another_order_or_other_lines_change_no_total(cart: list[dict[str, Any]]) -> None:
    """It is reported once, under the rule of the first total that differs (RESP-04)."""
    assert found_between({"cartItems": CART}, {"cartItems": cart}, 5) == []
    [found] = found_between({"cartItems": CART}, {"cartItems": cart}, 6)
    assert found.rule == "RESP-04"
    assert found.expected == "cartItemTotal: 5"
    assert found.found == "cartItemTotal: 6"


@pytest.mark.parametrize(
    "second",
    [
        {"cartItems": [ODD]},
        {"cartItems": [{**CAP, "quantity": 3}, ODD]},
        {"cartItems": [CAP, {**ODD, "price": -7}]},
        {"cartItems": CART[::-1], "additionalCosts": COSTS},
    ],
)
def test_other_goods_or_costs_may_cost_otherwise(second: dict[str, Any]) -> None:
    """Only carts that hold the same, with the same costs, are compared."""
    assert found_between({"cartItems": CART}, second, 6) == []


def test_lines_count_where_items_have_costs() -> None:
    """A cost may count once a line: other lines may then cost otherwise, another order not."""
    loaded = [{**item, "additionalCosts": {"engraving": {"price": 1}}} for item in CART]
    units = [{**item, "quantity": 1} for item in loaded for _ in range(int(item["quantity"]))]
    assert found_between({"cartItems": loaded}, {"cartItems": units}, 6) == []
    assert found_between({"cartItems": loaded}, {"cartItems": loaded[::-1]}, 6) != []


def test_returned_units_are_not_compared() -> None:
    """What a return does to totals is open (RESP-U1)."""
    shown = [{**CART[1], "returnedQuantity": 1, "remainingQuantity": 2}, CART[0]]
    found = found_between({"cartItems": CART}, {"cartItems": CART[::-1]}, 6, cartItems=shown)
    assert not any(each.check == "related_totals" for each in found)


def test_a_wrong_total_says_what_the_sum_is() -> None:
    """Exactly, and only the first total that is wrong: the others follow from it (RESP-04)."""
    session = {"cartItems": [{**CAP, "quantity": 3, "price": 0.1}]}
    [judgement, _] = judge([(update(session), ok(session, cartItemTotal=0.4, total=0.4))])
    [found] = judgement.discrepancies
    assert (found.rule, found.expected, found.found) == (
        "RESP-04",
        "cartItemTotal: 0.3",
        "cartItemTotal: 0.4",
    )


def test_what_is_left_of_prices_that_cancel_out_may_be_rounding() -> None:
    """0.1 + 0.2 - 0.3 depends on the order by some 1e-17; a real difference is found."""
    prices = (0.1, 0.2, -0.3)
    cart = [{**CAP, "sku": str(price), "quantity": 1, "price": price} for price in prices]

    def found(was: float, now: float) -> list[Discrepancy]:
        history = [
            (update({"cartItems": one}), ok({"cartItems": one}, cartItemTotal=total, total=total))
            for one, total in ((cart, was), (cart[::-1], now))
        ]
        return [found for judgement in judge(history) for found in judgement.discrepancies]

    assert found(0.1 + 0.2 - 0.3, -0.3 + 0.2 + 0.1) == []
    assert found(0.1 + 0.2 - 0.3, 0) == []
    assert [one.rule for one in found(0.1 + 0.2 - 0.3, 0.1)] == ["RESP-04"]


@pytest.mark.parametrize("total", [10**400, -(10**400)])
def test_integers_beyond_doubles_are_compared(total: int) -> None:
    """JSON has integers of any length: only the same one is equal."""
    [found] = found_between({"cartItems": CART}, {"cartItems": CART[::-1]}, total)
    assert found.rule == "RESP-04"
    history = [
        (update(cart), ok(cart, cartItemTotal=total, total=total))
        for cart in ({"cartItems": CART}, {"cartItems": CART[::-1]})
    ]
    assert not [found for judgement in judge(history) for found in judgement.discrepancies]
