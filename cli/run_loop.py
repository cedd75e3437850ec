"""Runs a plan: one loop that hands each event to record and progress."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from rich.console import Console

from ..analysis import RunReproducers, RunState, Summary, reproducers_of, summary_of
from ..analysis.bounded_record import BoundedRecord
from ..harness.campaign import run_campaign
from ..harness.corpus.runs import store_failures
from ..harness.corpus.store import Corpus
from ..harness.executors import Executor
from ..harness.plan import Plan, RecordPolicy
from ..harness.resumption import Resumption
from ..harness.session_ledger import prepare_ledger, remove_ledgers
from ..harness.worker import STOPPING_SIGNALS
from ..record import Event, RecordWriter, RunStarted, StopReason
from ..record.made_sessions import SESSIONS_FOLDER
from ..record.phase import MIN_ROUND_SEC
from ..reports import print_summary
from ..reports.earlier_report import remove_report
from ..reports.formats import Format, formats_line, write_formats
from ..reports.reproduction import remove_artefacts
from ..reports.run_folder import ARTEFACTS_FOLDER, DEFAULT_BASE, RECORD_FILE, new_run_folder
from ..reports.run_report import ArtefactsFailedError, files_line, write_report
from ..reports.wording import RECORD_IS_BOUNDED, duration, round_seconds
from ..wire.known_secrets import line_without_secrets
from ..wire.secrets import TargetSecrets
from .cleaning import clean_after_run, ledger_folder, left_text
from .exit_codes import EXIT_CODES, ExitCode
from .progress import Progress, progress_on
from .resume_options import prepare_folder, resumed_line
from .run_status import StatusFile, StatusTracker

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
) -> ExitCode:
    """Runs ``plan``, reports it, and stores what it found in ``corpus`` if there is one.

    The report goes into ``folder``, where it replaces that of an earlier run once the target has
    answered; without ``folder`` into a new one below `DEFAULT_BASE`. It is written in ``formats``
    too, also when the run was interrupted or lost its target. With ``resumption`` the run in
    ``folder`` goes on, and the report is that of all its parts. With ``clean`` the sessions that
    the run left are cancelled then.

    Raises:
        TargetError: the target cannot be tested; ``folder`` is as it was.
        WorkerFailedError: Cartfuzz itself failed; what was found until then is reported.
        JudgingFailedError: it failed to judge some response; all else is reported.
        ArtefactsFailedError: it failed to write some artefact; all else is reported.
    """
    console = Console(highlight=False)
    stop = threading.Event()
    state = RunState() if resumption is None else resumption.state
    tracker = StatusTracker(plan, state)
    progress = progress_on(console, tracker, verbosity=verbosity)
    status = None if status_file is None else StatusFile(status_file, tracker)
    begun = ended_at_once = False
    failure: ArtefactsFailedError | None = None

    def notice(line: str) -> None:
        console.print(line, markup=False, soft_wrap=True)

    events = run_campaign(
        plan,
        secrets,
        stop=stop,
        executor=executor,
        state=state,
        resumption=resumption,
        notice=notice,
        ledger=lambda run: prepare_ledger(ledger_folder(folder or DEFAULT_BASE / run, run)),
    )
    with interruptible(stop):
        try:
            first = next(events)  # the target has answered: only now is an older record replaced
            if resumption is not None and folder is not None:
                notes = [resumed_line(resumption), *prepare_folder(folder)]
            else:
                notes = list(_first_notes(plan, first, folder))
                folder = _report_folder(first, folder)
            with RecordWriter(
                folder / RECORD_FILE, append=resumption is not None, clean=line_without_secrets
            ) as record:
                begun = True
                bounded = BoundedRecord(
                    state,
                    max_bytes=plan.max_record,
                    condenses=plan.keep is RecordPolicy.SAMPLED,
                    keeps_all=plan.keep is RecordPolicy.ALL,
                )
                record.write(first)
                _show(first, tracker, progress, status)
                for note in notes if verbosity >= 0 else ():
                    console.print(note, markup=False, soft_wrap=True)
                _follow(
                    events,
                    record,
                    bounded,
                    lambda event: _show(event, tracker, progress, status),
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
                if status is not None:
                    status.finish(summary.outcome)
                # First: what a run found must outlive a report that cannot be written.
                stored = [store_failures(found, corpus)] if corpus is not None else []
                try:
                    write_report(summary, found, folder)
                except ArtefactsFailedError as error:
                    failure = error  # the verdict comes first
                notes = [files_line(folder), *_write_formats(formats, summary, found, folder)]
                notes += stored
                if state.started is not None:
                    notes += (
                        clean_after_run(folder, state.started, plan, secrets, stop=stop)
                        if clean and not ended_at_once and not _lost_target(state)
                        else left_text(folder, state.started)
                    )
                print_summary(
                    summary,
                    console,
                    verbosity=verbosity,
                    observations=observations,
                    notes=notes,
                    folder=folder,
                )
    if failure is not None:
        raise failure
    return EXIT_CODES[summary.outcome]


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
        reason = (error.strerror or str(error)).lower()
        yield f"report: {error.filename or folder} cannot be written: {reason}"
        return
    yield formats_line(folder, formats)
    yield from notes


def _follow(
    events: Iterable[Event],
    record: RecordWriter,
    bounded: BoundedRecord,
    show: Callable[[Event], None],
    console: Console | None,
) -> None:
    """Writes and shows each of ``events``, which the campaign has folded into its state."""
    try:
        for event in events:
            was_near_bound = bounded.is_near_bound
            for line in bounded.lines(event, record.size):
                record.write(line)
            if bounded.is_near_bound and not was_near_bound and console is not None:
                console.print(RECORD_IS_BOUNDED, markup=False, soft_wrap=True)
            show(event)
    finally:
        for tally in bounded.rest():
            record.write(tally)


def _show(
    event: Event, tracker: StatusTracker, progress: Progress, status: StatusFile | None
) -> None:
    """Shows how far the run is after ``event``."""
    tracker.add(event)
    progress.add(event)
    if status is not None:
        status.add(event)


def _first_notes(plan: Plan, first: Event, folder: Path | None) -> Iterator[str]:
    """What is to be known before the run begins: how long it lasts, and what it replaces."""
    if plan.whole_round and isinstance(first, RunStarted):
        yield _round_line(first)
    if folder is not None and (folder / RECORD_FILE).exists():
        yield f"the report of an earlier run in {folder} is replaced"


def _round_line(started: RunStarted) -> str:
    """How long a run will last that nothing bounds but one full round."""
    sweeps = f"about {started.sweep_requests} requests for the sweeps, then some that are drawn"
    if started.rps is None:
        return f"one full round: {sweeps}; at least {duration(MIN_ROUND_SEC)}"
    seconds = round_seconds(started.sweep_requests, started.rps)
    return (
        f"one full round: {sweeps}; about {duration(seconds)} at {started.rps:g} requests a second"
    )


def _report_folder(first: Event, chosen: Path | None) -> Path:
    """The folder for the run that begins with ``first``, without the report of an earlier one."""
    if chosen is None:
        return new_run_folder(DEFAULT_BASE, first.run if isinstance(first, RunStarted) else "run")
    remove_artefacts(chosen / ARTEFACTS_FOLDER)
    remove_report(chosen)
    remove_ledgers(chosen / SESSIONS_FOLDER, but=first.run if isinstance(first, RunStarted) else "")
    return chosen


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
