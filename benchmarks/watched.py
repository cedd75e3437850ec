"""A command that is watched while it runs: memory of its process tree, time, what it prints."""

from __future__ import annotations

import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter

import msgspec
import psutil

_SAMPLE_SEC = 0.05
_MB = 1_000_000


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """How one command went."""

    exit_code: int
    """Negative: the signal that ended it."""
    ended: str
    """Why the watcher killed it; empty where it ended by itself."""
    peak_mb: float
    """Resident memory of the command and all its descendants at once, at its highest."""
    seconds: float
    """From ``began`` to the end, without what its main thread waited for a free core; 0 where it
    never began."""
    stdout: bytes
    stderr: bytes


def watched(
    command: Sequence[str],
    environment: Mapping[str, str],
    began: threading.Event,
    *,
    seconds: float,
    memory_mb: float,
) -> Watched:
    """Runs ``command`` until it ends or has to be killed.

    Args:
        command: program and arguments.
        environment: its whole environment.
        began: set when it does its first work; the time counts from there.
        seconds: it is killed when it takes longer.
        memory_mb: it is killed when its tree needs more.
    """
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        process = psutil.Popen(
            [*command], env={**environment}, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr
        )
        first: float | None = None
        peak, ended, took = 0.0, "", 0.0
        while process.poll() is None:
            now = perf_counter() - _waited(process.pid)
            if first is None and began.is_set():
                first = now
            took = max(took, 0.0 if first is None else now - first)
            peak = max(peak, _memory(process))
            if took > seconds:
                ended = f"still running after {seconds:.0f} s"
            elif peak > memory_mb:
                ended = f"more than {memory_mb:.0f} MB"
            if ended:
                _kill(process)
            _wait(process)
        stdout.seek(0)
        stderr.seek(0)
        return Watched(
            exit_code=process.returncode,
            ended=ended,
            peak_mb=peak,
            seconds=took,
            stdout=stdout.read(),
            stderr=stderr.read(),
        )


def _waited(pid: int) -> float:
    """Seconds that the main thread of a process was ready to run and had no core; 0 if unknown.

    A busy machine delays every process. That is no overrun of the run.
    """
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text("ascii").split()[1]) / 1e9
    except OSError:
        return 0.0


def _wait(process: psutil.Popen) -> None:
    try:
        process.wait(_SAMPLE_SEC)
    except (psutil.TimeoutExpired, subprocess.TimeoutExpired):
        return


def _tree(process: psutil.Process) -> list[psutil.Process]:
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _memory(process: psutil.Process) -> float:
    total = 0.0
    for member in _tree(process):
        try:
            total += member.memory_info().rss / _MB
        except psutil.NoSuchProcess:
            continue
    return total


def _kill(process: psutil.Process) -> None:
    for member in reversed(_tree(process)):
        try:
            member.kill()
        except psutil.NoSuchProcess:
            continue
