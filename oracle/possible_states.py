"""Holds the states in which the target may be, where more than one is possible.

A write without a response was applied, will be applied, or never is; concurrent writes were applied
in some order. So a set of states stands for what is known, as in porcupine's nondeterministic
models, and responses make it smaller.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from .sequential import SequentialOracle

MAX_POSSIBLE_STATES = 24
"""More are not followed: a session in which they differ is not judged until it is read."""
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


class TooManyStatesError(Exception):
    """More states are possible than are followed, so nothing can be judged by them.

    Args:
        states: those found so far.
    """

    def __init__(self, states: Iterable[PossibleState]) -> None:
        self.states = tuple(states)
        super().__init__(f"more than {MAX_POSSIBLE_STATES} possible states: {len(self.states)}")

    @property
    def pending_sessions(self) -> frozenset[int]:
        """The sessions with a write that may still be applied, by index."""
        return frozenset(write.session for state in self.states for write in state.pending)

    @property
    def differing_sessions(self) -> frozenset[int]:
        """The sessions of which not all states hold the same, by index."""
        first, *others = (state.oracle.state for state in self.states)
        return frozenset(index for state in others for index in first.differing_sessions(state))


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

    def set(self, states: Iterable[PossibleState]) -> None:
        """Goes on with ``states``, each once.

        Raises:
            TooManyStatesError: there are more than `MAX_POSSIBLE_STATES`; nothing was changed.
        """
        kept: list[PossibleState] = []
        for state in states:
            _add(kept, state)
        if len(kept) > MAX_POSSIBLE_STATES:
            raise TooManyStatesError(kept)
        self._states = kept

    def give_up(self, state: PossibleState, sessions: Iterable[int]) -> None:
        """Goes on with ``state`` alone, in which nothing is known of ``sessions``.

        Args:
            state: one of the possible states.
            sessions: those in which the states differ, by index.
        """
        for session in sessions:
            state.oracle.mark_lost(session)
        # The states may differ in what the sessions have redeemed as well.
        state.oracle.stop_counting()
        self._states = [state]

    def add_pending(self, write: PendingWrite) -> None:
        """In every state ``write`` may be applied now, later or never."""
        self._states = [replace(state, pending=(*state.pending, write)) for state in self._states]


def with_pending_applied(states: Iterable[PossibleState], session: int) -> list[PossibleState]:
    """``states``, and those in which some pending writes have been applied by now.

    Of ``session``, and of sessions whose redemptions may decide about its own.
    Writes may be applied in any order, so the states that are added are expanded as well.

    Raises:
        TooManyStatesError: there are more than can be looked at.
    """
    expanded = list(states)
    for state in expanded:  # grows meanwhile
        for write in state.pending:
            if write.session != session and not state.oracle.share_counters(write.session, session):
                continue
            oracle = state.oracle.fork()
            if oracle.apply_unanswered(write.step_index):
                pending = tuple(other for other in state.pending if other != write)
                _add(expanded, replace(state, oracle=oracle, pending=pending))
        if len(expanded) > _MAX_EXPANDED:
            raise TooManyStatesError(expanded)
    return expanded


def _add(states: list[PossibleState], new: PossibleState) -> None:
    if not any(new.same_as(state) for state in states):
        states.append(new)
