"""Sends the scenarios of the older run again, where two records alone do not decide."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

import msgspec

from ..analysis import (
    Bug,
    Change,
    ComparedRun,
    Comparison,
    DiscrepancyChange,
    RunReproducers,
    ShownInstead,
    Summary,
    not_sent_again,
)
from ..harness.settings import Settings
from ..harness.triage.replay import Replayed, Verdict
from ..record import Discrepancy, RunStarted
from .resend import resend, settings_of_run

_CHANGES = {
    Verdict.STILL_THERE: Change.STILL_THERE,
    Verdict.GONE: Change.FIXED,
    Verdict.DIFFERENT: Change.DIFFERENT,
    Verdict.UNDECIDED: Change.NOT_SEEN,
}


def rerun(
    name: str, summary: Summary, stored: RunReproducers, settings: Settings, folder: Path
) -> Comparison:
    """The older run against what a target shows for the same scenarios now.

    Args:
        name: what to call the older run.
        summary: of the older run.
        stored: its scenarios.
        settings: the target; that of the run where they name none.
        folder: of the older run: ``cartfuzz clean`` finds the sessions there.
    """
    changes = _changes(summary, stored, settings, folder)
    for entry in summary.found:
        if entry.signature not in changes:
            note = "no single scenario shows it, so nothing could be sent again"
            changes[entry.signature] = DiscrepancyChange.of(entry, Change.NOT_SEEN, note)
    return Comparison.build(
        changes.values(),
        names=(name, _target_name(stored.started, settings)),
        runs=(ComparedRun.of(name, summary),),
        doubts=("only what the older run had found was sent again",),
        not_compared=not_sent_again(),
    )


def sent_again(
    result: Comparison,
    summary: Summary,
    stored: RunReproducers,
    newer: RunStarted,
    settings: Settings,
    *,
    folder: Path,
) -> tuple[DiscrepancyChange, ...]:
    """The changes of a comparison, with what was not seen decided by sending it again.

    Args:
        result: of the two records.
        summary: of the older run.
        stored: its scenarios.
        newer: the newer run; its environment counts, and its target unless ``settings`` name one.
        settings: the options.
        folder: of the newer run: ``cartfuzz clean`` finds the sessions there.
    """
    undecided = {one.signature for one in result.with_change(Change.NOT_SEEN)}
    of_target = dataclasses.replace(stored, started=newer)
    found = _changes(summary, of_target, settings, folder, only=undecided)
    shown = {one.signature for one in result.changes} - undecided
    added = [one for name, one in found.items() if name not in shown]
    names = {one.signature for one in added}
    kept = (one for one in result.changes if one.signature not in names)
    return Comparison.build((*kept, *added), names=(result.old, result.new)).changes


def _target_name(started: RunStarted, settings: Settings) -> str:
    """What the target is called that scenarios of a run are sent to."""
    chosen = settings_of_run(started, settings)
    return chosen.url or "the embedded sandbox"


def _changes(
    summary: Summary,
    stored: RunReproducers,
    settings: Settings,
    folder: Path,
    *,
    only: Iterable[str] | None = None,
) -> dict[str, DiscrepancyChange]:
    """By signature, what became of each discrepancy whose scenario was sent again."""
    entries = {name: entry for entry in summary.found for name in entry.signatures}
    wanted = None if only is None else frozenset(only)
    chosen = [
        one
        for name, one in stored.scenarios.items()
        if name in entries and (wanted is None or entries[name].signature in wanted)
    ]
    changes: dict[str, DiscrepancyChange] = {}
    for done in resend(stored, chosen, settings, folder) if chosen else ():
        entry = entries[done.stored.signature]
        changes[entry.signature] = _paired(done, entry)
        if done.verdict is Verdict.DIFFERENT:
            continue  # one wrong answer took the place of another one
        for other in done.run.discrepancies:
            if other.signature not in entries:
                changes[other.signature] = _first_seen(other, entry)
    return changes


def _first_seen(other: Discrepancy, entry: Bug) -> DiscrepancyChange:
    """What a scenario shows besides its own discrepancy; it was wrong before, so it may be old."""
    return DiscrepancyChange(
        change=Change.FIRST_SEEN,
        signature=other.signature,
        rule=other.rule,
        title=other.title,
        expected=other.expected,
        found=other.found,
        note=f"shown by the scenario of {entry.signature}, which was wrong before too",
    )


def _instead(other: Discrepancy) -> ShownInstead:
    return ShownInstead(
        signature=other.signature,
        rule=other.rule,
        title=other.title,
        expected=other.expected,
        found=other.found,
    )


def _paired(done: Replayed, entry: Bug) -> DiscrepancyChange:
    change = _CHANGES[done.verdict]
    if done.stored.solid is False and done.verdict in (Verdict.GONE, Verdict.STILL_THERE):
        note = f"flaky before; {done.verdict.value} in {done.executions} executions"
        shown = done.verdict is Verdict.STILL_THERE
        return DiscrepancyChange.of(entry, change if shown else Change.NOT_SEEN, note)
    if done.verdict is Verdict.UNDECIDED:
        return DiscrepancyChange.of(entry, change, done.run.inconclusive[-1])
    made = DiscrepancyChange.of(entry, change, "its scenario was sent again")
    if done.verdict is not Verdict.DIFFERENT:
        return made
    return msgspec.structs.replace(made, shows_now=tuple(map(_instead, done.run.discrepancies)))
