"""Lines about a cleaning, for the terminals of both fronts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ..contract import CartfuzzError
from .command_line import clean_line
from .plain import plain
from .wording import counted


def left_line(
    left: int, folder: Path, allow_hosts: Iterable[str], *, url: str = ""
) -> Iterator[str]:
    """One line with how many sessions a run has left, and what cancels them; none: no line.

    Args:
        left: their number.
        folder: of the run.
        allow_hosts: as of `cartfuzz.reports.command_line.clean_line`.
        url: as of that.
    """
    if left:
        sessions = counted(left, "session")
        yield f"{sessions} left; to cancel them: {clean_line(folder, allow_hosts, url=url)}"


def not_cleaned_line(error: CartfuzzError | OSError, folder: Path) -> str:
    """Why the run in ``folder`` was not cleaned, without control characters."""
    if isinstance(error, OSError):
        reason = (error.strerror or str(error)).lower()
        return plain(f"not cleaned: {error.filename or folder}: {reason}")
    return f"not cleaned: {plain(str(error))}"
