"""Runs a plan: one loop that hands each event to record and progress."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from types import FrameType

from rich.console import Console

from ..analysis import (
    Condenser,
    RunReproducers,
    RunState,
    Summary,
    reproducers_of,
    summary_of,
)
from ..harness.campaign import run_campaign
from ..harness.corpus.runs import store_failures
from ..harness.corpus.store import Corpus
from ..harness.executors import Executor
from ..harness.plan import Plan, RecordPolicy
from ..record import Event, RecordWriter, RunStarted
from ..record.phase import MIN_ROUND_SEC
from ..reports import print_summary, write_junit, write_summary
from ..reports.reproduction import build_artefacts, remove_artefacts, write_artefact
from ..reports.run_folder import JUNIT_FILE, RECORD_FILE, SUMMARY_FILE
from ..reports.wording import duration, round_seconds
from .exit_codes import EXIT_CODES, ExitCode
from .progress import Progress, progress_on

ARTEFACTS = "discrepancies"


def carry_out(
    plan: Plan,
    api_key: str,
    folder: Path,
    *,
    verbosity: int,
    observations: bool = False,
    executor: Executor | None = None,
    corpus: Corpus | None = None,
) -> ExitCode:
    """Runs ``plan``, reports it, and stores what it found in ``corpus`` if there is one.

    The files of an earlier run in ``folder`` are replaced once the target has answered.

    Raises:
        TargetError: the target cannot be tested; ``folder`` is as it was.
        WorkerFailedError: Cartfuzz itself failed; what was found until then is reported.
    """
    console = Console(highlight=False)
    stop = threading.Event()
    state = RunState()
    progress = progress_on(console, verbosity=verbosity)
    begun = False
    with _interruptible(stop):
        try:
            events = run_campaign(plan, api_key, stop=stop, executor=executor, state=state)
            first = next(events)  # the target has answered: only now is an older record replaced
            if plan.whole_round and verbosity >= 0 and isinstance(first, RunStarted):
                console.print(_round_line(first), markup=False, soft_wrap=True)
            remove_artefacts(folder / ARTEFACTS)
            with RecordWriter(folder / RECORD_FILE) as record:
                begun = True
                condenser = Condenser() if plan.keep is RecordPolicy.SAMPLED else None
                _follow(chain((first,), events), state, record, condenser, progress)
        finally:
            progress.close()
            if begun:
                summary, found = _write_report(state, folder)
                notes = [f"report: {folder}/{SUMMARY_FILE}, {JUNIT_FILE}, {RECORD_FILE}"]
                if corpus is not None:
                    notes.append(store_failures(found, corpus))
                print_summary(
                    summary, console, verbosity=verbosity, observations=observations, notes=notes
                )
    return EXIT_CODES[summary.outcome]


def _follow(
    events: Iterable[Event],
    state: RunState,
    record: RecordWriter,
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


def _round_line(started: RunStarted) -> str:
    """How long a run will last that nothing bounds but one full round."""
    needed = f"{started.sweep_requests} requests for the sweeps, then some for what is drawn"
    if started.rps is None:
        return f"one full round: about {needed}; at least {duration(MIN_ROUND_SEC)}"
    seconds = round_seconds(started.sweep_requests, started.rps)
    return f"one full round: about {duration(seconds)} at {started.rps:g}/s: about {needed}"


def _write_report(state: RunState, folder: Path) -> tuple[Summary, RunReproducers]:
    """Writes the files that a run leaves besides its record, and returns what they are made of."""
    summary, found = summary_of(state), reproducers_of(state)
    write_summary(summary, folder / SUMMARY_FILE)
    write_junit(summary, folder / JUNIT_FILE)
    for artefact in build_artefacts(found, folder.absolute()):
        write_artefact(artefact, folder / ARTEFACTS)
    return summary, found


@contextmanager
def _interruptible(stop: threading.Event) -> Iterator[None]:
    """The first Ctrl-C sets ``stop``, which ends the run in order; the second ends it at once."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield  # signals belong to the main thread
        return
    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
