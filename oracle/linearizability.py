"""Finds the orders, one operation after the other, that explain what concurrent ones were answered.

The search of Wing and Gong ("Testing and verifying concurrent objects", 1993), with the
memoisation of Lowe ("Testing for linearizability", 2017):

1. Take an operation that was not taken yet, and apply it to the state reached so far.
2. If its response does not fit that state, take another one; if none fits, go back.
3. If the same *set* of operations led to the same state before, go back: all that follows was
   searched then, whatever the order was.
4. When all operations are taken, the state is one that they may have left.

A checker may stop at the first order. This search returns every state in which the operations may
have left the object, since a later read may tell them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The response to an operation does not fit a state."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadEnd:
    """An order that could not be completed."""

    order: tuple[int, ...]
    """The operations that fit, in this order."""
    reasons: Mapping[int, str]
    """Each operation that could have come next, and why it does not fit there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linearizations(Generic[State]):
    """The result of a search."""

    end_states: tuple[State, ...]
    """The distinct states at the end of all orders that explain the responses; empty if none
    does."""
    dead_ends: tuple[DeadEnd, ...]
    """The orders that got furthest, where none explains the responses."""


def find_linearizations(
    count: int,
    start: State,
    step: Callable[[State, int], Sequence[State] | Mismatch],
    *,
    same: Callable[[State, State], bool],
) -> Linearizations[State]:
    """Searches for orders of the operations ``0 … count - 1`` that explain their responses.

    Args:
        count: the number of operations.
        start: the state before all of them.
        step: the states in which an operation may leave a state, given its response, or why the
            response does not fit. It must not change the state that it is given.
        same: whether no later response can fit one of two states and not the other.
    """
    search = _Search(count, step, same)
    search.visit(0, start, ())
    end_states = tuple(search.visited.get(search.all_taken, ()))
    furthest = max((len(dead_end.order) for dead_end in search.dead_ends), default=0)
    return Linearizations(
        end_states=end_states,
        dead_ends=()
        if end_states
        else tuple(d for d in search.dead_ends if len(d.order) == furthest),
    )


class _Search(Generic[State]):
    def __init__(
        self,
        count: int,
        step: Callable[[State, int], Sequence[State] | Mismatch],
        same: Callable[[State, State], bool],
    ) -> None:
        self._count = count
        self._step = step
        self._same = same
        self.all_taken = (1 << count) - 1
        self.visited: dict[int, list[State]] = {}
        """The states visited so far, by the set of operations taken, as a bit mask."""
        self.dead_ends: list[DeadEnd] = []

    def visit(self, taken: int, state: State, order: tuple[int, ...]) -> None:
        visited = self.visited.setdefault(taken, [])
        # Lowe's memoisation. States are compared, not hashed: there are few of one set.
        if any(self._same(state, other) for other in visited):
            return
        visited.append(state)
        if taken == self.all_taken:
            return
        reasons: dict[int, str] = {}
        for operation in range(self._count):
            bit = 1 << operation
            if taken & bit:
                continue
            result = self._step(state, operation)
            if isinstance(result, Mismatch):
                reasons[operation] = result.reason
                continue
            # Several states where the operation may or may not have been applied.
            for following in result:
                self.visit(taken | bit, following, (*order, operation))
        if reasons:
            self.dead_ends.append(DeadEnd(order=order, reasons=reasons))
