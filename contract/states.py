"""Defines the states of a customer session, and the table of all transitions between them.

The table is complete: it has a row for every state (and for a session that does not exist), every
operation, and every state that an update may request.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from .versions import ContractVersion


class SessionState(StrEnum):
    """The four documented states. The values are those of ``state`` in requests and responses."""

    OPEN = "open"
    CLOSED = "closed"
    PARTIALLY_RETURNED = "partially_returned"
    CANCELLED = "cancelled"


class Operation(StrEnum):
    """The operations of the API. ``REOPEN`` exists in ``current`` only."""

    UPDATE = "update"
    GET = "get"
    RETURN = "return"
    REOPEN = "reopen"


class Ruling(StrEnum):
    """What the contract says about a request."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row of the state machine: an operation on a session in one state."""

    source: SessionState | None
    """The state before; None: the session does not exist."""
    operation: Operation
    requested: SessionState | None
    """The ``state`` that an update requests; None: none, or the operation is not an update."""
    ruling: Ruling
    reaches: SessionState | None
    """The state after the target has accepted; None: the contract does not say."""
    rule: str
    """The ID of the rule that decides."""


_OPEN = SessionState.OPEN
_CLOSED = SessionState.CLOSED
_PARTIAL = SessionState.PARTIALLY_RETURNED
_CANCELLED = SessionState.CANCELLED
_ACCEPT = Ruling.ACCEPT
_REFUSE = Ruling.REFUSE
_SILENT = Ruling.SILENT

_Cell = tuple[SessionState | None, SessionState | None, Ruling, SessionState | None, str]

# from, requested, ruling, reached if accepted, rule
_UPDATES: tuple[_Cell, ...] = (
    (None, None, _ACCEPT, _OPEN, "STATE-01"),
    (None, _OPEN, _ACCEPT, _OPEN, "STATE-01"),
    (None, _CLOSED, _ACCEPT, _CLOSED, "STATE-02"),
    (None, _PARTIAL, _REFUSE, None, "STATE-03"),
    (None, _CANCELLED, _REFUSE, None, "STATE-03"),
    (_OPEN, None, _ACCEPT, _OPEN, "STATE-12"),
    (_OPEN, _OPEN, _ACCEPT, _OPEN, "STATE-12"),
    (_OPEN, _CLOSED, _ACCEPT, _CLOSED, "STATE-04"),
    (_OPEN, _PARTIAL, _REFUSE, None, "STATE-09"),
    (_OPEN, _CANCELLED, _ACCEPT, _CANCELLED, "STATE-05"),
    (_CLOSED, None, _SILENT, _CLOSED, "STATE-U1"),
    (_CLOSED, _OPEN, _REFUSE, None, "STATE-07"),
    (_CLOSED, _CLOSED, _SILENT, _CLOSED, "STATE-U2"),
    (_CLOSED, _PARTIAL, _REFUSE, None, "STATE-09"),
    (_CLOSED, _CANCELLED, _ACCEPT, _CANCELLED, "STATE-06"),
    # STATE-U1 names closed and cancelled; a partially returned session cannot be changed either.
    (_PARTIAL, None, _SILENT, _PARTIAL, "STATE-U1"),
    (_PARTIAL, _OPEN, _REFUSE, None, "STATE-11"),
    (_PARTIAL, _CLOSED, _REFUSE, None, "STATE-11"),
    (_PARTIAL, _PARTIAL, _REFUSE, None, "STATE-09"),
    (_PARTIAL, _CANCELLED, _ACCEPT, _CANCELLED, "STATE-10"),
    (_CANCELLED, None, _SILENT, _CANCELLED, "STATE-U1"),
    (_CANCELLED, _OPEN, _REFUSE, None, "STATE-08"),
    (_CANCELLED, _CLOSED, _REFUSE, None, "STATE-08"),
    (_CANCELLED, _PARTIAL, _REFUSE, None, "STATE-08"),
    (_CANCELLED, _CANCELLED, _SILENT, _CANCELLED, "STATE-U2"),
)

_RETURNS: tuple[_Cell, ...] = (
    (None, None, _REFUSE, None, "RET-04"),
    (_OPEN, None, _REFUSE, None, "RET-04"),
    (_CLOSED, None, _ACCEPT, _PARTIAL, "RET-01"),
    (_PARTIAL, None, _ACCEPT, _PARTIAL, "RET-01"),
    (_CANCELLED, None, _REFUSE, None, "RET-04"),
)

_REOPENINGS: tuple[_Cell, ...] = (
    (None, None, _REFUSE, None, "STATE-16"),
    (_OPEN, None, _REFUSE, None, "STATE-16"),
    (_CLOSED, None, _ACCEPT, _OPEN, "STATE-15"),
    (_PARTIAL, None, _SILENT, None, "STATE-U3"),
    (_CANCELLED, None, _REFUSE, None, "STATE-16"),
)

_READS: tuple[_Cell, ...] = (
    (None, None, _REFUSE, None, "ERR-05"),
    *((state, None, _ACCEPT, state, "RESP-03") for state in SessionState),
)


def _rows(operation: Operation, cells: tuple[_Cell, ...]) -> tuple[Transition, ...]:
    return tuple(
        Transition(
            source=source,
            operation=operation,
            requested=requested,
            ruling=ruling,
            reaches=reaches,
            rule=rule,
        )
        for source, requested, ruling, reaches, rule in cells
    )


def transitions(version: ContractVersion) -> tuple[Transition, ...]:
    """Every row of the state machine of ``version``, updates first."""
    rows = (
        *_rows(Operation.UPDATE, _UPDATES),
        *_rows(Operation.RETURN, _RETURNS),
        *_rows(Operation.GET, _READS),
    )
    if version is ContractVersion.CURRENT:
        rows += _rows(Operation.REOPEN, _REOPENINGS)
    return rows


@cache
def _index(
    version: ContractVersion,
) -> dict[tuple[SessionState | None, Operation, SessionState | None], Transition]:
    return {(row.source, row.operation, row.requested): row for row in transitions(version)}


def transition(
    version: ContractVersion,
    source: SessionState | None,
    operation: Operation,
    requested: SessionState | None = None,
) -> Transition:
    """The row for ``operation`` on a session in state ``source``.

    Args:
        version: the version of the contract.
        source: None: the session does not exist.
        operation: what a client sends.
        requested: the ``state`` that an update requests; None: it requests none.

    Raises:
        KeyError: there is no such row: reopen in 2.5.1, or a requested state without an update.
    """
    return _index(version)[source, operation, requested]
