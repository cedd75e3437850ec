"""Compares what two runs saw of the state machine: which requests are answered in another way now.

Only what was answered decides: a status that says nothing about the rules, and no answer at all,
count as not tried. Requests of which the state before is not known are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from ..contract import Operation, Ruling
from ..record.transitions import Answered, RequestedState, SourceState
from .transitions import SeenTransition

MIN_SEEN = 5
"""Answers of each run, where the contract is silent: there the body decides too, and a few requests
of one run may have had other bodies than those of the other."""
_DECISIVE = (Answered.ACCEPTED, Answered.REFUSED, Answered.CRASHED)


class TransitionChangeKind(StrEnum):
    """How two runs differ in one request of one state."""

    CHANGED = "changed"
    """No answer of the newer run is one that the older run had."""
    PARTLY = "partly changed"
    """Some are, and the newer run has an answer more, or one less."""
    NOT_TRIED = "not tried"
    """The older run had an answer, the newer run has none."""
    NEWLY_TRIED = "newly tried"
    """The other way round."""


class TransitionChange(msgspec.Struct, frozen=True, kw_only=True):
    """A request of a session in one state that two runs were answered differently."""

    source: SourceState
    operation: Operation
    requested: RequestedState
    expected: Ruling
    dry: bool
    kind: TransitionChangeKind
    before: dict[Answered, int]
    """How often the older run was accepted, refused, or answered by a crash."""
    after: dict[Answered, int]
    """The same of the newer run."""

    @property
    def is_worse(self) -> bool:
        """Whether the newer run has a wrong answer that the older run did not have, where the older
        run had a right one."""
        wrong = {Answered.CRASHED, *_WRONG[self.expected]}
        new = self.after.keys() - self.before.keys()
        return bool(self.before.keys() - wrong) and not new.isdisjoint(wrong)

    @property
    def requests(self) -> int:
        """How many changed: of the newer run those with an answer that the older run did not have,
        or else of the older run those with an answer that the newer run did not have."""
        only_after = [self.after[one] for one in self.after if one not in self.before]
        only_before = [self.before[one] for one in self.before if one not in self.after]
        return sum(only_after or only_before)

    @property
    def text(self) -> str:
        """For people: ``"was refused, is accepted"``, ``"was accepted, was not tried now"``."""
        if self.kind is TransitionChangeKind.NOT_TRIED:
            return f"was {_words(self.before)}, was not tried now"
        if self.kind is TransitionChangeKind.NEWLY_TRIED:
            return f"was not tried, is {_words(self.after)}"
        return f"was {_words(self.before)}, is {_words(self.after)}"


_WRONG = {
    Ruling.ACCEPT: (Answered.REFUSED,),
    Ruling.REFUSE: (Answered.ACCEPTED,),
    Ruling.SILENT: (),
}
_Cell = tuple[SourceState, Operation, RequestedState, Ruling, bool]


def transition_changes(
    before: Iterable[SeenTransition], after: Iterable[SeenTransition]
) -> list[TransitionChange]:
    """Where two runs differ, in the order of the older run; what it did not try comes last.

    Args:
        before: `Summary.transitions` of the older run.
        after: those of the newer run.

    Returns:
        Nothing where one of the runs did not keep any: then there is nothing to compare.
    """
    older, newer = _cells(before), _cells(after)
    if not older or not newer:
        return []
    changes = (
        _change(cell, older.get(cell, {}), newer.get(cell, {})) for cell in {**older, **newer}
    )
    return [change for change in changes if change is not None]


def _cells(rows: Iterable[SeenTransition]) -> dict[_Cell, dict[Answered, int]]:
    cells: dict[_Cell, dict[Answered, int]] = {}
    for row in rows:
        if row.source is SourceState.UNKNOWN or row.answered not in _DECISIVE:
            continue
        cell = (row.source, row.operation, row.requested, row.expected, row.dry)
        answers = cells.setdefault(cell, {})
        answers[row.answered] = answers.get(row.answered, 0) + row.count
    return cells


def _change(
    cell: _Cell, before: dict[Answered, int], after: dict[Answered, int]
) -> TransitionChange | None:
    source, operation, requested, expected, dry = cell
    kind = _kind(expected, before, after)
    if kind is None:
        return None
    return TransitionChange(
        source=source,
        operation=operation,
        requested=requested,
        expected=expected,
        dry=dry,
        kind=kind,
        before=before,
        after=after,
    )


def _kind(
    expected: Ruling, before: dict[Answered, int], after: dict[Answered, int]
) -> TransitionChangeKind | None:
    if not after:
        return TransitionChangeKind.NOT_TRIED
    if not before:
        return TransitionChangeKind.NEWLY_TRIED
    if before.keys() == after.keys():
        return None
    few = min(sum(before.values()), sum(after.values())) < MIN_SEEN
    if expected is Ruling.SILENT and Answered.CRASHED not in {**before, **after} and few:
        return None
    if before.keys().isdisjoint(after.keys()):
        return TransitionChangeKind.CHANGED
    # Where the contract is silent, some bodies are accepted and others refused.
    if expected is Ruling.SILENT and (Answered.CRASHED in before) == (Answered.CRASHED in after):
        return None
    return TransitionChangeKind.PARTLY


def _words(answers: Iterable[Answered]) -> str:
    present = set(answers)
    words = {Answered.CRASHED: "answered by a crash"}
    return " or ".join(words.get(one, one.value) for one in _DECISIVE if one in present)
