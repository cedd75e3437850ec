"""Merges what all workers of a run recorded into one run record, one summary and their files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ..analysis import RunReproducers, Summary, read_reproducers, summarise
from ..harness.folder_lock import FolderInUseError, locked_folder
from ..harness.plan import Plan
from ..harness.run_started import run_started
from ..harness.session_ledger import remove_ledgers
from ..record import (
    Activity,
    Event,
    RunFinished,
    RunStarted,
    SandboxOptions,
    StopReason,
    encode_line,
)
from ..record.made_sessions import SESSIONS_FOLDER
from ..record.whole_file import replaced
from ..reports.earlier_report import remove_report
from ..reports.formats import write_formats
from ..reports.reproduction import remove_artefacts
from ..reports.run_folder import ARTEFACTS_FOLDER, RECORD_FILE
from ..reports.run_report import write_report
from ..wire.known_secrets import line_without_secrets
from .corpus import keep_found
from .options import PluginSettings
from .report_formats import OPTION, formats_of
from .shared_records import lost_reason, read_asked, read_recorded
from .target import OpenTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedRun:
    """The result of a run.

    Attributes:
        summary: of everything that was sent.
        shown: rule to IDs of scenarios that showed it broken.
        finished: the last event.
        notes: lines for the terminal.
    """

    summary: Summary
    shown: Mapping[str, Sequence[str]]
    finished: RunFinished
    notes: Sequence[str]


def merge(
    opened: OpenTarget,
    plan: Plan,
    settings: PluginSettings,
    shared: Path,
    *,
    interrupted: bool = False,
) -> MergedRun | None:
    """The result of the run whose workers recorded in ``shared``; writes the report folder.

    Args:
        opened: the target.
        plan: the resolved settings, with the known failures.
        settings: the options.
        shared: the folder that all processes of the run share.
        interrupted: whether the user ended pytest before its tests were through.

    Returns:
        None: the target could not be tested, or nothing was sent.
    """
    recorded = list(read_recorded(shared))
    if opened.problem or not recorded:
        return None
    if not plan.url:
        plan = msgspec.structs.replace(plan, sandbox=SandboxOptions(faults=tuple(settings.faults)))
    started = _run_started(opened, plan, shared)
    finished = _run_finished(opened, shared, interrupted=interrupted)
    events = [started, *recorded, finished]
    summary = summarise(events)
    found = read_reproducers(events)
    notes = list(opened.notes)
    if settings.report_dir is not None:
        notes.extend(_write_report(events, summary, found, settings.report_dir, settings))
    notes.extend(keep_found(found, settings))
    return MergedRun(
        summary=summary, shown=_scenarios_by_rule(summary), finished=finished, notes=notes
    )


def _run_started(opened: OpenTarget, plan: Plan, shared: Path) -> RunStarted:
    """The first event. Only tests that need everything ask for whole sweeps."""
    asked = read_asked(shared)
    whole = asked is not None and asked.whole
    plan = msgspec.structs.replace(plan, url=opened.url, allow_partial=not whole)
    started = run_started(
        plan,
        opened.run,
        sweeps=asked.sweeps.scenarios if asked else None,
        sweep_requests=asked.sweeps.requests if asked else 0,
    )
    return msgspec.structs.replace(started, selected=not whole)


def _run_finished(opened: OpenTarget, shared: Path, *, interrupted: bool) -> RunFinished:
    """The last event; its seconds are those by the clock since the target was opened."""
    lost = lost_reason(shared)
    reason = StopReason.INTERRUPTED if interrupted else StopReason.COMPLETED
    return RunFinished(
        seconds=round(opened.seconds, 3),
        reason=StopReason.TARGET_LOST if lost else reason,
        detail=lost,
    )


def _scenarios_by_rule(summary: Summary) -> dict[str, list[str]]:
    """Rule to IDs of scenarios that showed it broken, without the tests' own requests: nobody but
    the test can send these again."""
    shown: dict[str, list[str]] = {}
    for bug in summary.found:
        if not bug.scenario.startswith(Activity.CLIENT):
            # The test of a rule may fail for a bug that is listed under another rule.
            for rule in dict.fromkeys((bug.rule, *(sign.rule for sign in bug.symptoms))):
                shown.setdefault(rule, []).append(bug.scenario)
    return shown


def _write_report(
    events: Iterable[Event],
    summary: Summary,
    found: RunReproducers,
    folder: Path,
    settings: PluginSettings,
) -> tuple[str, ...]:
    """Writes the files of the report; lines that name the folder, or the error."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked_folder(folder):
            # Whatever ends this process meanwhile: no earlier summary for the new record.
            remove_artefacts(folder / ARTEFACTS_FOLDER)
            remove_report(folder)
            remove_ledgers(folder / SESSIONS_FOLDER, but=summary.run)
            with replaced(folder / RECORD_FILE) as record:
                record.writelines(line_without_secrets(encode_line(event)) for event in events)
            write_report(summary, found, folder)
            notes = write_formats(formats_of(settings), summary, found, folder, option=OPTION)
    except FolderInUseError as error:
        return (f"report: {error}",)
    except OSError as error:
        where = error.filename or folder
        return (f"report: {where} cannot be written: {error.strerror or error}",)
    return f"report: {folder}", *notes
