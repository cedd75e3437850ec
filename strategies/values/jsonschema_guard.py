"""Keeps hypothesis-jsonschema working with a Hypothesis whose ``many`` has changed.

hypothesis-jsonschema 0.23.1 draws the keys of an object with Hypothesis' internal helper
``many(...)``: it calls ``more()`` until that returns False. Hypothesis 6.170.10 made ``many`` a
context manager that is iterated and has no ``more()``, so every object schema fails. The guard
gives hypothesis-jsonschema, and no other module, a view of the helper module in which ``many``
still has its former interface. With a Hypothesis whose ``many`` has ``more()`` it does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any


class ManyAsLoop:
    """The former interface of ``many`` over an object with the present one.

    Args:
        elements: what Hypothesis' ``many`` returned.
    """

    def __init__(self, elements: Any) -> None:
        self._elements = elements
        self._steps: Iterator[None] | None = None
        self._rejected = False

    def more(self) -> bool:
        """Whether to draw one more element."""
        if self._steps is None:
            self._elements.__enter__()
            self._steps = iter(self._elements)
        self._rejected = False
        for _ in self._steps:
            return True
        self._elements.__exit__(None, None, None)
        return False

    def reject(self, why: str | None = None) -> None:
        """Does not count the present element.

        The former ``many`` allowed several rejections of one element, the present one raises. So a
        second call changes nothing.

        Args:
            why: the reason, for Hypothesis' statistics.
        """
        if not self._rejected:
            self._rejected = True
            self._elements.reject(why)


class UtilitiesView:
    """Hypothesis' helper module, except that ``many`` has its former interface.

    Args:
        utilities: the module.
    """

    def __init__(self, utilities: ModuleType) -> None:
        self._utilities = utilities

    def __getattr__(self, name: str) -> Any:
        return getattr(self._utilities, name)

    def many(self, *args: Any, **kwargs: Any) -> ManyAsLoop:
        """Hypothesis' ``many`` with ``more()`` and ``reject()``."""
        return ManyAsLoop(self._utilities.many(*args, **kwargs))


def guard(module: Any) -> bool:
    """Replaces ``module.cu`` by a `UtilitiesView` if its ``many`` lacks ``more``.

    Args:
        module: hypothesis-jsonschema's module that draws, with Hypothesis' helpers as ``cu``.

    Returns:
        Whether it was replaced; False after the first call.
    """
    utilities = module.cu
    if isinstance(utilities, UtilitiesView) or hasattr(utilities.many, "more"):
        return False
    module.cu = UtilitiesView(utilities)
    return True
