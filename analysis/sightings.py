"""Follows each discrepancy over the runs of one target: which show it, and whether it is gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from .absence import Absence, AbsenceJudge
from .bugs import Bug
from .summary import Summary

MAX_LATER = 10
"""Later runs that are asked whether a discrepancy is gone: each costs time, and the newest
count."""


@dataclass(slots=True)
class Sightings:
    """The runs that show one discrepancy."""

    bug: Bug
    """As the last of them has it that names it so itself; a run that has it as a symptom only has
    no scenario of it."""
    described_by: int
    """The index of the run that ``bug`` is from, whose environment and figures belong to it."""
    runs: list[int]
    """The indices of all that show it, in order."""

    @property
    def first(self) -> int:
        return self.runs[0]

    @property
    def last(self) -> int:
        return self.runs[-1]


def sightings(runs: Sequence[Summary]) -> list[Sightings]:
    """Each discrepancy of ``runs``, which are in order, by its first and last run.

    As in `cartfuzz.analysis.compare`, a run shows it too where it has its signature as a symptom.
    """
    by_name: dict[str, Sightings] = {}
    for index, run in enumerate(runs):
        for bug in run.found:
            for seen in _shown_by(bug, by_name):
                if seen.last != index:
                    seen.runs.append(index)
                if bug.signature in seen.bug.signatures:
                    seen.bug, seen.described_by = bug, index
            if bug.signature not in by_name:
                by_name[bug.signature] = Sightings(bug, index, [index])
            for name in bug.signatures:
                by_name.setdefault(name, by_name[bug.signature])
    distinct = {id(seen): seen for seen in by_name.values()}
    return sorted(distinct.values(), key=lambda one: (one.first, one.last, one.bug.signature))


def _shown_by(bug: Bug, by_name: dict[str, Sightings]) -> Iterator[Sightings]:
    """The known discrepancies that ``bug`` is, or has among its symptoms, each once."""
    seen = {id(by_name[name]): by_name[name] for name in bug.signatures if name in by_name}
    return iter(seen.values())


class LaterRuns:
    """Judges what it means that later runs do not show a discrepancy.

    Args:
        runs: of one target, in order.
    """

    def __init__(self, runs: Sequence[Summary]) -> None:
        self._runs = runs
        self._judge = cache(lambda shows, lacks: AbsenceJudge(runs[shows], runs[lacks]))

    def absence_of(self, seen: Sightings) -> tuple[int, Absence] | None:
        """The newest later run that proves it gone, and why; else the newest run, and why not.

        It is compared with the run that the discrepancy is described by, whose scenario is looked
        for. None: the newest run shows it.
        """
        newest = len(self._runs) - 1
        if seen.last == newest:
            return None
        found: tuple[int, Absence] | None = None
        for index in range(newest, max(seen.last, newest - MAX_LATER), -1):
            absence = self._judge(seen.described_by, index).absence_of(seen.bug)
            if absence.is_proof:
                return index, absence
            found = found or (index, absence)
        return found
