"""Cancels what a run of pytest has left in the target, or names the command that does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from ..contract import CartfuzzError
from ..harness.access.target_guard import hosts_to_allow
from ..harness.clean_run import MAX_CLEANING_SEC, clean_run, sessions_left
from ..harness.cleaning import Fate
from ..harness.plan import Plan
from ..reports.cleaning_lines import left_line, not_cleaned_line
from ..reports.plain import plain
from ..reports.wording import counted
from ..wire.secrets import TargetSecrets


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
    except (CartfuzzError, OSError) as error:
        yield not_cleaned_line(error, folder)
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
        plan: names the target, and what may be sent to it.
    """
    left = sessions_left(folder, [run], plan.traffic)
    yield from left_line(left, folder, hosts_to_allow(plan.url))
