"""A run of hours at full speed: does its memory grow, do its handles, is anything lost?

    python benchmarks/soak.py [--minutes 60] [--workers 2] [--fault NAME ...]

The sandbox is a process of its own, which counts the requests that it was sent. The memory, open
files and threads of the run's process tree are sampled. The first tenth of the time is not in
the slope: caches fill then. Prints the figures and writes ``benchmarks/out/soak.json``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from statistics import linear_regression, mean
from time import monotonic

import msgspec
import psutil

OUT = Path(__file__).parent / "out"
_SAMPLE_SEC = 5.0
_MB = 1_000_000
_WARM_UP = 0.1
"""Share of the time whose samples are not in the slope."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """The process tree of the run at one moment, without the sandbox."""

    seconds: float
    mb: float
    handles: int
    threads: int
    processes: int


class _Bug(msgspec.Struct, frozen=True):
    signature: str


class _Summary(msgspec.Struct, frozen=True):
    requests: int
    scenarios: int
    seconds: float
    discrepancies: list[_Bug]


class Soak(msgspec.Struct, frozen=True, kw_only=True):
    """One soak."""

    exit_code: int
    requests: int
    scenarios: int
    seconds: float
    record_mb: float
    folder_mb: float
    mb_at_first: float
    """Mean of the first tenth after the warm-up."""
    mb_at_last: float
    mb_per_hour: float
    """Slope of the memory after the warm-up."""
    mb_peak: float
    handles: tuple[int, int]
    """At the end of the warm-up, and at the end."""
    threads: tuple[int, int]
    discrepancies: int
    lost: int
    """Signatures of the summary that a report of the record alone does not have."""
    requests_differ: int
    """Between the summary, and a report that was made of the record."""
    samples: list[Sample]


def soaked(minutes: float, workers: int, faults: Sequence[str]) -> Soak:
    """One run of ``minutes`` against a sandbox with ``faults``."""
    key = "soak-3f1c0d9b7a25e864"
    environment = {**os.environ, "CARTFUZZ_API_KEY": key}
    cartfuzz = [sys.executable, "-m", "cartfuzz.cli"]
    with tempfile.TemporaryDirectory(prefix="cartfuzz-soak-") as name:
        folder = Path(name) / "run"
        serve = [*cartfuzz, "serve", "--port", "0"]
        for fault in faults:
            serve += ["--fault", fault]
        sandbox = subprocess.Popen(serve, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            assert sandbox.stdout is not None
            url = sandbox.stdout.readline().split(" ")[2]
            command = [*cartfuzz, "run", url, "--duration", f"{minutes:g}m", "--record", "sampled"]
            command += ["--workers", str(workers), "--report-dir", str(folder), "-q"]
            with (Path(name) / "printed").open("wb") as printed:
                run = psutil.Popen(command, env=environment, stdout=printed)
                samples = _watch(run)
        finally:
            sandbox.terminate()
            sandbox.wait()
        summary = _summary(folder)
        files = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
        size = (folder / "events.ndjson").stat().st_size
        (folder / "summary.json").unlink()
        subprocess.run([*cartfuzz, "report", str(folder), "-qq"], check=False, env=environment)
        again = _summary(folder)
    kept = [sample for sample in samples if sample.seconds >= _WARM_UP * samples[-1].seconds]
    tenth = max(1, len(kept) // 10)
    slope, _ = linear_regression([s.seconds for s in kept], [s.mb for s in kept])
    found = {bug.signature for bug in summary.discrepancies}
    return Soak(
        exit_code=run.returncode,
        requests=summary.requests,
        scenarios=summary.scenarios,
        seconds=summary.seconds,
        record_mb=size / _MB,
        folder_mb=sum(files) / _MB,
        mb_at_first=mean(sample.mb for sample in kept[:tenth]),
        mb_at_last=mean(sample.mb for sample in kept[-tenth:]),
        mb_per_hour=slope * 3600,
        mb_peak=max(sample.mb for sample in samples),
        handles=(kept[0].handles, kept[-1].handles),
        threads=(kept[0].threads, kept[-1].threads),
        discrepancies=len(found),
        lost=len(found - {bug.signature for bug in again.discrepancies}),
        requests_differ=summary.requests - again.requests,
        samples=samples,
    )


def _summary(folder: Path) -> _Summary:
    return msgspec.json.decode((folder / "summary.json").read_bytes(), type=_Summary)


def _watch(run: psutil.Popen) -> list[Sample]:
    began = monotonic()
    samples: list[Sample] = []
    while run.poll() is None:
        tree = [run, *run.children(recursive=True)]
        mb, handles, threads = 0.0, 0, 0
        for process in tree:
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                mb += process.memory_info().rss / _MB
                handles += process.num_fds()
                threads += process.num_threads()
        samples.append(
            Sample(
                seconds=monotonic() - began,
                mb=mb,
                handles=handles,
                threads=threads,
                processes=len(tree),
            )
        )
        with suppress(psutil.TimeoutExpired, subprocess.TimeoutExpired):
            run.wait(_SAMPLE_SEC)
    return samples


def main() -> None:
    """Prints the figures of one soak."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--fault", nargs="*", default=["closes-cancelled-sessions"])
    given = parser.parse_args()
    soak = soaked(given.minutes, given.workers, given.fault)
    OUT.mkdir(exist_ok=True)
    (OUT / "soak.json").write_bytes(msgspec.json.format(msgspec.json.encode(soak), indent=1))
    print(
        f"{soak.requests:,} requests, {soak.scenarios:,} scenarios in {soak.seconds / 60:.1f} "
        f"minutes ({soak.requests / soak.seconds:.0f}/s), exit code {soak.exit_code}"
    )
    print(
        f"memory of all processes: {soak.mb_at_first:.0f} MB after the warm-up, "
        f"{soak.mb_at_last:.0f} MB at the end, {soak.mb_per_hour:+.1f} MB an hour, "
        f"peak {soak.mb_peak:.0f} MB"
    )
    print(
        f"handles {soak.handles[0]} -> {soak.handles[1]}; "
        f"threads {soak.threads[0]} -> {soak.threads[1]}"
    )
    print(
        f"record {soak.record_mb:.0f} MB, folder {soak.folder_mb:.0f} MB; {soak.discrepancies} "
        f"discrepancies, lost {soak.lost}; requests that the record lacks: {soak.requests_differ}"
    )


if __name__ == "__main__":
    main()
