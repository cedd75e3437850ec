"""Holds the states in which the target may be, where more than one is possible.

A write without a response was applied, will be applied, or never is; concurrent writes were applied
in some order. So a set of states stands for what is known, as in porcupine's nondeterministic
models, and responses make it smaller.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from .sequential import SequentialOracle

MAX_POSSIBLE_STATES = 24
"""More are not followed: the sessions with open writes are not judged any more."""
_MAX_EXPANDED = 4 * MAX_POSSIBLE_STATES


@dataclass(frozen=True, slots=True)
class PendingWrite:
    """A write that was sent, and may still be applied at any time."""

    step_index: int
    session: int


@dataclass(frozen=True, slots=True)
class PossibleState:
    """A state in which the target may be."""

    oracle: SequentialOracle
    """What is known in this state. No other possible state may share it: it learns."""
    pending: tuple[PendingWrite, ...] = ()
    order: tuple[int, ...] = ()
    """The order of the last burst's steps that leads here."""

    def same_as(self, other: PossibleState) -> bool:
        """Whether no response can ever fit one of the two and not the other."""
        return self.pending == other.pending and self.oracle.state.agrees_with(other.oracle.state)


class PossibleStates:
    """The possible states of one execution; never empty, no two the same.

    Args:
        first: the state at the start.
    """

    def __init__(self, first: PossibleState) -> None:
        self._states = [first]

    def __iter__(self) -> Iterator[PossibleState]:
        return iter(self._states)

    def __len__(self) -> int:
        return len(self._states)

    @property
    def first(self) -> PossibleState:
        """One of them; the state, where there is just one."""
        return self._states[0]

    def set(self, states: Iterable[PossibleState]) -> Sequence[PossibleState]:
        """Goes on with ``states``, each once.

        Returns:
            All of them, where there are more than `MAX_POSSIBLE_STATES`: then just one is kept.
            Else nothing.
        """
        kept: list[PossibleState] = []
        for state in states:
            _add(kept, state)
        self._states = kept
        if len(kept) <= MAX_POSSIBLE_STATES:
            return ()
        self.keep_first()
        return kept

    def keep_first(self) -> None:
        """Gives up all states but one."""
        self._states = self._states[:1]

    def add_pending(self, write: PendingWrite) -> None:
        """In every state ``write`` may be applied now, later or never."""
        self._states = [replace(state, pending=(*state.pending, write)) for state in self._states]


def with_pending_applied(states: Iterable[PossibleState], session: int) -> list[PossibleState]:
    """``states``, and those in which some pending writes of ``session`` have been applied by now.

    Writes may be applied in any order, so the states that are added are expanded as well.
    """
    expanded = list(states)
    for state in expanded:  # grows meanwhile
        for write in state.pending:
            if write.session != session:
                continue
            oracle = state.oracle.fork()
            if oracle.apply_unanswered(write.step_index):
                pending = tuple(other for other in state.pending if other != write)
                _add(expanded, replace(state, oracle=oracle, pending=pending))
        if len(expanded) > _MAX_EXPANDED:
            break
    return expanded


def _add(states: list[PossibleState], new: PossibleState) -> None:
    if not any(new.same_as(state) for state in states):
        states.append(new)
