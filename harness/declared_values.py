"""What an environment declares, each thing with a value, and updates that hold some of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class DeclaredKind(StrEnum):
    """What is declared, as messages call it."""

    SESSION_ATTRIBUTE = "session attribute"
    ITEM_ATTRIBUTE = "item attribute"
    SESSION_COST = "additional cost"
    ITEM_COST = "additional cost of items"


_TABLES = {
    DeclaredKind.SESSION_ATTRIBUTE: "session_attributes",
    DeclaredKind.ITEM_ATTRIBUTE: "item_attributes",
    DeclaredKind.SESSION_COST: "additional_costs",
    DeclaredKind.ITEM_COST: "additional_costs",
}


@dataclass(frozen=True, slots=True)
class Declared:
    """One thing that the environment declares."""

    kind: DeclaredKind
    name: str
    value: Any
    """One that the target must take."""

    @property
    def where(self) -> str:
        """Its key in the configuration file."""
        return f"environment.{_TABLES[self.kind]}.{self.name}"


def body_with(declared: Iterable[Declared]) -> dict[str, Any]:
    """The body of an update whose session holds ``declared``, with one item if one needs it."""
    session: dict[str, Any] = {}
    item: dict[str, Any] = {}
    for one in declared:
        is_of_item = one.kind in (DeclaredKind.ITEM_ATTRIBUTE, DeclaredKind.ITEM_COST)
        holder = item if is_of_item else session
        is_cost = one.kind in (DeclaredKind.SESSION_COST, DeclaredKind.ITEM_COST)
        holder.setdefault("additionalCosts" if is_cost else "attributes", {})[one.name] = one.value
    if item:
        session["cartItems"] = [{"name": "item", "sku": "item", "quantity": 1, "price": 1, **item}]
    return {"customerSession": session}
