"""Counts what a run asked of the state machine, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

import msgspec

from ..contract import Operation, Ruling
from ..record.transitions import Answered, RequestedState, SourceState, TransitionCase

_Member = TypeVar("_Member", bound=StrEnum)


class SeenTransition(msgspec.Struct, frozen=True, kw_only=True):
    """How often a session in one state was asked for one thing, and was answered in one way.

    Requests without the valid key, malformed ones, those that are cut on purpose, and those that
    repeat an earlier one under its Idempotency-Key are not counted: the state of the session does
    not decide what they are answered.
    """

    source: SourceState
    """The state of the session before, as the model of the contract has it."""
    operation: Operation
    requested: RequestedState
    """The state that an update asks for."""
    expected: Ruling
    """What the contract says of the whole request. A close with a wrong cart is to be refused,
    though an open session may be closed: `cartfuzz.contract.transition` has the bare cell."""
    answered: Answered
    count: int
    dry: bool = False
    """Whether it was a dry run, which changes no state."""

    @property
    def is_wrongly_accepted(self) -> bool:
        """Whether the contract demands a refusal, and the target accepted."""
        return self.expected is Ruling.REFUSE and self.answered is Answered.ACCEPTED

    @property
    def is_wrongly_refused(self) -> bool:
        """Whether the contract demands acceptance, and the target refused."""
        return self.expected is Ruling.ACCEPT and self.answered is Answered.REFUSED


def transitions_of(counts: Mapping[str, int]) -> list[SeenTransition]:
    """The rows that ``counts`` by `TransitionCase.key` amount to, in the order of the enums.

    Raises:
        ValueError: a key is none.
    """
    return sorted((_row(key, count) for key, count in counts.items()), key=_position)


def _row(key: str, count: int) -> SeenTransition:
    case = TransitionCase.parse(key)
    return SeenTransition(
        source=case.source,
        operation=case.operation,
        requested=case.requested,
        expected=case.expected,
        answered=case.answered,
        count=count,
        dry=case.dry,
    )


def _position(row: SeenTransition) -> tuple[int, ...]:
    return (
        _SOURCES[row.source],
        _OPERATIONS[row.operation],
        _REQUESTED[row.requested],
        int(row.dry),
        _EXPECTED[row.expected],
        _ANSWERED[row.answered],
    )


def _numbered(members: Iterable[_Member]) -> dict[_Member, int]:
    return {member: number for number, member in enumerate(members)}


_SOURCES = _numbered(SourceState)
_OPERATIONS = _numbered(Operation)
_REQUESTED = _numbered(RequestedState)
_EXPECTED = _numbered(Ruling)
_ANSWERED = _numbered(Answered)
