"""Additional costs as a session shows them: with members of its own, and free where not set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .knowledge import is_number, same_json


def same_cost(sent: Any, shown: Any) -> bool:
    """Whether a cost came back with all that was sent; a title or a currency may have joined it."""
    if isinstance(sent, dict) and isinstance(shown, dict):
        return all(name in shown and same_json(value, shown[name]) for name, value in sent.items())
    return same_json(sent, shown)


def is_free(cost: Any) -> bool:
    """Whether a target may show ``cost`` for one that is not set."""
    if not isinstance(cost, dict):
        return cost is None
    price = cost.get("price")
    return price is None or (is_number(price) and price == 0)


def without_free(costs: Mapping[str, Any]) -> dict[str, Any]:
    """``costs`` without those that may not be set."""
    return {name: cost for name, cost in costs.items() if not is_free(cost)}
