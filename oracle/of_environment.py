"""Keeps what is worked out once for an environment, which many executions share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from ..contract import Environment

_Made = TypeVar("_Made")
_MOST = 8
"""Of environments: a run has one, tests have many."""


class OfEnvironment(Generic[_Made]):
    """A value for each environment. Threads may share one.

    An environment holds dicts, so it is known by its identity and not by its hash.

    Args:
        make: works the value out; a second thread may do it as well.
    """

    def __init__(self, make: Callable[[Environment], _Made]) -> None:
        self._make = make
        self._known: dict[int, tuple[Environment, _Made]] = {}

    def __call__(self, environment: Environment) -> _Made:
        """The value for ``environment``."""
        known = self._known.get(id(environment))
        if known is not None:  # it is kept, so no other has its identity
            return known[1]
        if len(self._known) >= _MOST:
            self._known = {}
        made = self._make(environment)
        self._known[id(environment)] = (environment, made)
        return made
