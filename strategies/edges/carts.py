"""Carts around both limits: the number of items and the sum of quantities (CART-01 to 05)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...contract import MARK, Scenario
from ..scenarios.scenario_builder import ScenarioBuilder
from ..values.carts import distribute
from ..values.samples import Samples

Json = dict[str, Any]


def _item(quantity: int = 1) -> Json:
    """A small item: a cart of 1000 has less than 60 kB."""
    return {"sku": "m", "name": "M", "quantity": quantity, "price": 1}


def _cart(size: int, total: int, *, shape: int = 0) -> list[Json]:
    return [_item(quantity) for quantity in distribute(size, total, shape=shape)]


def small_scenarios(samples: Samples) -> Iterator[Scenario]:
    """Sums of quantities in up to 37 items, and carts of up to three items."""
    yield _sizes("small carts", (0, 1, 2, 3), samples)
    limit = samples.environment.limits.quantity_sum
    for size, shape in ((1, 0), (2, 1), (37, 3)):
        yield from _sums(samples, size, shape, (limit - 1, limit, limit + 1))
    if not samples.environment.flattens:
        yield from _sums(samples, 1, 0, (limit * 2, 1_000_000))


def big_scenarios(samples: Samples) -> Iterator[Scenario]:
    """Carts of hundreds of items."""
    limits = samples.environment.limits
    max_size, units = limits.cart_items, limits.quantity_sum
    yield _sizes("carts around powers of two", (255, 256, 257, 500, 501), samples)
    for size in (max_size - 1, max_size, max_size + 1, max_size + max_size // 2):
        yield _sizes(f"created with {size} items", (size,), samples)
    yield _grows(samples)
    for total in (units - 1, units, units + 1):
        yield from _sums(samples, max_size, 2, (total,))
    yield from _sums(samples, max_size, 3, (units, units + 1))
    yield _rich(samples, max_size)


def _size_aim(samples: Samples, size: int) -> str:
    return "CART-01" if size <= samples.environment.limits.cart_items else "CART-02"


def _sum_aim(samples: Samples, total: int) -> str:
    if total <= samples.environment.limits.quantity_sum:
        return "CART-03"
    return "CART-04" if samples.environment.flattens else "CART-05"


def _sizes(title: str, sizes: tuple[int, ...], samples: Samples) -> Scenario:
    builder = ScenarioBuilder(title, *(f"n{size}-{MARK}" for size in sizes))
    for index, size in enumerate(sizes):
        builder.update(
            {"cartItems": [_item()] * size}, _size_aim(samples, size), session_index=index
        )
        builder.get("CART-10", session_index=index)
    return builder.build()


def _sums(samples: Samples, size: int, shape: int, totals: tuple[int, ...]) -> Iterator[Scenario]:
    """Each total on creation, dry and real, and on an update of a session with another cart."""
    for total in totals:
        aim = _sum_aim(samples, total)
        cart = {"cartItems": _cart(size, total, shape=shape)}
        builder = ScenarioBuilder(
            f"{total} units in {size} items, shape {shape}", f"new-{MARK}", f"old-{MARK}"
        )
        if size < 100:
            builder.update(cart, aim, "DRY-02", dry=True)
        builder.update(cart, aim).get(aim)
        builder.update({"cartItems": samples.cart(1)}, "STATE-01", session_index=1)
        if size < 100:
            builder.update(cart, aim, "DRY-02", session_index=1, dry=True).get(
                "DRY-01", session_index=1
            )
        builder.update(cart, aim, session_index=1).get("MERGE-03", session_index=1)
        yield builder.build()


def _grows(samples: Samples) -> Scenario:
    """The cart of an open session grows to the limit and beyond, dry and real."""
    max_size = samples.environment.limits.cart_items
    builder = ScenarioBuilder("a cart grows over the limit")
    builder.update(samples.session(), "STATE-01")
    builder.update({"cartItems": [_item()] * max_size}, "CART-01", "DRY-02", dry=True).get("DRY-01")
    oversized = {"cartItems": [_item()] * (max_size + 1)}
    builder.update(oversized, "CART-02", "DRY-02", dry=True).get("DRY-01")
    builder.update(oversized, "CART-02").get("CART-02", "ERR-06")
    builder.update({"cartItems": [_item()] * max_size}, "CART-01").get("CART-01")
    builder.update(oversized, "CART-02").get("CART-02", "ERR-06")
    builder.update({"cartItems": [_item(2)]}, "MERGE-03").get("MERGE-03")
    return builder.build()


def _rich(samples: Samples, size: int) -> Scenario:
    """The largest cart with every field in every item."""
    builder = ScenarioBuilder(f"{size} rich items")
    cart = [samples.rich_item(variant, quantity=1) for variant in range(size)]
    builder.update({"cartItems": cart}, "CART-01", "CART-11").get("CART-10", "CART-11", "RESP-04")
    return builder.build()
