"""Totals of many kinds of prices, with additional costs of sessions and of items."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...contract import Addition, Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.samples import Samples

Json = dict[str, Any]

_LINES: tuple[tuple[str, tuple[tuple[float, int], ...]], ...] = (
    ("binary floats", ((0.1, 1), (0.2, 1))),
    ("three times 0.1", ((0.1, 3),)),
    ("cents", ((19.99, 3), (4.01, 7))),
    ("half cents", ((0.005, 3), (0.005, 1))),
    ("three decimals", ((1.005, 1), (2.675, 2), (0.125, 3))),
    ("thirds", ((33.333333, 3), (66.666667, 3))),
    ("tiny", ((1e-7, 10), (1e-5, 3))),
    ("large", ((99_999.99, 9), (9e7, 3))),
    ("large and tiny", ((9e7, 1), (0.01, 1))),
    ("rounding to even", ((0.5, 1), (1.5, 1), (2.5, 1))),
    ("quantity matters", ((10, 1), (10, 2), (10, 5))),
    ("one item", ((12.34, 1),)),
)
_AIMS = ("RESP-04", "RESP-05", "RESP-06")


def scenarios(samples: Samples) -> Iterator[Scenario]:
    """Totals of prices, of costs, of odd prices, and of many items."""
    builder = ScenarioBuilder("totals of prices")
    for _, lines in _LINES:
        builder.update({"cartItems": _cart(samples, lines)}, *_AIMS)
    yield builder.get(*_aims(samples)).build()
    yield from _costs(samples)
    yield from _odd_prices(samples)
    for size in (100, 255, 256, 257, 500, 600):
        cart = [_small(index) for index in range(size)]
        builder = ScenarioBuilder(f"totals of {size} items")
        yield builder.update({"cartItems": cart}, *_AIMS).get(*_AIMS).build()


def _aims(samples: Samples) -> tuple[str, ...]:
    return (*_AIMS, "RESP-09") if samples.environment.has(Addition.ITEM_COST_TOTAL) else _AIMS


def _odd_prices(samples: Samples) -> Iterator[Scenario]:
    """Odd prices: the order and the grouping of items must not change the total."""
    changes: list[tuple[str, Json]] = [("negative", {"price": -7.5}), ("enormous", {"price": 1e14})]
    if samples.current:
        changes.append(("missing", {}))
    for name, change in changes:
        odd = {**samples.item(1, quantity=3), **change}
        if not change:
            del odd["price"]
        cart = [samples.item(0, price=3, quantity=2), odd, samples.item(2, price=12, quantity=1)]
        lines = [{**item, "quantity": 1} for item in cart for _ in range(item["quantity"])]
        builder = ScenarioBuilder(f"a {name} price in other orders and lines")
        for order in (cart, cart[::-1], [odd, cart[0], cart[2]], lines):
            builder.update({"cartItems": order}, *_AIMS, "CART-U1")
        yield builder.get(*_AIMS).build()


def _small(index: int) -> Json:
    price = (0.1, 19.99, 3, 0.005)[index % 4]
    return {"sku": "t", "name": "T", "quantity": 1 + index % 3, "price": price}


def _cart(samples: Samples, lines: tuple[tuple[float, int], ...]) -> list[Json]:
    return [
        samples.item(index, price=price, quantity=quantity)
        for index, (price, quantity) in enumerate(lines)
    ]


def _costs(samples: Samples) -> Iterator[Scenario]:
    session_costs = {"additionalCosts": samples.session_costs()}
    plain = {"cartItems": _cart(samples, _LINES[2][1])}
    loaded = {
        "cartItems": [
            {**item, "additionalCosts": samples.item_costs()} for item in plain["cartItems"]
        ]
    }
    environment = samples.environment
    combinations: list[tuple[str, Json]] = []
    if environment.session_costs:
        combinations.append(("of the session only", session_costs))
        combinations.append(("of the session", {**plain, **session_costs}))
        for name in environment.session_costs:
            for price in (0, 0.1, 12.345):
                costs = {"additionalCosts": {name: {"price": price}}}
                combinations.append((f"{name} {price}", {**plain, **costs}))
    if environment.item_costs:
        combinations.append(("of items", loaded))
    if environment.session_costs and environment.item_costs:
        combinations.append(("of both", {**loaded, **session_costs}))
    for name, session in combinations:
        aims = _aims(samples)
        builder = ScenarioBuilder(f"totals with costs {name}")
        builder.update(session, *aims, "COST-01").get(*aims)
        if "cartItems" in session:
            builder.update({"cartItems": []}, "MERGE-03", *_AIMS).get(*_AIMS)
        yield builder.build()
