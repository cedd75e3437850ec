"""Carts: a few templates, a size and a sum of quantities, expanded.

Size and sum are drawn apart, each from small numbers mixed with the boundaries of the contract,
and the quantities are then dealt so that they add up exactly. So a cart of 1000 items costs as few
choices as one of three, both limits are met in every run, and both shrink alone: a fault that
needs more than 1000 items ends at 1001 items of one unit, one that needs a sum above 10,000 at a
single item.
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

_MORE_THAN_A_CART = 30_000
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
        # One choice for which fields there are, where fixed_dictionaries takes one a field.
        present = draw(st.integers(0, 2 ** len(optional) - 1))
        for bit, (field, values) in enumerate(optional):
            if present >> bit & 1:
                item[field] = draw(values)
        return item

    return build()


def _numbers(least: int, most: int, limits: Sequence[int]) -> st.SearchStrategy[int]:
    """Numbers from ``least`` to ``most``: small ones, the limits' neighbours, any."""
    near = sorted(
        {limit + step for limit in limits for step in (-1, 0, 1) if least <= limit + step <= most}
    )
    branches = [st.integers(least, min(least + 5, most))]
    if near:
        branches.append(st.sampled_from(near))
    branches.append(st.integers(least, most))
    return st.one_of(branches)


def _first(size: int, excess: int) -> list[int]:
    """One item takes all."""
    return [1 + excess] + [1] * (size - 1)


def _last(size: int, excess: int) -> list[int]:
    return [1] * (size - 1) + [1 + excess]


def _even(size: int, excess: int) -> list[int]:
    """All alike, as far as the sum allows."""
    each, rest = divmod(excess, size)
    return [1 + each + (index < rest) for index in range(size)]


def _mixed(size: int, excess: int) -> list[int]:
    """Every third item holds most, and their quantities differ."""
    quantities = [1] * size
    step = max(1, excess // max(1, size // 3))
    for index in range(0, size, 3):
        taken = min(excess, step + index % 7)
        quantities[index] += taken
        excess -= taken
    quantities[0] += excess
    return quantities


SHAPES: tuple[Callable[[int, int], list[int]], ...] = (_first, _last, _even, _mixed)


def deal(size: int, total: int, *, shape: int = 0) -> list[int]:
    """``size`` quantities of at least 1 that add up to ``total``.

    Args:
        shape: 0 the first takes what is left over, 1 the last does, 2 all alike, 3 mixed.

    Raises:
        InvalidArgument: ``total`` is too small for ``size``.
    """
    if total < size or (size == 0 and total > 0):
        raise InvalidArgument(f"{size} items of at least one unit cannot add up to {total}")
    return SHAPES[shape](size, total - size) if size else []


def expand(
    templates: Sequence[CartItem], quantities: Sequence[int], *, numbered: bool = False
) -> list[CartItem]:
    """One item a quantity, made from the templates in turn.

    Args:
        numbered: give each item an SKU of its own.
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
    """Carts with size and sum of quantities inside the bounds, all inclusive.

    Args:
        environment: its limits are the default upper bounds; declares attributes and costs.
        min_size: fewest items.
        max_size: most items; None: as many as the contract allows.
        min_quantity_sum: fewest units over all items; None: no bound.
        max_quantity_sum: most units over all items; None: as many as the contract allows, or 30,000
            where the sum does not count.

    Raises:
        InvalidArgument: no cart fits the bounds.
    """
    limits = environment.limits
    most = limits.cart_items if max_size is None else max_size
    default_sum = max(environment.quantity_sum_limit or _MORE_THAN_A_CART, min_size)
    most_units = default_sum if max_quantity_sum is None else max_quantity_sum
    least_units = 0 if min_quantity_sum is None else min_quantity_sum
    least = max(min_size, 1) if least_units > 0 else min_size
    if not 0 <= least <= most or not max(least_units, least) <= most_units:
        raise InvalidArgument(
            f"No cart fits min_size={min_size}, max_size={most}, "
            f"min_quantity_sum={min_quantity_sum}, max_quantity_sum={most_units}"
        )
    return _carts(
        environment,
        sizes=_numbers(least, min(most, most_units), (256, limits.cart_items)),
        sums=_numbers(max(least_units, least), most_units, (limits.quantity_sum,)),
    )


def _carts(
    environment: Environment,
    *,
    sizes: st.SearchStrategy[int],
    sums: st.SearchStrategy[int],
) -> st.SearchStrategy[list[CartItem]]:
    item = cart_items(environment, quantity=1)
    few = {most: st.lists(item, min_size=1, max_size=most) for most in (1, 2, 3)}

    @st.composite
    def build(draw: st.DrawFn) -> list[CartItem]:
        size = draw(sizes)
        total = draw(sums)
        if size == 0:
            return []
        shape = draw(st.integers(0, len(SHAPES) - 1))
        # The sum may not depend on the size: an item that goes must not drag the sum along.
        quantities = deal(size, max(size, total), shape=shape)
        templates = draw(few[min(3, size)])
        return expand(templates, quantities, numbered=draw(st.booleans()))

    return build()
