"""Cleans after a run, for ``cartfuzz clean`` and ``cartfuzz run --clean``."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import click

from ..contract import CartfuzzError
from ..harness.clean_run import MAX_CLEANING_SEC, clean_run, ledger_folder, sessions_left
from ..harness.cleaning import CleaningResult, Fate
from ..harness.plan import Plan
from ..record import RunStarted
from ..reports.cleaning_lines import left_line, not_cleaned_line
from ..reports.plain import plain
from ..reports.wording import counted
from ..wire.secrets import TargetSecrets

_MAX_SHOWN = 20
"""Sessions that are named."""


def cleaning_text(result: CleaningResult, run_id: str) -> Iterator[str]:
    """What a cleaning did, what is left, and how to find that."""
    fates = result.fates
    yield (
        f"{counted(fates[Fate.CANCELLED], 'session')} cancelled, "
        f"{fates[Fate.WAS_CANCELLED]} already were, {fates[Fate.ABSENT]} do not exist"
    )
    if result.not_tried:
        yield f"not reached: {counted(result.not_tried, 'session')}; another call goes on there"
    if fates[Fate.LEFT]:
        yield f"not cancelled: {counted(fates[Fate.LEFT], 'session')}"
    for one in result.left[:_MAX_SHOWN]:
        yield f"  {plain(one.name)}: {plain(one.reason)}"
    if fates[Fate.LEFT] > _MAX_SHOWN:
        yield f"  and {fates[Fate.LEFT] - _MAX_SHOWN} more"
    yield (
        f"profiles and identifiers stay, since the API cannot delete them: search for cf-{run_id}-"
    )


def clean_after_run(
    folder: Path,
    started: RunStarted,
    plan: Plan,
    secrets: TargetSecrets,
    *,
    stop: threading.Event,
    runs: tuple[str, ...],
) -> Iterator[str]:
    """Cleans for at most `cartfuzz.harness.clean_run.MAX_CLEANING_SEC`; lines for the summary.

    A signal ends it: the next one where one has ended the run. ``runs`` are the IDs of the parts
    of the run: one, and one more for each time that it was resumed.
    """
    deadline, was_stopped = monotonic() + MAX_CLEANING_SEC, stop.is_set()

    def is_over() -> bool:
        return monotonic() >= deadline or (stop.is_set() and not was_stopped)

    click.echo("cancelling what the run has left", err=True)
    try:
        results = {
            run: clean_run(folder, run, plan, secrets, is_over=is_over)
            for run in runs
            if ledger_folder(folder, run).is_dir()
        }
    except (CartfuzzError, OSError) as error:
        yield not_cleaned_line(error, folder)
    except KeyboardInterrupt:
        yield "cleaning was stopped"
    else:
        for run, result in results.items():
            yield next(cleaning_text(result, run))
        if all(result.is_complete for result in results.values()):
            return
    yield from left_text(folder, started, runs)


def left_text(folder: Path, started: RunStarted, runs: tuple[str, ...]) -> Iterator[str]:
    """One line with how many sessions a run has left, and what cancels them; none: no line.

    Of the embedded sandbox nothing is left.
    """
    if started.sandbox is None:
        left = sessions_left(folder, runs, started.traffic)
        yield from left_line(left, folder, started.allow_hosts)
