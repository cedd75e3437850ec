"""Strategies for additional costs: a map of declared names, each to a price (COST-01)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from .money import prices


def additional_costs(
    names: Sequence[str], *, min_size: int = 0, max_size: int | None = None
) -> st.SearchStrategy[dict[str, dict[str, Any]]]:
    """Maps from some of ``names`` to ``{"price": number}``.

    Args:
        names: the costs that may stand where the map goes: in a session or in a cart item.
        min_size: least number of costs.
        max_size: greatest number of costs; None: all of them.

    Raises:
        InvalidArgument: ``min_size`` is above ``max_size`` or the number of ``names``.
    """
    size = len(names) if max_size is None else min(max_size, len(names))
    if min_size > size:
        raise InvalidArgument(
            f"Expected at least {min_size!r} cost names and max_size >= {min_size!r}, "
            f"got {list(names)!r} and max_size={max_size!r}"
        )
    if not names:
        return st.builds(dict)
    cost = st.fixed_dictionaries({"price": prices()})
    return st.dictionaries(st.sampled_from(tuple(names)), cost, min_size=min_size, max_size=size)
