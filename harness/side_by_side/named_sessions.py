"""Names the sessions that a comparison makes, once for each target: both get the same ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ...contract import Scenario
from ...record.made_sessions import begin_line
from ...wire.marks import Use, mark_of
from ..session_ledger import SessionLedger, note_made, prepare_ledger

APART = 10_000
"""Index of the execution that looks for shared sessions; those of the preflight are lower."""
_PREFLIGHT = (*range(9), APART)
"""Indexes of executions of the preflight, which sends nine requests at most."""


class NamedSessions:
    """Writes the sessions of each scenario, before it is sent, into the ledger of each target."""

    def __init__(self, ledgers: Sequence[SessionLedger] = ()) -> None:
        self._ledgers = ledgers

    def begin(self, scenario: Scenario, mark: str) -> None:
        """An execution of ``scenario`` under ``mark`` begins."""
        for ledger in self._ledgers:
            ledger.begin(scenario, mark)


NOWHERE = NamedSessions()


@contextmanager
def named_in(folders: Sequence[Path], run_id: str, new_run: str) -> Iterator[NamedSessions]:
    """Ledgers in ``folders``, with the sessions of the preflight of ``run_id`` in each; those of
    ``new_run``, the preflight of the last target, are in a ledger next to the last one."""
    for folder in folders[-1:]:
        made = (mark_of(new_run, index, use=Use.PREFLIGHT) for index in _PREFLIGHT)
        note_made(prepare_ledger(folder.parent / new_run), made)
    ledgers = [SessionLedger(folder) for folder in folders]
    try:
        for one in ledgers:
            for index in _PREFLIGHT:
                mark = mark_of(run_id, index, use=Use.PREFLIGHT)
                one.write(begin_line(mark, (mark,)))
        yield NamedSessions(ledgers)
    finally:
        for one in ledgers:
            one.close()
