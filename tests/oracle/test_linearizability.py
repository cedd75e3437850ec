"""The search for orders, against trying all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from hypothesis import example, given
from hypothesis import strategies as st

from cartfuzz.oracle.linearizability import Refuted, linearizations


@dataclass(frozen=True)
class Operation:
    """One call of a register that holds a small number."""

    kind: str
    value: int
    """What was written, added, or is said to have been read."""
    uncertain: bool = False
    """No answer came: it may have happened or not."""


def step(state: int, operation: Operation) -> Sequence[int] | Refuted:
    if operation.kind == "read":
        return [state] if state == operation.value else Refuted(f"reads {state}")
    after = operation.value if operation.kind == "write" else state + operation.value
    return [state, after] if operation.uncertain else [after]


def by_brute_force(
    operations: Sequence[Operation], before: dict[int, frozenset[int]]
) -> dict[int, set[tuple[int, ...]]]:
    """The end states, each with all orders that lead there."""
    ends: dict[int, set[tuple[int, ...]]] = {}
    for order in permutations(range(len(operations))):
        lawful = all(
            order.index(first) < order.index(then) for then in before for first in before[then]
        )
        states = {0} if lawful else set()
        for place in order:
            following: set[int] = set()
            for state in states:
                result = step(state, operations[place])
                following.update(() if isinstance(result, Refuted) else result)
            states = following
        for state in states:
            ends.setdefault(state, set()).add(order)
    return ends


OPERATIONS = st.lists(
    st.builds(
        Operation, st.sampled_from(("read", "write", "add")), st.integers(0, 3), st.booleans()
    ),
    max_size=5,
)


@given(OPERATIONS, st.data())
@example([Operation("write", 1), Operation("read", 0)], None)
def test_it_finds_what_trying_every_order_finds(
    operations: list[Operation], data: st.DataObject | None
) -> None:
    """The same end states; an order that is among the lawful ones; none where there is none."""
    before: dict[int, frozenset[int]] = {}
    if data is not None:
        for place in range(1, len(operations)):
            before[place] = frozenset(
                data.draw(st.sets(st.integers(0, place - 1), max_size=2), label=f"before {place}")
            )
    expected = by_brute_force(operations, before)
    found = linearizations(
        len(operations),
        0,
        lambda state, place: step(state, operations[place]),
        same=int.__eq__,
        before=before,
    )
    assert sorted(found.ends) == sorted(expected)
    if expected and operations:
        assert any(found.order in orders for orders in expected.values())
        assert not found.attempts
    elif operations:
        assert not found.order
        assert found.attempts


def test_no_state_is_entered_twice() -> None:
    """Operations that commute are taken in few orders, not in all of them."""
    calls = 0

    def adding(state: int, place: int) -> Sequence[int]:
        nonlocal calls
        calls += 1
        return [state + 1]

    found = linearizations(10, 0, adding, same=int.__eq__)
    assert found.ends == (10,)
    assert calls <= 10 * 2**10


def test_a_dead_end_says_what_did_not_fit() -> None:
    """The explanation names the order that got furthest, and what is wrong with each next step."""
    operations = [Operation("write", 1), Operation("read", 2)]
    found = linearizations(
        2, 0, lambda state, place: step(state, operations[place]), same=int.__eq__
    )
    assert found.ends == ()
    assert [(attempt.order, dict(attempt.refuted)) for attempt in found.attempts] == [
        ((0,), {1: "reads 1"})
    ]
