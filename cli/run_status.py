"""Writes how far a run is, for ``--status-file``."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

import click
import msgspec

from ..analysis import RunOutcome
from ..analysis.run_status import RunStatus
from ..contract import ConfigurationError
from ..record import Event, RunStarted
from ..reports.clean_file import write_clean
from ..telemetry.status_tracker import StatusTracker

_WRITE_SEC = 1.0


class StatusFile:
    """Writes the status of a run into a file, whole each time, once a second at most.

    It is written when something happens; what cannot be written does not end the run.
    """

    def __init__(self, path: Path, tracker: StatusTracker) -> None:
        self._path = path
        self._tracker = tracker
        self._written: float | None = None
        self._failed = False

    def add(self, event: Event) -> None:
        """Writes the status after ``event``, if the last one is a second old."""
        now = monotonic()
        if (
            isinstance(event, RunStarted)
            or self._written is None
            or now - self._written >= _WRITE_SEC
        ):
            self._written = now
            self._write(self._tracker.status())

    def finish(self, outcome: RunOutcome) -> None:
        """Writes the last status."""
        self._write(self._tracker.status(outcome))

    def _write(self, status: RunStatus | None) -> None:
        if status is None:
            return
        try:
            write_clean(self._path, msgspec.json.format(msgspec.json.encode(status)) + b"\n")
        except OSError as error:
            if not self._failed:
                reason = (error.strerror or str(error)).lower()
                click.echo(f"cartfuzz: {self._path} cannot be written: {reason}", err=True)
            self._failed = True


def check_status_file(path: Path, *, option: str = "--status-file") -> None:
    """Refuses a file that cannot be written, before anything is sent.

    Args:
        path: of the file.
        option: who gave it, for the error.

    Raises:
        ConfigurationError: naming the reason.
    """
    found = "a folder" if path.is_dir() else "" if path.parent.is_dir() else "no such folder"
    if found:
        raise ConfigurationError(
            f"{option} {path}",
            expected="a file in a folder that is there",
            found=found,
        )
