"""The oracle accuses a counter if and only if no start value explains the answers."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import pytest

from cartfuzz.contract import Coupon

from .shop import (
    ACCEPTS,
    CODE,
    CONFLICT,
    REJECTS,
    Event,
    cancelled,
    close,
    environment,
    opened,
    rules,
)

SESSIONS = 3
Operation = tuple[str, int]
"""``accept``, ``reject``, ``conflict`` or ``cancel``, and the session."""
KINDS = ("accept", "reject", "conflict", "cancel")


def is_possible(operations: Sequence[Operation]) -> bool:
    """Whether the operations fit the states of the sessions, whatever the counter is."""
    closed: set[int] = set()
    cancelled_sessions: set[int] = set()
    for kind, session in operations:
        if session in cancelled_sessions or (kind == "cancel") != (session in closed):
            return False
        if kind in ("accept", "reject"):
            closed.add(session)
        elif kind == "cancel":
            closed.discard(session)
            cancelled_sessions.add(session)
    return True


def explains(start: int, limit: int, operations: Iterable[Operation]) -> bool:
    """Whether a right target whose counter is at ``start`` gives these answers, in this order."""
    held: set[int] = set()
    for kind, session in operations:
        count = start + len(held)
        if kind == "cancel":
            held.discard(session)
        elif (kind == "accept") != (count < limit):
            return False
        elif kind == "accept":
            held.add(session)
    return True


def event(kind: str, session: int) -> Event:
    """The request and the answer of an operation."""
    if kind == "cancel":
        return cancelled(session)
    return close(session), {"accept": ACCEPTS, "reject": REJECTS, "conflict": CONFLICT}[kind]


def histories(longest: int) -> Iterable[tuple[Operation, ...]]:
    """All that fit the states of the sessions, which are numbered as they come."""
    every = list(itertools.product(KINDS, range(SESSIONS)))
    for length in range(1, longest + 1):
        for operations in itertools.product(every, repeat=length):
            sessions = list(dict.fromkeys(session for _, session in operations))
            if sessions == sorted(sessions) and is_possible(operations):
                yield operations


@pytest.mark.parametrize("limit", [1, 2])
def test_one_after_the_other(limit: int) -> None:
    """Every history of up to four operations on three sessions, and every start value."""
    declared = environment(Coupon(code=CODE, limit=limit))
    for operations in histories(4):
        right = any(explains(start, limit, operations) for start in range(limit + 1))
        found = rules([event(*one) for one in operations], declared)
        assert bool(found) != right, operations


@pytest.mark.parametrize("limit", [1, 2])
def test_at_the_same_time(limit: int) -> None:
    """Every burst of three operations on three sessions, of which one is closed before.

    A conflict among concurrent requests shows nothing.
    """
    declared = environment(Coupon(code=CODE, limit=limit))
    options = [("cancel", 0)], [("accept", 1), ("reject", 1)], [("accept", 2), ("reject", 2)]
    before = [event("accept", 0), opened(1), opened(2)]
    for operations in itertools.product(*options):
        right = any(
            explains(start, limit, [("accept", 0), *order])
            for start in range(limit + 1)
            for order in itertools.permutations(operations)
        )
        history = [*before, *(event(*one) for one in operations)]
        found = rules(history, declared, burst=(3, 6))
        assert bool(found) != right, operations
