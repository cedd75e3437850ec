"""Whether what a run leaves behind shows the bug again: by replay, by its script, by its test.

A way counts only if it tells both targets apart: it fails on a sandbox with the fault, and passes
on one without. Each try meets a sandbox of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from rich.console import Console

from cartfuzz.analysis import Bug, Reproducer, RunReproducers
from cartfuzz.contract import Environment
from cartfuzz.harness.plan import Plan
from cartfuzz.harness.target import open_target
from cartfuzz.harness.triage.replay import Verdict, replay
from cartfuzz.harness.triage.triage import ScenarioRunner
from cartfuzz.record import Kind
from cartfuzz.reports.reproduction import build_artefacts, write_artefact
from cartfuzz.sandbox import start
from cartfuzz.wire.secrets import TargetSecrets

WAYS = ("replay", "reproduce.sh", "test_reproduce.py")
_LONGEST_SEC = 300
_RUN = "repro000"


class Reproduced(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one solid entry."""

    fault: str
    signature: str
    title: str
    ways: dict[str, str]
    """By way: ``both``, or what went wrong: ``none``, ``not seen``, ``false alarm``, ``broken``."""


def reproduce(
    fault: str, environment: Environment, entries: Iterable[Bug], stored: RunReproducers
) -> list[Reproduced]:
    """Tries all three ways for each solid entry of a run on ``fault``."""
    solid = [entry for entry in entries if entry.kind is not Kind.FLAKY]
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for artefact in build_artefacts(stored, folder):
            write_artefact(artefact, folder)
        return [
            Reproduced(
                fault=fault,
                signature=entry.signature,
                title=entry.title,
                ways={
                    "replay": _replayed(stored.scenarios.get(entry.signature), environment, fault),
                    "reproduce.sh": _scripted(
                        folder / entry.signature / "reproduce.sh", ["sh"], environment, fault
                    ),
                    "test_reproduce.py": _scripted(
                        folder / entry.signature / "test_reproduce.py",
                        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
                        environment,
                        fault,
                    ),
                },
            )
            for entry in solid
        ]


def _verdict(shows: Callable[[Sequence[str]], int], fault: str) -> str:
    """Runs a way on both targets; ``shows`` gives 1 where the bug is there, 0 where it is not."""
    with_it, without_it = shows([fault]), shows(())
    if {with_it, without_it} - {0, 1}:
        return "broken"
    if not with_it:
        return "not seen"
    return "false alarm" if without_it else "both"


def _replayed(stored: Reproducer | None, environment: Environment, fault: str) -> str:
    if stored is None:
        return "none"

    def shows(faults: Sequence[str]) -> int:
        with start(environment, faults=faults) as sandbox:
            plan = Plan(url=sandbox.url, environment=environment)
            stopped = threading.Event().is_set
            with open_target(plan, TargetSecrets(sandbox.api_key), stopped=stopped) as engine:
                done = replay(stored, ScenarioRunner(engine, _RUN, stopped=stopped))
        return int(done.verdict is Verdict.STILL_THERE)

    return _verdict(shows, fault)


def _scripted(script: Path, command: list[str], environment: Environment, fault: str) -> str:
    if not script.exists():
        return "none"

    def shows(faults: Sequence[str]) -> int:
        with start(environment, faults=faults) as sandbox:
            done = subprocess.run(
                [*command, str(script)],
                cwd=script.parent,
                env={
                    **os.environ,
                    "CARTFUZZ_URL": sandbox.url,
                    "CARTFUZZ_API_KEY": sandbox.api_key,
                },
                capture_output=True,
                check=False,
                timeout=_LONGEST_SEC,
            )
        return done.returncode

    return _verdict(shows, fault)


def tell(console: Console, rows: Sequence[Reproduced]) -> None:
    """Prints the share of entries that each way reproduces, and those that it does not."""
    if not rows:
        return
    for way in WAYS:
        good = sum(row.ways[way] == "both" for row in rows)
        console.print(f"{way}: {good} of {len(rows)} solid entries ({good / len(rows):.1%})")
    for row in rows:
        bad = [f"{way}: {row.ways[way]}" for way in WAYS if row.ways[way] != "both"]
        if bad:
            console.print(
                f"  {row.fault}: {row.signature} ({', '.join(bad)})", highlight=False, markup=False
            )
