"""Runs a plan: one loop that hands each event to record and progress."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType

from rich.console import Console

from ..analysis import Condenser, RunReproducers, RunState, Summary, reproducers_of, summary_of
from ..harness.campaign import run_campaign
from ..harness.corpus.runs import store_failures
from ..harness.corpus.store import Corpus
from ..harness.executors import Executor
from ..harness.folder_lock import locked_folder
from ..harness.plan import Plan, RecordPolicy
from ..harness.worker import STOPPING_SIGNALS
from ..record import Event, RunStarted
from ..record.phase import MIN_ROUND_SEC
from ..reports import print_summary
from ..reports.earlier_report import remove_report
from ..reports.formats import Format, formats_line, write_formats
from ..reports.reproduction import remove_artefacts
from ..reports.run_folder import ARTEFACTS_FOLDER, DEFAULT_BASE, RECORD_FILE, new_run_folder
from ..reports.run_report import files_line, write_report
from ..reports.wording import duration, round_seconds
from ..wire.secrets import TargetSecrets
from .exit_codes import EXIT_CODES, ExitCode
from .output_guard import guarded_output
from .progress import Progress, progress_on
from .run_record import RunRecord, reason_of

_STOPPING = (
    b"stopping: the report comes once the requests in flight are answered; a second signal ends "
    b"the run at once\n"
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
) -> ExitCode:
    """Runs ``plan``, reports it, and stores what it found in ``corpus`` if there is one.

    The report goes into ``folder``, which the caller has locked. There it replaces that of an
    earlier run once the target has answered; without ``folder`` it goes into a new one below
    `DEFAULT_BASE`. It is written in ``formats`` too, also when the run was interrupted or lost its
    target.

    Raises:
        TargetError: the target cannot be tested; ``folder`` is as it was.
        WorkerFailedError: Cartfuzz itself failed; what was found until then is reported.
    """
    stop = threading.Event()
    state = RunState()
    begun = False
    record: RunRecord | None = None
    events = run_campaign(plan, secrets, stop=stop, executor=executor, state=state)
    with guarded_output() as output, interruptible(stop), ExitStack() as held:
        output.when_closed(stop.set)
        console = Console(highlight=False)
        progress = progress_on(console, verbosity=verbosity)
        try:
            first = next(events)  # the target has answered: only now is an older record replaced
            notes = list(_first_notes(plan, first, folder))
            if folder is None:
                folder = new_run_folder(DEFAULT_BASE, _run_of(first))
                held.enter_context(locked_folder(folder))
            else:
                _remove_earlier_report(folder)
            with RunRecord(folder / RECORD_FILE, first, stop=stop) as record:
                begun = True
                condenser = Condenser() if plan.keep is RecordPolicy.SAMPLED else None
                progress.add(first)
                for note in notes if verbosity >= 0 else ():
                    console.print(note, markup=False, soft_wrap=True)
                _follow(events, state, record, condenser, progress)
        except KeyboardInterrupt:
            # It may have come while this loop had an event: the campaign must not wait either.
            events.throw(KeyboardInterrupt)
        finally:
            progress.close()
            if begun and folder is not None:
                summary, found = summary_of(state), reproducers_of(state)
                # First: what a run found must outlive a report that cannot be written.
                stored = [store_failures(found, corpus)] if corpus is not None else []
                failure = _write_report(summary, found, folder, record)
                notes = [failure] if failure else [files_line(folder)]
                notes += [*_write_formats(formats, summary, found, folder), *stored]
                print_summary(
                    summary,
                    console,
                    # What is in no file is printed whole.
                    verbosity=max(verbosity, 1) if failure else verbosity,
                    observations=observations,
                    notes=notes,
                    folder=folder,
                )
    return ExitCode.REPORT_NOT_WRITTEN if failure else EXIT_CODES[summary.outcome]


def _write_report(
    summary: Summary, found: RunReproducers, folder: Path, record: RunRecord | None
) -> str:
    """Writes the report; why it, or the record, could not be written whole; empty: it was."""
    errors = [record.failure] if record is not None and record.failure is not None else []
    try:
        write_report(summary, found, folder)
    except OSError as error:
        errors.append(error)
    reasons = dict.fromkeys(f"{one.filename or folder}: {reason_of(one)}" for one in errors)
    return f"the report could not be written: {', '.join(reasons)}" if reasons else ""


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
    state: RunState,
    record: RunRecord,
    condenser: Condenser | None,
    progress: Progress,
) -> None:
    """Writes and shows each of ``events``, which the campaign has folded into ``state``."""
    try:
        for event in events:
            for line in condenser.condensed(event, state.latest) if condenser else (event,):
                record.write(line)
            progress.add(event)
    finally:
        for tally in condenser.rest() if condenser else ():
            record.write(tally)


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


def _run_of(first: Event) -> str:
    return first.run if isinstance(first, RunStarted) else "run"


def _remove_earlier_report(folder: Path) -> None:
    """Removes the report of an earlier run, which would be taken for that of the new one."""
    remove_artefacts(folder / ARTEFACTS_FOLDER)
    remove_report(folder)


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
