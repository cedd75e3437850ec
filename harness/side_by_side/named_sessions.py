"""Names the sessions that a comparison makes, once for each target: both get the same ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ...contract import Scenario
from ...record.made_sessions import begin_line
from ...wire.marks import Use, mark_of
from ..session_ledger import SessionLedger, note_made, prepare_ledger

APART = 10_000
"""Index of the execution that looks for shared sessions; those of the preflight are lower."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The preflight of one target."""

    run: str
    """The run's part of its marks."""
    made: tuple[str, ...]
    """As `cartfuzz.harness.preflight.PreflightResult.made`."""


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
def named_in(folders: Sequence[Path], old: Checked, new: Checked) -> Iterator[NamedSessions]:
    """Ledgers in ``folders``, one for each target, with what was made before the first scenario.

    The preflight of the new target has a run ID of its own, so its sessions are in a ledger next to
    that of the new target.
    """
    for folder in folders[:1]:
        note_made(folder, old.made)
    for folder in folders[-1:]:
        note_made(prepare_ledger(folder.parent / new.run), new.made)
    apart = mark_of(old.run, APART, use=Use.PREFLIGHT)
    ledgers = [SessionLedger(folder) for folder in folders]
    try:
        for one in ledgers:
            one.write(begin_line(apart, (apart,)))
        yield NamedSessions(ledgers)
    finally:
        for one in ledgers:
            one.close()
