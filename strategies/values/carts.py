"""Strategies for carts, which are built from a few templates, a size and a sum of quantities.

Size and sum are drawn independently, each from small numbers mixed with the boundaries of the
contract, and the quantities are then distributed so that they add up exactly. So a cart of 1000
items costs as few choices as a cart of three, every run meets both limits, and both shrink alone: a
fault that needs more than 1000 items ends at 1001 items of one unit, a fault that needs a sum above
10,000 at a single item.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from ...contract import Environment
from .attributes import attributes
from .costs import additional_costs
from .money import prices

CartItem = dict[str, Any]

_MAX_UNLIMITED_SUM = 30_000
"""Largest sum that is drawn where the sum does not count (CART-05)."""

_SKUS = ("A", "sku-1", "SKU-1", "0123", "a b", "é", "日本", "x/y", "😀", "long-" + "s" * 60)
_NAMES = ("A", "Mug", "Crème brûlée", "T-shirt <b>", "鍋", "50% off", "a\u0301", "🧁", "n" * 256)


_CATEGORIES = ("", "food", "Größe L", "a/b")
_MEASURES = (1, 0.5, 12.25, 1_000)


def cart_items(
    environment: Environment, *, quantity: int | None = None
) -> st.SearchStrategy[CartItem]:
    """Valid cart items that use any of the fields; the simplest has the required ones only.

    Args:
        environment: declares the attributes and costs of items.
        quantity: the quantity of every item; None: 1 to 10.
    """
    required: dict[str, st.SearchStrategy[Any]] = {
        "sku": st.sampled_from(_SKUS),
        "name": st.sampled_from(_NAMES),
        "quantity": st.integers(1, 10) if quantity is None else st.just(quantity),
        "price": prices(),
    }
    optional: tuple[tuple[str, st.SearchStrategy[Any]], ...] = (
        ("category", st.sampled_from(_CATEGORIES)),
        *((field, st.sampled_from(_MEASURES)) for field in ("weight", "height", "width", "length")),
        ("attributes", attributes(environment.item_attributes)),
        ("additionalCosts", additional_costs(environment.item_costs)),
    )

    @st.composite
    def build(draw: st.DrawFn) -> CartItem:
        item: CartItem = {field: draw(values) for field, values in required.items()}
        # One choice for all optional fields, where fixed_dictionaries takes one for each.
        present = draw(st.integers(0, 2 ** len(optional) - 1))
        for bit, (field, values) in enumerate(optional):
            if present >> bit & 1:
                item[field] = draw(values)
        return item

    return build()


def _near_limits(min_value: int, max_value: int, limits: Sequence[int]) -> st.SearchStrategy[int]:
    """Numbers within the bounds: small ones, ``limits`` and their neighbours, any."""
    near = sorted(
        {
            limit + step
            for limit in limits
            for step in (-1, 0, 1)
            if min_value <= limit + step <= max_value
        }
    )
    branches = [st.integers(min_value, min(min_value + 5, max_value))]
    if near:
        branches.append(st.sampled_from(near))
    branches.append(st.integers(min_value, max_value))
    return st.one_of(branches)


def _all_in_first(size: int, excess: int) -> list[int]:
    return [1 + excess] + [1] * (size - 1)


def _all_in_last(size: int, excess: int) -> list[int]:
    return [1] * (size - 1) + [1 + excess]


def _even(size: int, excess: int) -> list[int]:
    """Equal quantities, as far as the sum allows."""
    share, rest = divmod(excess, size)
    return [1 + share + (index < rest) for index in range(size)]


def _mixed(size: int, excess: int) -> list[int]:
    """Every third item holds most units, and their quantities differ."""
    quantities = [1] * size
    step = max(1, excess // max(1, size // 3))
    for index in range(0, size, 3):
        added = min(excess, step + index % 7)
        quantities[index] += added
        excess -= added
    quantities[0] += excess
    return quantities


SHAPES: tuple[Callable[[int, int], list[int]], ...] = (_all_in_first, _all_in_last, _even, _mixed)
"""Ways to distribute units: each takes the number of items, at least 1, and the units beyond one
for each of them."""


def distribute(size: int, total: int, *, shape: int = 0) -> list[int]:
    """``size`` quantities of at least 1 that add up to ``total``.

    Args:
        size: the number of items; 0 or more.
        total: the sum of their units.
        shape: what gets the units beyond one each. 0: the first item, 1: the last, 2: all alike,
            3: every third item, in different numbers.

    Raises:
        InvalidArgument: ``total`` is too small for ``size``.
    """
    if total < size or (size == 0 and total > 0):
        raise InvalidArgument(
            f"Expected a total that {size!r} items of at least one unit can add up to, "
            f"got total={total!r}"
        )
    return SHAPES[shape](size, total - size) if size else []


def expand(
    templates: Sequence[CartItem], quantities: Sequence[int], *, numbered: bool = False
) -> list[CartItem]:
    """A cart with one item for each quantity, made from the templates in turn.

    Args:
        templates: cart items; at least one.
        quantities: the units of each item.
        numbered: whether each item gets a different SKU.
    """
    count = len(templates)
    cart = []
    for index, quantity in enumerate(quantities):
        item = templates[index % count].copy()
        item["quantity"] = quantity
        if numbered:
            item["sku"] = f"{item['sku']}-{index}"
        cart.append(item)
    return cart


def carts(
    environment: Environment,
    *,
    min_size: int = 0,
    max_size: int | None = None,
    min_quantity_sum: int | None = None,
    max_quantity_sum: int | None = None,
) -> st.SearchStrategy[list[CartItem]]:
    """Carts whose size and sum of quantities are within the bounds, all inclusive.

    Args:
        environment: its limits are the default upper bounds; declares attributes and costs.
        min_size: least number of items.
        max_size: greatest number of items; None: what the contract allows.
        min_quantity_sum: least number of units over all items; None: no bound.
        max_quantity_sum: greatest number of units over all items; None: what the contract allows,
            or 30,000 where the sum does not count.

    Raises:
        InvalidArgument: no cart fits the bounds.
    """
    limits = environment.limits
    items = limits.cart_items if max_size is None else max_size
    default_sum = max(environment.quantity_sum_limit or _MAX_UNLIMITED_SUM, min_size)
    max_units = default_sum if max_quantity_sum is None else max_quantity_sum
    min_units = 0 if min_quantity_sum is None else min_quantity_sum
    min_items = max(min_size, 1) if min_units > 0 else min_size
    if not 0 <= min_items <= items or not max(min_units, min_items) <= max_units:
        raise InvalidArgument(
            f"Expected bounds that a cart fits, got min_size={min_size!r}, max_size={items!r}, "
            f"min_quantity_sum={min_quantity_sum!r}, max_quantity_sum={max_units!r}"
        )
    return _carts(
        environment,
        sizes=_near_limits(min_items, min(items, max_units), (256, limits.cart_items)),
        sums=_near_limits(max(min_units, min_items), max_units, (limits.quantity_sum,)),
    )


def _carts(
    environment: Environment,
    *,
    sizes: st.SearchStrategy[int],
    sums: st.SearchStrategy[int],
) -> st.SearchStrategy[list[CartItem]]:
    item = cart_items(environment, quantity=1)
    template_lists = {count: st.lists(item, min_size=1, max_size=count) for count in (1, 2, 3)}

    @st.composite
    def build(draw: st.DrawFn) -> list[CartItem]:
        size = draw(sizes)
        total = draw(sums)
        if size == 0:
            return []
        shape = draw(st.integers(0, len(SHAPES) - 1))
        # The sum must not depend on the size: if an item is left out, the sum stays.
        quantities = distribute(size, max(size, total), shape=shape)
        templates = draw(template_lists[min(3, size)])
        return expand(templates, quantities, numbered=draw(st.booleans()))

    return build()
