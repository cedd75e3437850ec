"""What changed in the state machine, as arcs."""

from __future__ import annotations

import re

from cartfuzz.analysis import TransitionChange, TransitionChangeKind
from cartfuzz.contract import ContractVersion, Operation, Ruling
from cartfuzz.record import Answered, RequestedState, SourceState
from cartfuzz.reports.html.diff_states import diff_state_picture


def change(
    kind: TransitionChangeKind, before: dict[Answered, int], after: dict[Answered, int]
) -> TransitionChange:
    """A change of closing an open session."""
    return TransitionChange(
        source=SourceState.OPEN,
        operation=Operation.UPDATE,
        requested=RequestedState.CLOSED,
        expected=Ruling.ACCEPT,
        dry=False,
        kind=kind,
        before=before,
        after=after,
    )


def numbers(*changes: TransitionChange) -> list[str]:
    """What is at the arcs."""
    picture = str(diff_state_picture(changes, ContractVersion.CURRENT))
    return re.findall(r">([✕≠–+] [0-9,]+)</text>", picture)


def test_the_number_at_an_arc_counts_requests() -> None:
    """Rows of the table would make one of thousands of requests."""
    kinds, accepted, refused = TransitionChangeKind, Answered.ACCEPTED, Answered.REFUSED
    worse = change(kinds.CHANGED, {accepted: 9}, {refused: 1_200})
    assert numbers(worse) == ["✕ 1,200"]
    assert numbers(worse, worse) == ["✕ 2,400"]
    assert numbers(change(kinds.NOT_TRIED, {accepted: 7}, {})) == ["– 7"]
    assert numbers(change(kinds.NEWLY_TRIED, {}, {accepted: 8})) == ["+ 8"]
    assert numbers(change(kinds.CHANGED, {refused: 9}, {accepted: 6})) == ["≠ 6"]


def test_a_crash_that_became_a_wrong_refusal_was_never_right() -> None:
    """The arc is of another answer."""
    one = change(TransitionChangeKind.CHANGED, {Answered.CRASHED: 2}, {Answered.REFUSED: 3})
    assert numbers(one) == ["≠ 3"]
