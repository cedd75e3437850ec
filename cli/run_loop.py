"""Runs a plan: one loop that hands each event to record and progress."""

from __future__ import annotations

import os
import shlex
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.text import Text

from ..analysis import RunOutcome, RunReproducers, RunState, Summary, reproducers_of, summary_of
from ..analysis.bounded_record import BoundedRecord
from ..analysis.report_format import Format
from ..harness.campaign import run_campaign
from ..harness.clean_run import ledger_folder
from ..harness.corpus.runs import store_failures
from ..harness.corpus.store import Corpus
from ..harness.executors import Executor
from ..harness.folder_lock import locked_folder
from ..harness.pace.pacing import Notice
from ..harness.plan import Plan, RecordPolicy
from ..harness.resumption import Resumption
from ..harness.session_ledger import prepare_ledger, remove_ledgers
from ..harness.worker import STOPPING_SIGNALS
from ..record import Event, RunStarted, StopReason, without_times
from ..record.made_sessions import SESSIONS_FOLDER
from ..record.phase import MIN_ROUND_SEC
from ..reports import print_summary
from ..reports.earlier_report import remove_report
from ..reports.formats import formats_line, write_formats
from ..reports.reproducers_shown import most_important
from ..reports.reproduction import remove_artefacts
from ..reports.run_folder import ARTEFACTS_FOLDER, DEFAULT_BASE, RECORD_FILE, new_run_folder
from ..reports.run_report import ArtefactsFailedError, files_line, write_report
from ..reports.screen import print_lines
from ..reports.wording import RECORD_IS_BOUNDED, counted, duration, round_seconds
from ..telemetry.choice import NO_TELEMETRY, Telemetry
from ..telemetry.listener import Listeners
from ..telemetry.status_tracker import StatusTracker
from ..wire.secrets import TargetSecrets
from .cleaning import clean_after_run, left_text
from .exit_codes import EXIT_CODES, ExitCode
from .output_guard import guarded_output
from .progress import Progress, progress_on
from .resume_options import prepare_folder, resumed_line
from .run_record import RunRecord, reason_of
from .run_status import StatusFile

_STOPPING = (
    b"stopping: the report comes once the requests in flight are answered, within a few seconds; a "
    b"second signal ends the run at once\n"
)


def carry_out(
    plan: Plan,
    secrets: TargetSecrets,
    folder: Path | None,
    *,
    formats: tuple[Format, ...] = (),
    verbosity: int,
    observations: bool = False,
    executor: Executor | None = None,
    corpus: Corpus | None = None,
    resumption: Resumption | None = None,
    status_file: Path | None = None,
    clean: bool = False,
    telemetry: Telemetry = NO_TELEMETRY,
    publish: Callable[[Summary], None] = lambda _summary: None,
) -> ExitCode:
    """Runs ``plan``, reports it, and stores what it found in ``corpus`` if there is one.

    The report goes into ``folder``, which the caller has locked. There it replaces that of an
    earlier run once the target has answered; without ``folder`` it goes into a new one below
    `DEFAULT_BASE`. It is written in ``formats`` too, also when the run was interrupted or lost its
    target. With ``resumption`` the run in ``folder`` goes on, and the report is that of all its
    parts. With ``clean`` the sessions that the run left are cancelled then. ``publish`` gets the
    summary, however the run ended.

    Raises:
        TargetError: the target cannot be tested; ``folder`` is as it was.
        WorkerFailedError: Cartfuzz itself failed; what was found until then is reported.
        JudgingFailedError: it failed to judge some response; all else is reported.
        ArtefactsFailedError: it failed to write some artefact; all else is reported.
    """
    stop = threading.Event()
    state = RunState() if resumption is None else resumption.state
    tracker = StatusTracker(plan, state)
    status = None if status_file is None else StatusFile(status_file, tracker)
    listeners = telemetry.listeners(tracker, state)
    begun = ended_at_once = False
    record: RunRecord | None = None
    unwritten: ArtefactsFailedError | None = None

    events = run_campaign(
        plan,
        secrets,
        stop=stop,
        executor=executor,
        state=state,
        resumption=resumption,
        notice=lambda notice: _notice(notice, console, listeners),
        ledger=lambda run: prepare_ledger(ledger_folder(folder or DEFAULT_BASE / run, run)),
    )
    with listeners, guarded_output() as output, interruptible(stop), ExitStack() as held:
        output.when_closed(stop.set)
        console = Console(highlight=False)
        progress = progress_on(console, tracker, verbosity=verbosity)
        try:
            first = next(events)  # the target has answered: only now is an older record replaced
            if resumption is not None and folder is not None:
                notes = [resumed_line(resumption), *prepare_folder(folder)]
            else:
                notes = list(_first_notes(plan, first, folder))
                if folder is None:
                    folder = new_run_folder(DEFAULT_BASE, _run_of(first))
                    held.enter_context(locked_folder(folder))
                else:
                    _remove_earlier_report(folder, _run_of(first))
            with RunRecord(
                folder / RECORD_FILE, first, stop=stop, append=resumption is not None
            ) as record:
                begun = True
                bounded = BoundedRecord(
                    state,
                    max_bytes=plan.max_record,
                    condenses=plan.keep is RecordPolicy.SAMPLED,
                    keeps_all=plan.keep is RecordPolicy.ALL,
                )
                _show(first, tracker, progress, status, listeners)
                print_lines(map(Text, notes if verbosity >= 0 else ()), console)
                _follow(
                    events,
                    record,
                    bounded,
                    lambda event: _show(event, tracker, progress, status, listeners),
                    console if verbosity >= 0 else None,
                )
        except KeyboardInterrupt:
            ended_at_once = True
            # It may have come while this loop had an event: the campaign must not wait either.
            events.throw(KeyboardInterrupt)
        finally:
            progress.close()
            if begun and folder is not None:
                summary, found = summary_of(state), reproducers_of(state)
                publish(summary)
                _finish(summary.outcome, status, listeners)
                # First: what a run found must outlive a report that cannot be written.
                stored = [store_failures(found, corpus)] if corpus is not None else []
                failure, unwritten, left_out = _write_report(
                    summary, found, folder, record, plan.max_record
                )
                notes = [failure] if failure else [files_line(folder)]
                notes += [
                    *_left_out_lines(left_out, folder),
                    *_write_formats(formats, summary, found, folder),
                    *stored,
                ]
                if state.started is not None:
                    notes += (
                        clean_after_run(
                            folder,
                            state.started,
                            plan,
                            secrets,
                            stop=stop,
                            runs=summary.run_ids,
                        )
                        if clean and not ended_at_once and not _lost_target(state)
                        else left_text(folder, state.started, summary.run_ids)
                    )
                print_summary(
                    summary,
                    console,
                    # What is in no file is printed whole.
                    verbosity=max(verbosity, 1) if failure else verbosity,
                    observations=observations,
                    notes=notes,
                    folder=folder,
                    reproducers=most_important(summary, found, folder)
                    if verbosity >= 0 or failure
                    else {},
                )
    if unwritten is not None:
        raise unwritten
    return ExitCode.REPORT_NOT_WRITTEN if failure else EXIT_CODES[summary.outcome]


def _write_report(
    summary: Summary,
    found: RunReproducers,
    folder: Path,
    record: RunRecord | None,
    max_bytes: int,
) -> tuple[str, ArtefactsFailedError | None, int]:
    """Writes the report, with artefacts of about ``max_bytes``.

    Returns:
        Why it, or the record, could not be written whole; empty: it was. The error of Cartfuzz
        itself that kept artefacts from being written: the verdict comes first. And how many
        artefacts were left out for lack of room.
    """
    unwritten, left_out = None, 0
    errors = [record.failure] if record is not None and record.failure is not None else []
    try:
        left_out = write_report(summary, found, folder, max_artefact_bytes=max_bytes)
    except OSError as error:
        errors.append(error)
    except ArtefactsFailedError as error:
        unwritten = error
    reasons = dict.fromkeys(f"{one.filename or folder}: {reason_of(one)}" for one in errors)
    text = f"the report could not be written: {', '.join(reasons)}" if reasons else ""
    return text, unwritten, left_out


def _left_out_lines(count: int, folder: Path) -> Iterator[str]:
    """Where to find the folders of discrepancies for which there was no room."""
    if count:
        found = counted(count, "discrepancy has", "discrepancies have")
        command = shlex.join(("cartfuzz", "report", str(folder)))
        yield (
            f"{found} no folder in {ARTEFACTS_FOLDER}/, which would exceed --max-record; "
            f"to write all of them: {command}"
        )


def _lost_target(state: RunState) -> bool:
    """Whether the run ended because its target gave no usable answers any more."""
    return state.finished is not None and state.finished.reason is StopReason.TARGET_LOST


def _write_formats(
    formats: tuple[Format, ...], summary: Summary, found: RunReproducers, folder: Path
) -> Iterator[str]:
    """Writes the report in ``formats``; lines that name the files, or the one that cannot be
    written: the verdict of the run stands without it."""
    if not formats:
        return
    try:
        notes = write_formats(formats, summary, found, folder, option="--report")
    except OSError as error:
        yield f"report: {error.filename or folder} cannot be written: {reason_of(error)}"
        return
    yield formats_line(folder, formats)
    yield from notes


def _follow(
    events: Iterable[Event],
    record: RunRecord,
    bounded: BoundedRecord,
    show: Callable[[Event], None],
    console: Console | None,
) -> None:
    """Writes and shows each of ``events``, which the campaign has folded into its state."""
    try:
        for event in events:
            was_near_bound = bounded.is_near_bound
            for line in bounded.lines(event, record.size):
                record.write(without_times(line))
            if bounded.is_near_bound and not was_near_bound and console is not None:
                print_lines([Text(RECORD_IS_BOUNDED)], console)
            show(event)
    finally:
        for tally in bounded.rest():
            record.write(tally)


def _show(
    event: Event,
    tracker: StatusTracker,
    progress: Progress,
    status: StatusFile | None,
    listeners: Listeners,
) -> None:
    """Shows how far the run is after ``event``."""
    tracker.add(event)
    progress.add(event)
    if status is not None:
        status.add(event)
    listeners.add(event)


def _notice(notice: Notice, console: Console, listeners: Listeners) -> None:
    """Shows what happened to the run besides its events."""
    print_lines([Text(notice.text)], console)
    listeners.notice(notice)


def _finish(outcome: RunOutcome, status: StatusFile | None, listeners: Listeners) -> None:
    """Shows the verdict to what follows the run."""
    if status is not None:
        status.finish(outcome)
    listeners.finish(outcome)


def _first_notes(plan: Plan, first: Event, folder: Path | None) -> Iterator[str]:
    """What is to be known before the run begins: how long it lasts, and what it replaces."""
    if plan.whole_round and isinstance(first, RunStarted):
        yield _round_line(first)
    if folder is not None and (folder / RECORD_FILE).exists():
        yield f"the report of an earlier run in {folder} is replaced"


def _round_line(started: RunStarted) -> str:
    """How long a run will last that nothing bounds but one full round."""
    if started.sweep_requests:
        requests = counted(started.sweep_requests, "request")
        sweeps = f"about {requests} for the sweeps, then some that are drawn"
    else:
        sweeps = "no sweeps, all requests are drawn"
    if started.rps is None:
        return f"one full round: {sweeps}; at least {duration(MIN_ROUND_SEC)}"
    seconds = round_seconds(started.sweep_requests, started.rps)
    return (
        f"one full round: {sweeps}; about {duration(seconds)} at {started.rps:g} requests a second"
    )


def _run_of(first: Event) -> str:
    return first.run if isinstance(first, RunStarted) else "run"


def _remove_earlier_report(folder: Path, run: str) -> None:
    """Removes the report of an earlier run, which would be taken for that of ``run``."""
    remove_artefacts(folder / ARTEFACTS_FOLDER)
    remove_report(folder)
    remove_ledgers(folder / SESSIONS_FOLDER, but=run if run != "run" else "")


@contextmanager
def interruptible(stop: threading.Event) -> Iterator[None]:
    """The first signal sets ``stop``, which ends the run in order; the second ends it at once.

    The run may take a while to end, so the first one is answered on standard error at once.
    """

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        # Not through a stream: a signal may come while the program writes to that very one.
        with suppress(OSError):
            os.write(2, _STOPPING)

    if threading.current_thread() is not threading.main_thread():
        yield  # signals belong to the main thread
        return
    before = {number: signal.signal(number, interrupt) for number in STOPPING_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
