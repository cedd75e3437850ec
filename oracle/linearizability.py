"""Is there an order, one after the other, that explains what concurrent operations were answered?

The search is that of Wing and Gong ("Testing and verifying concurrent objects", 1993) with the
memoisation of Lowe ("Testing for linearizability", 2017): operations are taken in every order that
real time allows, depth first, and a set of taken operations that led to the same state before is
not entered again. Unlike a checker that only says yes or no, it returns every state in which the
operations may have left the object, since a later read may tell them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Refuted:
    """An operation cannot have been answered as it was in some state."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An order that could not be completed."""

    order: tuple[int, ...]
    """The operations that fit, in this order."""
    refuted: Mapping[int, str]
    """Each operation that could have come next, and why it does not fit there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linearizations(Generic[State]):
    """All that the search found."""

    ends: tuple[State, ...]
    """The distinct states at the end of all orders that explain the answers; empty if none does."""
    order: tuple[int, ...]
    """One order that explains them; empty if none does."""
    attempts: tuple[Attempt, ...]
    """The orders that got furthest, where none explains the answers."""


def linearizations(
    count: int,
    start: State,
    step: Callable[[State, int], Sequence[State] | Refuted],
    *,
    same: Callable[[State, State], bool],
    before: Mapping[int, frozenset[int]] | None = None,
) -> Linearizations[State]:
    """Searches for orders of the operations ``0 … count - 1`` that explain their answers.

    Args:
        count: how many operations there are.
        start: the state before all of them.
        step: the states in which an operation may leave a state, given what it was answered, or
            why it cannot have been answered so. It must not change the state that it is given.
        same: whether two states cannot be told apart from now on.
        before: for an operation those that had ended when it began, and so come first.
    """
    search = _Search(count, step, same, before or {})
    search.visit(0, start, ())
    furthest = max((len(attempt.order) for attempt in search.attempts), default=0)
    return Linearizations(
        ends=tuple(search.seen.get(search.whole, ())),
        order=search.order,
        attempts=()
        if search.order or count == 0
        else tuple(a for a in search.attempts if len(a.order) == furthest),
    )


class _Search(Generic[State]):
    def __init__(
        self,
        count: int,
        step: Callable[[State, int], Sequence[State] | Refuted],
        same: Callable[[State, State], bool],
        before: Mapping[int, frozenset[int]],
    ) -> None:
        self._count = count
        self._step = step
        self._same = same
        self._needs = [sum(1 << b for b in before.get(op, ())) for op in range(count)]
        self.whole = (1 << count) - 1
        self.seen: dict[int, list[State]] = {}
        """States already entered, by the set of operations taken, as a bit mask."""
        self.order: tuple[int, ...] = ()
        self.attempts: list[Attempt] = []

    def visit(self, taken: int, state: State, order: tuple[int, ...]) -> None:
        known = self.seen.setdefault(taken, [])
        if any(self._same(state, other) for other in known):
            return
        known.append(state)
        if taken == self.whole:
            self.order = self.order or order
            return
        refuted: dict[int, str] = {}
        for operation in range(self._count):
            bit = 1 << operation
            if taken & bit or self._needs[operation] & ~taken:
                continue
            result = self._step(state, operation)
            if isinstance(result, Refuted):
                refuted[operation] = result.reason
                continue
            for following in result:
                self.visit(taken | bit, following, (*order, operation))
        if refuted:
            self.attempts.append(Attempt(order=order, refuted=refuted))
