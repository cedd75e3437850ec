"""Runs that die at a chosen point: before a file is opened or renamed, or within a line."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest.mock import patch

from cartfuzz.cli.run_loop import carry_out
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.harness.executors import Workers
from cartfuzz.harness.plan import Plan, SweepSizes
from cartfuzz.harness.preflight import PreflightResult
from cartfuzz.harness.scheduling.shards import Shards
from cartfuzz.harness.worker import Message, WorkerDone
from cartfuzz.record import Event, RecordWriter, ScenarioRun, encode_line
from cartfuzz.wire.secrets import TargetSecrets

from ..in_process import campaign

FAULTS = ("refuses-to-create-closed", "refuses-unknown-properties-of-full-carts", "reuses-ids")
KILLED = 99
_AUDITED = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate")
PLAN = Plan(url="http://127.0.0.1:9", environment=EXAMPLE_ENVIRONMENT, seed=1)


def scripted_events(requests: int) -> list[ScenarioRun]:
    """The scenarios of a campaign on a service with faults."""
    runs = campaign(EXAMPLE_ENVIRONMENT, seed=1, requests=requests, faults=FAULTS)
    return list(runs)


class _Scripted:
    """A worker that has done everything already."""

    def __init__(self, events: Sequence[ScenarioRun]) -> None:
        self._messages: list[Message] = [*events, WorkerDone()]

    @property
    def share_pace(self) -> bool:
        return False

    def receive(self, timeout_sec: float) -> Message | None:  # noqa: ARG002 - the protocol's
        return self._messages.pop(0) if self._messages else None

    def steer(self, shares: object) -> None:
        """There is nothing to share."""

    def halt(self) -> None:
        """Nothing runs."""


@cache
def sweep_sizes() -> SweepSizes:
    """Of the plan; made once, since it takes a moment."""
    return Shards(PLAN).sweep_sizes()


def run_in(folder: Path, events: Sequence[ScenarioRun]) -> int:
    """A run into ``folder``, whose worker reports ``events``; its exit code."""

    @contextmanager
    def executor(_plan: Plan, _secrets: TargetSecrets, _run_id: str) -> Iterator[Workers]:
        yield _Scripted(events)

    sizes = sweep_sizes()
    with (
        patch(
            "cartfuzz.harness.campaign.preflight",
            lambda *_, **__: ("newerrun", PreflightResult(requests=3)),
        ),
        patch("cartfuzz.harness.campaign.Shards.sweep_sizes", lambda _: sizes),
        patch("cartfuzz.cli.progress._PLAIN_INTERVAL_SEC", 0.0),
    ):
        return int(
            carry_out(PLAN, TargetSecrets("the-key"), folder, verbosity=0, executor=executor)
        )


class KillPoints:
    """Counts what a process does to the files in a folder, and ends it at the n-th time.

    Args:
        folder: of the files.
        last: the process ends before it; 0: never.
    """

    def __init__(self, folder: Path, last: int) -> None:
        self._folder = str(folder)
        self._last = last
        self.passed = 0
        self._thread = threading.get_ident()

    def install(self) -> None:
        """For the rest of this process."""
        sys.addaudithook(self._audit)
        write, point = RecordWriter.write, self._point

        def torn(writer: RecordWriter, event: Event) -> None:
            line = encode_line(event)
            point(lambda: os.write(writer._file.fileno(), line[: len(line) // 2]))
            write(writer, event)
            point()

        RecordWriter.write = torn  # type: ignore[method-assign, assignment]

    def _audit(self, event: str, args: tuple[object, ...]) -> None:
        if event in _AUDITED and str(args[0]).startswith(self._folder):
            self._point()

    def _point(self, before: Callable[[], object] = lambda: None) -> None:
        self.passed += 1
        if self.passed == self._last:
            before()
            os._exit(KILLED)


def in_child(act: Callable[[], int], output: Path) -> int:
    """The exit code of a forked process that calls ``act`` and prints into ``output``."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status)
    code = 98
    try:
        with output.open("w", encoding="utf-8") as file:
            sys.stdout = sys.stderr = file
            code = act()
            file.flush()
    finally:
        os._exit(code)
