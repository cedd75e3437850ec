"""Shows how far a run is: live lines on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol

from rich.console import Console
from rich.live import Live as RichLive
from rich.text import Text

from ..record import Event, Minimised, RunStarted, ScenarioRun, TriageFinished
from ..reports.screen import Screen, in_rows, is_terminal, print_lines
from ..telemetry.status_tracker import StatusTracker
from .progress_words import (
    clock,
    found_line,
    plain_line,
    position,
    results,
    started_line,
    time_left,
)

_PLAIN_INTERVAL_SEC = 60.0
"""Between lines in a log: a run of hours leaves a log that can be read."""
_EARLY_INTERVAL_SEC = 10.0
_EARLY_SEC = 60.0
"""Until then somebody may be watching whether the run works at all."""
_LIVE_INTERVAL_SEC = 0.25
_MAX_FOUND_LINES = 50
"""A target that breaks every rule must not bury the screen."""
_NOT_CI = ("", "0", "false", "no")
"""Values of the variable CI outside of continuous integration."""


class Progress(Protocol):
    """Follows the events of a run."""

    def add(self, event: Event) -> None:
        """Takes ``event`` in and shows what is new, if it is time."""

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

    Some CI systems give a job a real terminal, and a dumb one obeys no control sequence: there each
    rewriting would be one more line.
    """
    is_ci = os.environ.get("CI", "").lower() not in _NOT_CI
    return is_terminal(console) and not (console.is_dumb_terminal or is_ci)


class Silent:
    """Shows nothing."""

    def add(self, event: Event) -> None:
        """Ignores ``event``."""

    def close(self) -> None:
        """Does nothing."""


class _Findings:
    """Prints a line for the start of a run, and one for each new signature."""

    def __init__(self, console: Console, tracker: StatusTracker) -> None:
        self._console = console
        self._tracker = tracker
        self._shown = tracker.found_count
        """Of a run that was resumed, what its earlier parts found is not new."""
        self._lines = 0

    def add(self, event: Event) -> bool:
        """Prints what is new; whether the counts of the run have changed."""
        if isinstance(event, RunStarted):
            print_lines([Text(started_line(event))], self._console)
        count = self._tracker.found_count
        if count > self._shown:
            self._show_new()
            self._shown = count
        return isinstance(event, ScenarioRun | Minimised | TriageFinished)

    def _show_new(self) -> None:
        tracker = self._tracker
        for bug in tracker.found_after(self._shown):
            self._lines += 1
            if self._lines <= _MAX_FOUND_LINES:
                is_known = tracker.is_known(bug.signature)
                line = found_line(bug, seconds=tracker.seconds, is_known=is_known)
                style = "yellow" if is_known else "red"
                print_lines([Text(line, style=style)], self._console)
            elif self._lines == _MAX_FOUND_LINES + 1:
                print_lines([Text("what is found from here on is only counted")], self._console)


@dataclass(frozen=True, slots=True)
class _Moment:
    """The live lines as of one moment; the clock in them goes on by itself."""

    seconds: float = 0.0
    position: tuple[str, ...] = ("checking the target",)
    results: tuple[str, ...] = ()
    sec_left: float | None = None
    at: float = field(default_factory=monotonic)

    def lines(self, screen: Screen) -> Iterable[str]:
        """What is shown now, in rows of ``screen``."""
        since = monotonic() - self.at
        left = "" if self.sec_left is None else time_left(self.sec_left - since)
        yield from in_rows((clock(self.seconds + since), *self.position), screen)
        if self.results:
            yield from in_rows(tuple(filter(None, ("   ", *self.results, left))), screen)


class Live:
    """Two lines that are kept up to date.

    A thread of rich renders them, so that the clock goes on while nothing happens. It reads one
    value, which `add` replaces: nothing that changes is shared.
    """

    def __init__(self, console: Console, tracker: StatusTracker) -> None:
        self._tracker = tracker
        self._console = console
        self._findings = _Findings(console, tracker)
        self._moment = _Moment()
        self._live = RichLive(
            get_renderable=self._render,
            console=console,
            refresh_per_second=2,
            transient=True,
        )
        self._live.start()

    def add(self, event: Event) -> None:
        """Prints what is new, and takes the counts anew four times a second at most."""
        tracker = self._tracker
        if self._findings.add(event) and monotonic() - self._moment.at >= _LIVE_INTERVAL_SEC:
            self._moment = _Moment(
                tracker.seconds, position(tracker), results(tracker), tracker.sec_left
            )

    def close(self) -> None:
        """Removes the lines."""
        self._live.stop()

    def _render(self) -> Text:
        screen = Screen.of(self._console)
        return Text("\n".join(self._moment.lines(screen)), style="bold", no_wrap=True)


class Plain:
    """A line every 10 seconds in the first minute, then one a minute."""

    def __init__(
        self, console: Console, tracker: StatusTracker, *, now: Callable[[], float] = monotonic
    ) -> None:
        self._console = console
        self._tracker = tracker
        self._now = now
        self._findings = _Findings(console, tracker)
        self._started = self._shown = now()

    def add(self, event: Event) -> None:
        """Prints what is new, and a line of counts if it is time."""
        has_changed = self._findings.add(event)
        now = self._now()
        if isinstance(event, RunStarted):
            self._started = self._shown = now
        is_early = now - self._started < _EARLY_SEC
        interval = _EARLY_INTERVAL_SEC if is_early else _PLAIN_INTERVAL_SEC
        if has_changed and now - self._shown >= interval:
            self._shown = now
            print_lines([Text(plain_line(self._tracker))], self._console)

    def close(self) -> None:
        """Does nothing: no line is left open."""
