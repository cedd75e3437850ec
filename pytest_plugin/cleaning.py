"""Cancels what a run of pytest has left in the target, or names the command that does."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from ..contract import CartfuzzError
from ..harness.access.target_guard import hosts_to_allow
from ..harness.clean_run import clean_run, ledger_folder
from ..harness.cleaning import Fate, may_be_left
from ..harness.plan import Plan
from ..harness.session_ledger import made_sessions
from ..reports.plain import plain
from ..reports.wording import counted
from ..wire.secrets import TargetSecrets

MAX_CLEANING_SEC = 300.0
"""How long ``--cartfuzz-clean`` may go on."""


def cleaned_lines(folder: Path, run: str, plan: Plan, secrets: TargetSecrets) -> Iterator[str]:
    """Cancels the sessions of a run; lines for the terminal.

    Args:
        folder: holds the names of its sessions.
        run: its part of the marks.
        plan: names the target, the rate and the timeout.
        secrets: of the target.
    """
    deadline = monotonic() + MAX_CLEANING_SEC
    try:
        result = clean_run(folder, run, plan, secrets, is_over=lambda: monotonic() >= deadline)
    except CartfuzzError as error:
        yield f"not cleaned: {plain(str(error))}"
        return
    except OSError as error:
        yield f"not cleaned: {error.filename or folder}: {(error.strerror or str(error)).lower()}"
        return
    yield f"{counted(result.fates[Fate.CANCELLED], 'session')} cancelled"
    left = result.fates[Fate.LEFT] + result.not_tried
    if left:
        yield f"not cancelled: {counted(left, 'session')}"
    for one in result.left[:5]:
        yield f"  {plain(one.name)}: {plain(one.reason)}"


def left_lines(folder: Path, run: str, plan: Plan) -> Iterator[str]:
    """One line with how many sessions a run has left, and what cancels them; none: no line.

    Args:
        folder: of the report.
        run: its part of the marks.
        plan: names the target.
    """
    try:
        left = may_be_left(made_sessions(ledger_folder(folder, run), run))
    except OSError:
        return
    if left:
        hosts = (part for host in hosts_to_allow(plan.url) for part in ("--allow-host", host))
        command = shlex.join(("cartfuzz", "clean", str(folder), *hosts))
        yield f"{counted(left, 'session')} left; to cancel them: {command}"
