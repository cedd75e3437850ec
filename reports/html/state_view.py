"""The state machine of a run as values: its heat map, and the edges of its picture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, log

from ...analysis import SeenTransition, Summary
from ...contract import Operation, Ruling, SessionState, Transition, transitions
from ...record import Answered, RequestedState, SourceState

HEAT_LEVELS = 5
"""Shades of the heat map, beside that of nothing."""


class EdgeKind(StrEnum):
    """What a run saw of one edge of the state machine; the first that holds."""

    WRONG = "accepted against the contract"
    BARRED = "allowed, but always refused"
    SEEN = "allowed and seen"
    OPEN = "accepted where the contract is silent"
    REFUSED = "asked for and refused, as the contract demands"
    EXPECTED = "allowed, not asked for"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A move of a session from one state to another one."""

    source: str
    target: str
    kind: EdgeKind
    accepted: int
    refused: int
    requests: tuple[str, ...]
    """What a client sends for it: ``"update to closed"``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One state and one request."""

    ruling: Ruling | None
    """What the contract says of it; None: it depends, or there is no such cell."""
    accepted: int = 0
    refused: int = 0
    other: int = 0
    """Crashes, and requests without a usable answer."""
    wrongly_accepted: int = 0
    wrongly_refused: int = 0
    level: int = 0
    """Of its heat, from 0 to `HEAT_LEVELS`."""

    @property
    def sent(self) -> int:
        """Requests in all."""
        return self.accepted + self.refused + self.other


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """Rows are states, columns are requests."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


STATES = (SourceState.NONE, *(SourceState(state.value) for state in SessionState))
_Column = tuple[Operation, RequestedState]
_NAMES = {
    SourceState.NONE: "no session",
    SourceState.PARTIALLY_RETURNED: "partially returned",
    SourceState.UNKNOWN: "not known",
}


def state_name(state: SourceState) -> str:
    """The name of a state for people."""
    return _NAMES.get(state, state.value)


def heat_map_of(summary: Summary) -> HeatMap:
    """The heat map of a run, dry requests included."""
    by_cell: dict[tuple[SourceState, _Column], list[SeenTransition]] = {}
    for seen in summary.transitions:
        by_cell.setdefault((seen.source, (seen.operation, seen.requested)), []).append(seen)
    present = {column for _, column in by_cell}
    rulings = {_key(row): row.ruling for row in transitions(summary.contract)}
    columns = sorted(present | {column for _, column in rulings}, key=_position)
    sources = [*STATES, SourceState.UNKNOWN] if _has_unknown(summary) else STATES
    most = max((sum(one.count for one in cell) for cell in by_cell.values()), default=0)
    rows = tuple(
        (
            state_name(source),
            tuple(
                _cell(by_cell.get((source, column), []), rulings.get((source, column)), most)
                for column in columns
            ),
        )
        for source in sources
    )
    return HeatMap(columns=tuple(_request(*column) for column in columns), rows=rows)


def edges_of(summary: Summary) -> tuple[Edge, ...]:
    """The moves between different states that the contract allows or the run asked for."""
    asked: dict[tuple[SourceState, SourceState], list[tuple[Ruling, str, int, int]]] = {}
    for row in transitions(summary.contract):
        source, (operation, requested) = _key(row)
        target = _target(row)
        if target is None or target is source:
            continue
        seen = [
            one
            for one in summary.transitions
            if (one.source, one.operation, one.requested) == (source, operation, requested)
            and not one.dry
        ]
        accepted = sum(one.count for one in seen if one.answered is Answered.ACCEPTED)
        refused = sum(one.count for one in seen if one.answered is Answered.REFUSED)
        asked.setdefault((source, target), []).append(
            (row.ruling, _request(operation, requested), accepted, refused)
        )
    return tuple(
        Edge(
            source=state_name(source),
            target=state_name(target),
            kind=_edge_kind(ways),
            accepted=sum(accepted for _, _, accepted, _ in ways),
            refused=sum(refused for _, _, _, refused in ways),
            requests=tuple(request for _, request, _, _ in ways),
        )
        for (source, target), ways in asked.items()
    )


def _edge_kind(ways: list[tuple[Ruling, str, int, int]]) -> EdgeKind:
    if any(ruling is Ruling.REFUSE and accepted for ruling, _, accepted, _ in ways):
        return EdgeKind.WRONG
    allowed = [way for way in ways if way[0] is Ruling.ACCEPT]
    if any(refused and not accepted for _, _, accepted, refused in allowed):
        return EdgeKind.BARRED
    if any(accepted for _, _, accepted, _ in allowed):
        return EdgeKind.SEEN
    if any(accepted for _, _, accepted, _ in ways):
        return EdgeKind.OPEN
    if allowed:
        return EdgeKind.EXPECTED
    return EdgeKind.REFUSED if any(refused for *_, refused in ways) else EdgeKind.EXPECTED


def _target(row: Transition) -> SourceState | None:
    """Where a session gets by an accepted request; None: a read, or it is not known."""
    if row.operation is Operation.GET:
        return None
    if row.reaches is not None:
        return SourceState(row.reaches.value)
    if row.requested is not None:
        return SourceState(row.requested.value)
    by_operation = {
        Operation.RETURN: SourceState.PARTIALLY_RETURNED,
        Operation.REOPEN: SourceState.OPEN,
    }
    return by_operation.get(row.operation)


def _key(row: Transition) -> tuple[SourceState, _Column]:
    source = SourceState.NONE if row.source is None else SourceState(row.source.value)
    requested = row.requested
    asked = RequestedState.NONE if requested is None else RequestedState(requested.value)
    return source, (row.operation, asked)


def _cell(seen: list[SeenTransition], ruling: Ruling | None, most: int) -> Cell:
    answered: dict[Answered, int] = {}
    for one in seen:
        answered[one.answered] = answered.get(one.answered, 0) + one.count
    accepted = answered.pop(Answered.ACCEPTED, 0)
    refused = answered.pop(Answered.REFUSED, 0)
    total = sum(one.count for one in seen)
    return Cell(
        ruling=ruling,
        accepted=accepted,
        refused=refused,
        other=sum(answered.values()),
        wrongly_accepted=sum(one.count for one in seen if one.is_wrongly_accepted),
        wrongly_refused=sum(one.count for one in seen if one.is_wrongly_refused),
        level=_level(total, most),
    )


def _level(count: int, most: int) -> int:
    """The shade of ``count``: by its logarithm, since a few cells get most requests."""
    if not count:
        return 0
    return max(1, min(HEAT_LEVELS, ceil(HEAT_LEVELS * log(count + 1) / log(most + 1))))


def _request(operation: Operation, requested: RequestedState) -> str:
    if operation is not Operation.UPDATE:
        return operation.value
    if requested is RequestedState.NONE:
        return "update without a state"
    if requested is RequestedState.OTHER:
        return "update to an unknown state"
    return f"update to {state_name(SourceState(requested.value))}"


def _position(column: _Column) -> tuple[int, int]:
    operation, requested = column
    return list(Operation).index(operation), list(RequestedState).index(requested)


def _has_unknown(summary: Summary) -> bool:
    return any(one.source is SourceState.UNKNOWN for one in summary.transitions)
