"""Shows how far a run is: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
from time import monotonic
from typing import Protocol

from rich.console import Console
from rich.status import Status

from ..analysis.run_status import RunActivity
from ..record import Activity, Event, Minimised, RunStarted, ScenarioRun, TriageFinished
from ..reports.wording import counted, duration, target_name
from .run_status import StatusTracker

_PLAIN_INTERVAL_SEC = 60.0
"""Between lines in a log: a run of hours leaves a log that can be read."""
_EARLY_INTERVAL_SEC = 10.0
_EARLY_SEC = 60.0
"""Until then somebody may be watching whether the run works at all."""
_LIVE_INTERVAL_SEC = 0.2
_NOT_CI = ("", "0", "false", "no")
"""Values of the variable CI outside of continuous integration."""


class Progress(Protocol):
    """Follows the events of a run."""

    def add(self, event: Event) -> None:
        """Counts ``event`` and shows the counts if it is time."""

    def close(self) -> None:
        """Ends what is shown; the run is over."""


def progress_on(console: Console, tracker: StatusTracker, *, verbosity: int) -> Progress:
    """The kind of progress that fits ``console``; nothing with a ``verbosity`` below 0.

    Args:
        console: where it is shown.
        tracker: takes in each event before the progress does.
        verbosity: as `RunOptions.verbosity`.
    """
    if verbosity < 0:
        return Silent()
    return Live(console, tracker) if _can_rewrite(console) else Plain(console, tracker)


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


class _Line:
    """Makes the line that both kinds of progress show."""

    def __init__(self, console: Console, tracker: StatusTracker) -> None:
        self._console = console
        self._tracker = tracker
        self._started = monotonic()
        self._shown = 0.0

    def count(self, event: Event) -> bool:
        """Prints the first line of a run; whether a count has changed."""
        if isinstance(event, RunStarted):
            self._started = monotonic()
            self._console.print(
                f"cartfuzz {event.cartfuzz}: {target_name(event.target, event.sandbox)}, contract "
                f"{event.contract.value}, seed {event.seed}, {counted(event.workers, 'worker')}",
                markup=False,
                soft_wrap=True,
            )
        return isinstance(event, ScenarioRun | Minimised | TriageFinished)

    def due(self, interval_sec: float) -> bool:
        """Whether ``interval_sec`` has passed since the last line; then the next one begins."""
        now = monotonic()
        if now - max(self._shown, self._started) < interval_sec:
            return False
        self._shown = now
        return True

    @property
    def plain_interval_sec(self) -> float:
        """Until the next line where lines are kept."""
        is_early = monotonic() - self._started < _EARLY_SEC
        return _EARLY_INTERVAL_SEC if is_early else _PLAIN_INTERVAL_SEC

    def line(self) -> str:
        """The counts since the run began, and how long it will go on."""
        tracker = self._tracker
        is_minimising = tracker.activity is RunActivity.MINIMISING
        parts = [
            counted(tracker.scenarios, "scenario"),
            counted(tracker.requests, "request"),
            f"{tracker.rate:.0f}/s",
            counted(len(tracker.signatures), "discrepancy", "discrepancies"),
        ]
        if tracker.not_judged:
            parts.append(f"{tracker.not_judged} not judged")
        if tracker.sec_left is not None:
            parts.append(f"about {duration(tracker.sec_left)} left")
        return f"{Activity.TRIAGE if is_minimising else tracker.phase}: {', '.join(parts)}"


class Live:
    """One line that is kept up to date."""

    def __init__(self, console: Console, tracker: StatusTracker) -> None:
        self._counter = _Line(console, tracker)
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
    """A line every 10 seconds in the first minute, then one a minute."""

    def __init__(self, console: Console, tracker: StatusTracker) -> None:
        self._console = console
        self._counter = _Line(console, tracker)

    def add(self, event: Event) -> None:
        """Prints a line after ``event`` if it is time."""
        counter = self._counter
        if counter.count(event) and counter.due(counter.plain_interval_sec):
            self._console.print(self._counter.line(), markup=False, soft_wrap=True)

    def close(self) -> None:
        """Does nothing: no line is left open."""
