"""Strategies for prices and quantities, the numbers that totals are computed from."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

MIN_PRICE = 1e-7
"""Lowest price in carts: prices of zero and below are CART-U1."""
MAX_PRICE = 99_999_999.99
"""Highest price in carts: whether a server accepts higher ones, the contract does not say."""

_SPECIAL_PRICES = (
    1,
    0.1,
    0.2,
    0.005,
    19.99,
    33.333333,
    1e-7,
    0.07,
    1.005,
    2.675,
    99_999.99,
    MAX_PRICE,
    0,
)

ODD_PRICES: tuple[int | float, ...] = (
    0,
    0.0,
    -1,
    -0.01,
    -1e9,
    1e8,
    1e12 + 1,
    1e15,
    9_007_199_254_740_993,
)
"""Prices about which the contract is silent (CART-U1): zero, negative, enormous."""


def prices(
    *, min_value: float = MIN_PRICE, max_value: float = MAX_PRICE
) -> st.SearchStrategy[int | float]:
    """Finite prices within the bounds: whole ones, cents, many decimals; the simplest first.

    Args:
        min_value: lowest price. Zero and below are CART-U1: the contract is silent there.
        max_value: highest price.

    Raises:
        InvalidArgument: the bounds contradict each other or are not finite.
    """
    if not float("-inf") < min_value <= max_value < float("inf"):
        raise InvalidArgument(
            f"Expected finite min_value <= max_value, got min_value={min_value!r}, "
            f"max_value={max_value!r}"
        )
    special = [price for price in _SPECIAL_PRICES if min_value <= price <= max_value]
    lowest, highest = -(-min_value // 1), max_value // 1
    branches: list[st.SearchStrategy[int | float]] = []
    if special:
        branches.append(st.sampled_from(special))
    if lowest <= highest:
        branches.append(st.integers(int(lowest), int(highest)))
        branches.append(
            st.integers(int(lowest) * 100, int(highest) * 100).map(lambda cents: cents / 100)
        )
    branches.append(
        st.floats(
            min_value, max_value, allow_nan=False, allow_infinity=False, allow_subnormal=False
        )
    )
    return st.one_of(branches)


def quantities(*, min_value: int = 1, max_value: int = 10_000) -> st.SearchStrategy[int]:
    """Whole quantities: small ones, the upper bound and its neighbour, any within the bounds.

    Args:
        min_value: lowest quantity.
        max_value: highest quantity.

    Raises:
        InvalidArgument: the bounds contradict each other.
    """
    if min_value > max_value:
        raise InvalidArgument(
            f"Expected min_value <= max_value, got min_value={min_value!r}, max_value={max_value!r}"
        )
    small = st.integers(min_value, min(min_value + 9, max_value))
    near = [value for value in (max_value - 1, max_value) if value >= min_value]
    return st.one_of(small, st.sampled_from(near), st.integers(min_value, max_value))
