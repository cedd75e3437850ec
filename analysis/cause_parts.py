"""The parts of a scenario that make a discrepancy, as they can be found in another scenario."""

from __future__ import annotations

from collections.abc import Iterable

from ..record.events import Cause, Element

Key = tuple[Element, tuple[str, ...]]
"""What sort of part, and where."""


def parts_of(causes: Iterable[Cause]) -> dict[Key, Cause]:
    """The causes that another scenario may have too, without those that only hold another one."""
    found = {
        (one.element, one.path): one
        for one in causes
        if one.element not in (Element.STEP, Element.BURST)
    }
    return {
        key: one
        for key, one in found.items()
        if not any(_holds(one, other) for other in found.values())
    }


def _holds(one: Cause, other: Cause) -> bool:
    """Whether ``one`` is a member of a request that ``other`` is a part of."""
    depth = len(one.path)
    return 0 < depth < len(other.path) and other.path[:depth] == one.path
