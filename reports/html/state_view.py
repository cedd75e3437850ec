"""The state machine of a run as values: its heat map, and the edges of its picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, log

from ...analysis import SeenTransition, Summary
from ...contract import Operation, Ruling, SessionState, Transition, transitions
from ...record import Answered, RequestedState, SourceState
from ..state_words import request_name, state_name

HEAT_LEVELS = 5
"""Shades of the heat map, beside that of nothing."""


class EdgeKind(StrEnum):
    """What a run saw of one edge of the state machine; the first that holds."""

    WRONG = "accepted against the contract"
    BARRED = "refused against the contract"
    SEEN = "allowed and seen"
    OPEN = "accepted where the contract is silent"
    REFUSED = "asked for and refused, as the contract demands"
    DECLINED = "refused where the contract is silent"
    EXPECTED = "allowed, never accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A move of a session from one state to another one."""

    source: str
    target: str
    kind: EdgeKind
    count: int
    """The requests that make it of this kind."""
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


def heat_map_of(summary: Summary) -> HeatMap:
    """The heat map of a run, dry requests included."""
    by_cell: dict[tuple[SourceState, _Column], list[SeenTransition]] = {}
    for seen in summary.transitions:
        by_cell.setdefault((seen.source, (seen.operation, seen.requested)), []).append(seen)
    present = {column for _, column in by_cell}
    rulings = {cell_of(row): row.ruling for row in transitions(summary.contract)}
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
    return HeatMap(columns=tuple(request_name(*column) for column in columns), rows=rows)


def edges_of(summary: Summary) -> tuple[Edge, ...]:
    """The moves between different states that the contract allows or the run asked for.

    As in the heat map, what the contract says of the whole request decides whether an answer was
    wrong: an open session may be closed, but not with a wrong cart.
    """
    ways: dict[tuple[SourceState, SourceState], list[_Way]] = {}
    for row in transitions(summary.contract):
        source, (operation, requested) = cell_of(row)
        target = reached_state(row)
        if target is None or target is source:
            continue
        seen = tuple(
            one
            for one in summary.transitions
            if (one.source, one.operation, one.requested) == (source, operation, requested)
            and not one.dry
        )
        way = _Way(row.ruling is Ruling.ACCEPT, request_name(operation, requested), seen)
        ways.setdefault((source, target), []).append(way)
    edges = (_edge(source, target, by) for (source, target), by in ways.items())
    return tuple(edge for edge in edges if edge is not None)


@dataclass(frozen=True, slots=True)
class _Way:
    """One request that leads from one state to another one."""

    is_allowed: bool
    name: str
    seen: tuple[SeenTransition, ...]

    def answered(self, how: Answered) -> Iterator[SeenTransition]:
        """What was answered in one way."""
        return (one for one in self.seen if one.answered is how)


def _edge(source: SourceState, target: SourceState, ways: list[_Way]) -> Edge | None:
    """The edge; None: the contract does not allow it, and nobody was answered."""
    accepted = [one for way in ways for one in way.answered(Answered.ACCEPTED)]
    refused = [one for way in ways for one in way.answered(Answered.REFUSED)]
    allowed = [way for way in ways if way.is_allowed]
    by_kind = {
        EdgeKind.WRONG: _count(one for one in accepted if one.is_wrongly_accepted),
        EdgeKind.BARRED: _count(one for one in refused if one.is_wrongly_refused),
        EdgeKind.SEEN: _count(one for way in allowed for one in way.answered(Answered.ACCEPTED)),
        EdgeKind.OPEN: _count(accepted),
    }
    if not allowed:
        demanded = (one for one in refused if one.expected is Ruling.REFUSE)
        by_kind |= {EdgeKind.REFUSED: _count(demanded), EdgeKind.DECLINED: _count(refused)}
    kind = next((one for one, count in by_kind.items() if count), None)
    if kind is None and not allowed:
        return None
    return Edge(
        source=state_name(source),
        target=state_name(target),
        kind=kind or EdgeKind.EXPECTED,
        count=by_kind[kind] if kind is not None else 0,
        accepted=_count(accepted),
        refused=_count(refused),
        requests=tuple(way.name for way in ways),
    )


def _count(seen: Iterable[SeenTransition]) -> int:
    return sum(one.count for one in seen)


def reached_state(row: Transition) -> SourceState | None:
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


def cell_of(row: Transition) -> tuple[SourceState, tuple[Operation, RequestedState]]:
    """The state before and the request, as a run record names them."""
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


def _position(column: _Column) -> tuple[int, int]:
    operation, requested = column
    return list(Operation).index(operation), list(RequestedState).index(requested)


def _has_unknown(summary: Summary) -> bool:
    return any(one.source is SourceState.UNKNOWN for one in summary.transitions)
