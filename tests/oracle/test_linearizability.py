"""The search for orders, against trying all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from hypothesis import example, given
from hypothesis import strategies as st

from cartfuzz.oracle.linearizability import Mismatch, find_linearizations


@dataclass(frozen=True)
class Operation:
    """One call of a register that holds a small number."""

    kind: str
    value: int
    """What was written, added, or read."""
    uncertain: bool = False
    """No response came: it may have happened or not."""


def step(state: int, operation: Operation) -> Sequence[int] | Mismatch:
    if operation.kind == "read":
        return [state] if state == operation.value else Mismatch(f"reads {state}")
    after = operation.value if operation.kind == "write" else state + operation.value
    return [state, after] if operation.uncertain else [after]


def by_brute_force(operations: Sequence[Operation]) -> set[int]:
    """The end states of all orders."""
    ends: set[int] = set()
    for order in permutations(operations):
        states = {0}
        for operation in order:
            following: set[int] = set()
            for state in states:
                result = step(state, operation)
                following.update(() if isinstance(result, Mismatch) else result)
            states = following
        ends |= states
    return ends


OPERATIONS = st.lists(
    st.builds(
        Operation, st.sampled_from(("read", "write", "add")), st.integers(0, 3), st.booleans()
    ),
    max_size=5,
)


@given(OPERATIONS)
@example([Operation("write", 1), Operation("read", 0)])
def test_it_finds_what_trying_every_order_finds(operations: list[Operation]) -> None:
    """The same end states; dead ends exactly where no order explains the responses."""
    found = find_linearizations(
        len(operations), 0, lambda state, index: step(state, operations[index]), same=int.__eq__
    )
    assert sorted(found.end_states) == sorted(by_brute_force(operations))
    assert bool(found.dead_ends) != bool(found.end_states)


def test_no_state_is_entered_twice() -> None:
    """Operations that commute are taken in few orders, not in all of them."""
    calls = 0

    def adding(state: int, _index: int) -> Sequence[int]:
        nonlocal calls
        calls += 1
        return [state + 1]

    found = find_linearizations(10, 0, adding, same=int.__eq__)
    assert found.end_states == (10,)
    assert calls <= 10 * 2**10


def test_a_dead_end_says_what_did_not_fit() -> None:
    """The explanation names the order that got furthest, and what is wrong with each next step."""
    operations = [Operation("write", 1), Operation("read", 2)]
    found = find_linearizations(
        2, 0, lambda state, index: step(state, operations[index]), same=int.__eq__
    )
    assert found.end_states == ()
    assert [(dead_end.order, dict(dead_end.reasons)) for dead_end in found.dead_ends] == [
        ((0,), {1: "reads 1"})
    ]
