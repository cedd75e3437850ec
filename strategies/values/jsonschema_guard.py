"""Keeps hypothesis-jsonschema working with a Hypothesis whose ``many`` has changed.

hypothesis-jsonschema 0.23.1 draws the keys of an object by asking Hypothesis' internal helper
``many(...)`` for ``more()`` until it says no. Hypothesis 6.170.10 made ``many`` a context manager
that is iterated, without ``more()``, so every object schema fails. The guard gives
hypothesis-jsonschema, and nobody else, a view of the helper module in which ``many`` still has its
former interface. With a Hypothesis whose ``many`` has ``more()`` it does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any


class ManyAsLoop:
    """The former interface of ``many`` over an object of the present one."""

    def __init__(self, elements: Any) -> None:
        self._elements = elements
        self._steps: Iterator[None] | None = None
        self._rejected = False

    def more(self) -> bool:
        """Whether one more element is to be drawn."""
        if self._steps is None:
            self._elements.__enter__()
            self._steps = iter(self._elements)
        self._rejected = False
        for _ in self._steps:
            return True
        self._elements.__exit__(None, None, None)
        return False

    def reject(self, why: str | None = None) -> None:
        """Do not count the present element; a second call for it changes nothing.

        The former ``many`` took several rejections of one element, the present one raises.
        """
        if not self._rejected:
            self._rejected = True
            self._elements.reject(why)


class UtilitiesView:
    """Hypothesis' helper module, with ``many`` in its former shape."""

    def __init__(self, utilities: ModuleType) -> None:
        self._utilities = utilities

    def __getattr__(self, name: str) -> Any:
        return getattr(self._utilities, name)

    def many(self, *args: Any, **kwargs: Any) -> ManyAsLoop:
        return ManyAsLoop(self._utilities.many(*args, **kwargs))


def guard(module: Any) -> bool:
    """Replaces ``module.cu`` by a `UtilitiesView` if its ``many`` lacks ``more``.

    Args:
        module: hypothesis-jsonschema's module that draws, with Hypothesis' helpers as ``cu``.

    Returns:
        Whether anything was replaced. Guarding twice replaces once.
    """
    utilities = module.cu
    if isinstance(utilities, UtilitiesView) or hasattr(utilities.many, "more"):
        return False
    module.cu = UtilitiesView(utilities)
    return True
