"""Faults that happen to runs: what is lost, how long the run takes to end, its exit code.

Lost is each discrepancy that was printed and is not in the record, and each run whose report
``cartfuzz report`` cannot make. The goal is 0.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import psutil

from cartfuzz.record import ScenarioRun, read_events

PROGRAM = (sys.executable, "-m", "cartfuzz.cli")
FAULT = "refuses-to-create-closed"
_SHOWN = re.compile(r"(\d+) discrepanc")
_SECONDS = 12
_HANG_SEC = 120


@dataclass(frozen=True, slots=True)
class Fault:
    """What is done to a run."""

    name: str
    act: Callable[[psutil.Process, Path], object]
    workers: int = 2
    output: str = ""
    """The file that standard output goes to; empty: one in a folder of its own."""
    file_bytes: int = 0
    """The largest file that the run may write; 0: no bound."""


def workers_of(run: psutil.Process) -> list[psutil.Process]:
    """The worker processes of a run."""
    return [one for one in run.children(True) if any("spawn_main" in a for a in one.cmdline())]


def nothing(_run: psutil.Process, _folder: Path) -> None:
    """The fault is there from the start."""


def replaced(_run: psutil.Process, folder: Path) -> None:
    """Puts a file in the place of the report folder."""
    shutil.rmtree(folder)
    folder.touch()


FAULTS = (
    Fault("kill -9 of the parent", lambda run, _: run.kill()),
    Fault("kill -9 of the parent, one worker", lambda run, _: run.kill(), workers=1),
    Fault("kill -9 of a worker", lambda run, _: workers_of(run)[0].kill()),
    Fault("SIGSTOP of a worker", lambda run, _: workers_of(run)[0].suspend()),
    Fault("SIGTERM", lambda run, _: run.terminate()),
    Fault("file size limit of 50 kB", nothing, file_bytes=50_000),
    Fault("standard output is full", nothing, output="/dev/full"),
    Fault("report folder removed", lambda _, folder: shutil.rmtree(folder)),
    Fault("report folder replaced by a file", replaced),
)


def limited(size: int) -> Callable[[], None]:
    """Sets the bound on files in a process that starts."""

    def limit() -> None:
        if size:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def injected(fault: Fault, after_sec: float, base: Path) -> tuple[int, float, int]:
    """Exit code, seconds from the fault to the end, and what was lost."""
    folder, shown = base / "run", base / "output"
    output = Path(fault.output) if fault.output else shown
    command = [*PROGRAM, "run", "--sandbox-fault", FAULT, "--duration", f"{_SECONDS}s"]
    command += ["--workers", str(fault.workers), "--no-minimise", "--report-dir", str(folder)]
    with output.open("w") as out, (base / "errors").open("w") as errors:
        process = subprocess.Popen(
            command,
            stdout=out,
            stderr=errors,
            preexec_fn=limited(fault.file_bytes),  # noqa: PLW1509 - no threads here
        )
    run, begun = psutil.Process(process.pid), monotonic()
    record = folder / "events.ndjson"
    while process.poll() is None and not record.exists() and monotonic() - begun < _HANG_SEC:
        sleep(0.05)
    sleep(after_sec)
    faulted = monotonic()
    if process.poll() is None:
        fault.act(run, folder)
    code = process.wait(_HANG_SEC)
    return code, monotonic() - faulted, lost(folder, shown, code)


def lost(folder: Path, output: Path, code: int) -> int:
    """What was printed and is neither recorded nor, with exit code 9, printed whole."""
    text = output.read_text() if output.exists() else ""
    if code == 9:
        return 0 if "STATE-02" in text or "no discrepancy" in text else 1
    printed = max(map(int, _SHOWN.findall(text)), default=0)
    recorded = {
        found.signature
        for event in read_events(folder / "events.ndjson")
        if isinstance(event, ScenarioRun)
        for found in event.discrepancies
    }
    made = subprocess.run([*PROGRAM, "report", str(folder), "-q"], capture_output=True, check=False)
    return max(0, printed - len(recorded)) + (made.returncode in (2, 4))


def main() -> None:
    """Prints a row for each fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=3, help="injections of each fault")
    each = parser.parse_args().each
    print("| fault | injected | lost | seconds to the end | exit codes |")
    print("| --- | --- | --- | --- | --- |")
    for fault in FAULTS:
        results = []
        for number in range(each):
            with tempfile.TemporaryDirectory() as base:
                results.append(injected(fault, 0.5 + 2.0 * number, Path(base)))
        codes = sorted({named(code) for code, _, _ in results})
        slowest = max(seconds for _, seconds, _ in results)
        total = sum(missing for _, _, missing in results)
        row = (fault.name, each, total, f"{slowest:.1f}", ", ".join(codes))
        print("|", " | ".join(map(str, row)), "|", flush=True)


def named(code: int) -> str:
    """An exit code, or the signal that ended the process."""
    return signal.Signals(-code).name if code < 0 else str(code)


if __name__ == "__main__":
    os.environ.pop("CI", None)
    main()
