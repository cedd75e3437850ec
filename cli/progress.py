"""Shows how far a run is: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
from time import monotonic
from typing import Protocol

from rich.console import Console
from rich.status import Status

from ..record import Activity, Event, Minimised, RunStarted, ScenarioRun, TriageFinished
from ..reports.wording import counted, target_name

_PLAIN_INTERVAL_SEC = 10.0
_LIVE_INTERVAL_SEC = 0.2
_NOT_CI = ("", "0", "false", "no")
"""Values of the variable CI outside of continuous integration."""


class Progress(Protocol):
    """Follows the events of a run."""

    def add(self, event: Event) -> None:
        """Counts ``event`` and shows the counts if it is time."""

    def close(self) -> None:
        """Ends what is shown; the run is over."""


def progress_on(console: Console, *, verbosity: int) -> Progress:
    """The kind of progress that fits ``console``; nothing with a ``verbosity`` below 0."""
    if verbosity < 0:
        return Silent()
    return Live(console) if _can_rewrite(console) else Plain(console)


def _can_rewrite(console: Console) -> bool:
    """Whether a line on ``console`` can be rewritten, and nobody keeps what it was before.

    FORCE_COLOR makes rich call any file a terminal, some CI systems give a job a real one, and a
    dumb terminal obeys no control sequence: there each rewriting would be one more line.
    """
    is_ci = os.environ.get("CI", "").lower() not in _NOT_CI
    return console.is_terminal and console.file.isatty() and not (console.is_dumb_terminal or is_ci)


class Silent:
    """Shows nothing."""

    def add(self, event: Event) -> None:
        """Ignores ``event``."""

    def close(self) -> None:
        """Does nothing."""


class _Counter:
    """Counts what both kinds of progress show."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started = monotonic()
        self._shown = 0.0
        self._phase = ""
        self._scenarios = 0
        self._requests = 0
        self._signatures: set[str] = set()

    def count(self, event: Event) -> bool:
        """Counts ``event``, and prints the first line of a run; whether a count has changed."""
        if isinstance(event, RunStarted):
            self._started = monotonic()
            insecure = event.access.insecure
            target = target_name(event.target, event.sandbox, insecure=insecure)
            self._console.print(
                f"cartfuzz {event.cartfuzz}: {target}, contract "
                f"{event.contract.value}, seed {event.seed}, {counted(event.workers, 'worker')}",
                markup=False,
                soft_wrap=True,
            )
        if isinstance(event, Minimised | TriageFinished):
            self._phase = Activity.TRIAGE
            self._requests += event.requests
            return True
        if not isinstance(event, ScenarioRun):
            return False
        self._phase = event.phase
        self._scenarios += not event.is_late_read
        self._requests += event.requests
        self._signatures.update(found.signature for found in event.discrepancies)
        return True

    def due(self, interval_sec: float) -> bool:
        """Whether ``interval_sec`` has passed since the last line; then the next one begins."""
        now = monotonic()
        if now - max(self._shown, self._started) < interval_sec:
            return False
        self._shown = now
        return True

    def line(self) -> str:
        """The counts since the run began."""
        seconds = max(monotonic() - self._started, 0.001)
        return (
            f"{self._phase}: {counted(self._scenarios, 'scenario')}, "
            f"{counted(self._requests, 'request')}, {self._requests / seconds:.0f}/s, "
            f"{counted(len(self._signatures), 'discrepancy', 'discrepancies')}"
        )


class Live:
    """One line that is kept up to date."""

    def __init__(self, console: Console) -> None:
        self._counter = _Counter(console)
        spinner = "dots" if console.encoding.startswith("utf") else "line"
        self._status = Status("starting", console=console, spinner=spinner)
        self._status.start()

    def add(self, event: Event) -> None:
        """Counts ``event`` and rewrites the line at most every 0.2 seconds."""
        if self._counter.count(event) and self._counter.due(_LIVE_INTERVAL_SEC):
            self._status.update(self._counter.line())

    def close(self) -> None:
        """Removes the line."""
        self._status.stop()


class Plain:
    """A line every 10 seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._counter = _Counter(console)

    def add(self, event: Event) -> None:
        """Counts ``event`` and prints a line if the last one is 10 seconds old."""
        if self._counter.count(event) and self._counter.due(_PLAIN_INTERVAL_SEC):
            self._console.print(self._counter.line(), markup=False, soft_wrap=True)

    def close(self) -> None:
        """Does nothing: no line is left open."""
