"""Additional costs: a map of declared names, each to a price (COST-01)."""

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
        names: the costs that were created for the place where the map goes.
        min_size: fewest costs.
        max_size: most costs; None: all of them.

    Raises:
        InvalidArgument: ``names`` are too few for ``min_size``.
    """
    most = len(names) if max_size is None else min(max_size, len(names))
    if min_size > most:
        raise InvalidArgument(f"Expected at least {min_size} cost names, got {list(names)!r}")
    if not names:
        return st.builds(dict)
    cost = st.fixed_dictionaries({"price": prices()})
    return st.dictionaries(st.sampled_from(tuple(names)), cost, min_size=min_size, max_size=most)
