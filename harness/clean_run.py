"""Cleans after a run, by what its folder says of the sessions that it made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import msgspec

from ..contract import Traffic
from ..record.made_sessions import CLEANED_FILE, SESSIONS_FOLDER, Left, end_line
from ..wire.secrets import TargetSecrets
from .cleaning import Cleaner, CleaningResult, may_be_left
from .pace.rate_limiter import RateLimiter
from .plan import Plan
from .sender import Sender
from .session_ledger import made_sessions, note_made, prepare_ledger
from .target import transport_for

MAX_CLEANING_SEC = 300.0
"""How long the cleaning at the end of a run may go on."""


def clean_run(
    folder: Path,
    run_id: str,
    plan: Plan,
    secrets: TargetSecrets,
    *,
    is_over: Callable[[], bool] = lambda: False,
) -> CleaningResult:
    """Cancels what the run in ``folder`` has left at the target of ``plan``.

    Args:
        folder: of the run.
        run_id: its part of the marks.
        plan: names the target, the rate and the timeout.
        secrets: of the target.
        is_over: returns, before each request, whether the time is up.

    Raises:
        OSError: the folder cannot be read or written.
        TargetError: the target does not answer, or refuses the key.
    """
    sessions = ledger_folder(folder, run_id)
    transport = transport_for(plan, secrets)
    limiter = RateLimiter(plan.rps, stopped=is_over)
    with (
        closing(transport),
        (sessions / CLEANED_FILE).open("ab", buffering=0) as cleaned,
    ):

        def note(mark: str, states: tuple[Left, ...]) -> None:
            cleaned.write(end_line(mark, states))

        cleaner = Cleaner(
            Sender(transport, rate_limiter=limiter, stopped=is_over),
            run_id=run_id,
            note=note,
            is_over=is_over,
            in_flight=plan.in_flight,
        )
        return cleaner.clean(made_sessions(sessions, run_id))


def sessions_left(folder: Path, runs: Iterable[str], traffic: Traffic) -> int:
    """How many sessions of ``runs`` may be left in the target; 0 where the folder is gone.

    Dry requests and reads leave nothing, whatever an execution or a check had named before.

    Args:
        folder: of the runs.
        runs: their parts of the marks.
        traffic: what they might send.
    """
    if traffic is not Traffic.ALL:
        return 0
    try:
        return sum(may_be_left(made_sessions(ledger_folder(folder, run), run)) for run in runs)
    except OSError:
        return 0  # the folder is gone, and with it what names them


def ledger_folder(folder: Path, run_id: str) -> Path:
    """Where the run in ``folder`` writes which sessions it makes."""
    return folder / SESSIONS_FOLDER / run_id


def noting_sessions(plan: Plan, folder: Path, run_id: str, made: Iterable[str]) -> Plan:
    """``plan`` with a place in ``folder`` for the names of the sessions that its run makes.

    Where nothing can be written, the plan stays as it is: sending matters more.

    Args:
        plan: of the run.
        folder: where `clean_run` looks.
        run_id: the run's part of the marks.
        made: the marks of the sessions that the preflight has made.
    """
    try:
        sessions = prepare_ledger(ledger_folder(folder, run_id))
    except OSError:
        return plan
    note_made(sessions, made)
    return msgspec.structs.replace(plan, session_ledger=str(sessions.resolve()))


def runs_in(folder: Path) -> list[str]:
    """The IDs of all runs whose sessions are named in ``folder``: its own, and its replays."""
    return sorted(path.name for path in (folder / SESSIONS_FOLDER).glob("*/") if path.is_dir())
