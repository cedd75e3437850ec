"""Writes which sessions the executions of a run make, before they are made.

`cartfuzz.record.made_sessions` has the form of the lines. Each engine has a file of its own, so no
process waits for another one; each line goes to the operating system whole, so that a process
that is killed has named all sessions of which it sent anything.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from ..contract import MARK, Operation, Raw, Scenario, SessionState
from ..oracle.model import SessionModel
from ..oracle.model.knowledge import UnknownType
from ..record.made_sessions import (
    CLEANED_FILE,
    SESSIONS_SUFFIX,
    Left,
    MadeSessions,
    begin_line,
    end_line,
    read_cleaned,
    read_made_sessions,
)
from ..wire.encoding import encode_session_id

_LEFT: Mapping[SessionState | UnknownType | None, Left] = {
    None: Left.NEVER_MADE,
    SessionState.OPEN: Left.OPEN,
    SessionState.CLOSED: Left.CLOSED,
    SessionState.PARTIALLY_RETURNED: Left.PARTIALLY_RETURNED,
    SessionState.CANCELLED: Left.CANCELLED,
}


class SessionLedger:
    """Appends to one file. Threads may share one.

    Where the file cannot be written, the run goes on without it: what is sent matters more than
    what can be cleaned.

    Args:
        folder: where the file is made with the first line; None: nothing is written.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._file: BinaryIO | None = None
        self._lock = Lock()

    def begin(self, scenario: Scenario, mark: str) -> None:
        """An execution of ``scenario`` under ``mark`` begins; nothing of it was sent yet."""
        if self._folder is not None:
            self.write(begin_line(mark, session_names(scenario, mark)))

    def end(self, scenario: Scenario, mark: str, states: Iterable[Left]) -> None:
        """It has ended.

        Args:
            scenario: as it was begun.
            mark: of the execution.
            states: one for each session of ``scenario``.
        """
        if self._folder is not None:
            further = (Left.UNKNOWN for _ in _own_paths(scenario))
            self.write(end_line(mark, (*states, *further)))

    def write(self, line: bytes) -> None:
        """Appends a line."""
        try:
            with self._lock:
                if self._folder is None:
                    return
                if self._file is None:
                    name = f"{secrets.token_hex(4)}{SESSIONS_SUFFIX}"
                    self._file = (self._folder / name).open("xb", buffering=0)
                self._file.write(line)
        except OSError:
            self._folder = None

    def close(self) -> None:
        """Closes the file."""
        if self._file is not None:
            self._file.close()


NO_LEDGER = SessionLedger()


def ledger_in(folder: str) -> SessionLedger:
    """A ledger in ``folder``; one that writes nothing where this machine has no such folder."""
    path = Path(folder)
    return SessionLedger(path) if folder and path.is_dir() else NO_LEDGER


def session_names(scenario: Scenario, mark: str) -> Iterator[str]:
    """The names of all sessions that an execution of ``scenario`` may make."""
    for session_id in scenario.sessions:
        yield encode_session_id(session_id).replace(MARK, mark)
    for path in _own_paths(scenario):
        yield path.replace(MARK, mark)


def states_of(
    models: Sequence[SessionModel], sessions: int, cancelled: Iterable[int]
) -> list[Left]:
    """In which states an execution left its sessions.

    Args:
        models: what the oracle holds of them; empty where that is not certain.
        sessions: their number.
        cancelled: the indexes of those that were cancelled at its end.
    """
    states = [
        Left.UNKNOWN if model.lost else _LEFT.get(model.state, Left.UNKNOWN) for model in models
    ] or [Left.UNKNOWN] * sessions
    for index in cancelled:
        states[index] = Left.CANCELLED
    return states


def note_made(folder: Path, marks: Iterable[str]) -> None:
    """Writes into ``folder`` that sessions were made, and are open, whose IDs are ``marks``."""
    ledger = SessionLedger(folder)
    for mark in marks:
        ledger.write(begin_line(mark, (mark,)))
        ledger.write(end_line(mark, (Left.OPEN,)))
    ledger.close()


def made_sessions(folder: Path, run_id: str) -> Iterator[MadeSessions]:
    """What a run has made; empty where nothing was written.

    Args:
        folder: of `prepare_ledger`.
        run_id: of the run.

    Raises:
        OSError: a file cannot be read.
    """
    cleaned_file = folder / CLEANED_FILE
    cleaned = {}
    if cleaned_file.exists():
        with cleaned_file.open("rb") as lines:
            cleaned = read_cleaned(lines)
    for path in sorted(folder.glob(f"*{SESSIONS_SUFFIX}")):
        if path != cleaned_file:
            with path.open("rb") as lines:
                yield from read_made_sessions(lines, run_id, cleaned)


def prepare_ledger(folder: Path) -> Path:
    """Makes ``folder`` for the ledgers of one run.

    Raises:
        OSError: it cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def remove_ledgers(sessions: Path, *, but: str) -> None:
    """Removes what earlier runs have written into the folder ``sessions`` of a report.

    Args:
        sessions: the folder; it need not exist.
        but: the ID of the run whose files stay.

    Raises:
        OSError: a file cannot be removed.
    """
    for path in sessions.glob(f"*/*{SESSIONS_SUFFIX}"):
        if path.parent.name != but:
            path.unlink()
    for folder in sessions.glob("*/"):
        if folder.name != but and not any(folder.iterdir()):
            folder.rmdir()


def _own_paths(scenario: Scenario) -> dict[str, None]:
    """The paths of raw updates that are not those of a session of ``scenario``, each once."""
    return {
        step.path: None
        for step in scenario.steps
        if isinstance(step, Raw)
        and step.path is not None
        and step.endpoint is Operation.UPDATE
        and MARK in step.path
    }
