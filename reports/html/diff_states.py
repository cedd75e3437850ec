"""What changed in the state machine between two runs, as the arcs of a picture."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from markupsafe import Markup

from ...analysis import TransitionChange, TransitionChangeKind
from ...contract import ContractVersion, Ruling, transitions
from ..state_words import state_name
from .state_picture import Look, Move, moves_picture
from .state_view import cell_of, reached_state


class MoveKind(StrEnum):
    """What became of a move; the first that holds."""

    WORSE = "wrong now, and was right before"
    CHANGED = "answered in another way now"
    NOT_TRIED = "no longer tried"
    NEWLY_TRIED = "tried by the newer run only"
    SAME = "allowed, no change"


_LOOKS = {
    MoveKind.WORSE: Look("var(--fail)", (1, 0), 3.5, "✕ "),
    MoveKind.CHANGED: Look("var(--c-1)", (9, 3), 3.0, "≠ "),
    MoveKind.NOT_TRIED: Look("var(--warn)", (2, 4), 2.5, "– "),
    MoveKind.NEWLY_TRIED: Look("var(--c-4)", (6, 3, 2, 3), 2.0, "+ "),
    MoveKind.SAME: Look("var(--line-strong)", (1, 0), 1.2),
}


def diff_state_picture(changes: Iterable[TransitionChange], version: ContractVersion) -> Markup:
    """The moves that the contract allows, with those that changed on top."""
    by_cell: dict[tuple[object, ...], list[TransitionChange]] = {}
    for one in changes:
        if not one.dry:
            by_cell.setdefault((one.source, (one.operation, one.requested)), []).append(one)
    found: dict[tuple[str, str], list[TransitionChange]] = {}
    for row in transitions(version):
        source, request = cell_of(row)
        target = reached_state(row)
        if target is None or target is source:
            continue
        here = by_cell.get((source, request), [])
        key = state_name(source), state_name(target)
        if here or row.ruling is Ruling.ACCEPT:
            found.setdefault(key, []).extend(here)
    moves = [_move(key, changed) for key, changed in found.items()]
    moves.sort(key=lambda one: -list(_LOOKS.values()).index(one.look))
    return moves_picture(moves, label="Moves between states, and what changed")


def _kind(change: TransitionChange) -> MoveKind:
    if change.is_worse:
        return MoveKind.WORSE
    return {
        TransitionChangeKind.NOT_TRIED: MoveKind.NOT_TRIED,
        TransitionChangeKind.NEWLY_TRIED: MoveKind.NEWLY_TRIED,
    }.get(change.kind, MoveKind.CHANGED)


def _move(key: tuple[str, str], changes: list[TransitionChange]) -> Move:
    """The arc of one move; its number is that of the requests that make it what it is."""
    kinds = [_kind(one) for one in changes]
    kind = next((one for one in MoveKind if one in kinds), MoveKind.SAME)
    requests = sum(one.requests for one in changes if _kind(one) is kind)
    source, target = key
    said = f": {'; '.join(one.text for one in changes)}" if changes else ""
    return Move(
        source=source,
        target=target,
        look=_LOOKS[kind],
        number=f"{requests:,}" if changes else "",
        text=f"from {source} to {target}: {kind.value}{said}",
    )
