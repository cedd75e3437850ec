"""Shows a run of pytest to programs while it goes on: a log, metrics, spans.

The processes of pytest-xdist record what they do in one folder. The process that the user started
reads what is new there, in a thread, and hands it to the listeners of `cartfuzz.telemetry`.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from ..analysis import RunOutcome, RunState
from ..contract import ConfigurationError
from ..harness.errors import TargetError
from ..harness.judging_errors import kept_errors
from ..harness.plan import Plan
from ..harness.run_started import run_started
from ..record import Event, JudgingError, RunFinished
from ..record.codec import decode_line
from ..telemetry.choice import Telemetry
from ..telemetry.listener import Listeners
from ..telemetry.status_tracker import StatusTracker
from .options import PluginSettings

_LOOK_SEC = 0.5


def telemetry_of(settings: PluginSettings) -> Telemetry:
    """How the options ask for a run to be shown.

    Raises:
        pytest.UsageError: a file cannot be written, or an extra is missing.
    """
    try:
        return Telemetry.of(settings, named=lambda name: settings.option(name.replace("_", "-")))
    except ConfigurationError as error:
        raise pytest.UsageError(f"cartfuzz: {error}") from None


@dataclass(frozen=True, slots=True)
class _Position:
    """How far a record was read."""

    inode: int
    offset: int
    """Bytes, whole lines."""
    last: bytes = b""
    """The line that ends there."""


class RecordedEvents:
    """Reads what the processes of a run have added to their records.

    Args:
        shared: the folder that all processes of the run share.
    """

    def __init__(self, shared: Path) -> None:
        self._shared = shared
        self._read: dict[str, _Position] = {}
        """By name of a record, without its ending."""

    def new(self) -> Iterator[Event]:
        """The events that came since the last call. A shard that is sent again is new again."""
        for path in sorted((*self._shared.glob("*.ndjson"), *self._shared.glob("*.part"))):
            try:
                lines = self._new_lines(path)
            except FileNotFoundError:  # a record that is complete has got its name meanwhile
                continue
            for line in lines:
                try:
                    yield decode_line(line)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                    continue  # of a record that was begun again between two looks

    def _new_lines(self, path: Path) -> list[bytes]:
        with path.open("rb") as file:
            inode = os.fstat(file.fileno()).st_ino
            read = self._read.get(path.stem) or _Position(inode, 0)
            # A record that is begun again may have the same inode, and may be longer by now.
            file.seek(read.offset - len(read.last))
            if inode != read.inode or file.read(len(read.last)) != read.last:
                read = _Position(inode, 0)
                file.seek(0)
            content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        lines = whole.splitlines(keepends=True)
        last = lines[-1] if lines else read.last
        self._read[path.stem] = _Position(inode, read.offset + len(whole), last)
        return lines


def show_not_started(telemetry: Telemetry, plan: Plan, reason: str) -> None:
    """Shows that the target cannot be tested, and why.

    Raises:
        ConfigurationError: a file or a port cannot be used.
    """
    state = RunState(keep_evidence=False)
    listeners = telemetry.listeners(StatusTracker(plan, state), state)
    with suppress(TargetError), listeners:
        raise TargetError(reason)


class RunFollower:
    """Follows the run of this pytest until `finish` or `close`.

    Args:
        telemetry: how the run is shown.
        plan: the resolved settings, with the known failures and the URL of the target.
        run: the run's part of every mark.
        shared: the folder that all processes of the run share.

    Raises:
        ConfigurationError: a file or a port cannot be used.
    """

    def __init__(self, telemetry: Telemetry, plan: Plan, run: str, shared: Path) -> None:
        self._recorded = RecordedEvents(shared)
        self._state = RunState(keep_evidence=False)
        self._tracker = StatusTracker(plan, self._state)
        self._errors: list[JudgingError] = []
        """Of folding an event; the report of the run has them all."""
        self._held = ExitStack()
        self._listeners: Listeners = self._held.enter_context(
            telemetry.listeners(self._tracker, self._state)
        )
        self._ended = threading.Event()
        self._take(run_started(plan, run, sweeps=None, sweep_requests=0))
        self._thread = threading.Thread(target=self._follow, name="cartfuzz-follower", daemon=True)
        self._thread.start()

    def finish(self, finished: RunFinished, outcome: RunOutcome) -> None:
        """Takes in all that is left, and the end of the run."""
        self._stop()
        self._take_new()
        self._take(finished)
        self._listeners.finish(outcome)
        self._held.close()

    def close(self) -> None:
        """Ends the following of a run that was broken off; nothing if it has ended."""
        self._stop()
        self._held.close()

    def _stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _follow(self) -> None:
        while not self._ended.wait(_LOOK_SEC):
            self._take_new()

    def _take_new(self) -> None:
        for event in self._recorded.new():
            self._take(event)

    def _take(self, event: Event) -> None:
        with kept_errors(self._errors, 0):
            self._state.add(event)
            self._tracker.add(event)
            self._listeners.add(event)
