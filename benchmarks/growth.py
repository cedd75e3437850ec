"""What long runs cost: time a request, memory and record by the number of requests.

Runs the default campaign on the embedded sandbox with more and more requests, each in a process of
its own. Memory that grows with the run, or a record that grows faster, would show here. Prints a
table and writes ``benchmarks/out/growth.json``.

Usage: python benchmarks/growth.py [--requests N ...] [--workers N] [--record POLICY ...]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

OUT = Path(__file__).parent / "out"
_RUN = """
import json, resource, sys
from cartfuzz.cli import main
status = main(sys.argv[1:])
peak = {
    name: resource.getrusage(who).ru_maxrss / 1024
    for name, who in (("parent", resource.RUSAGE_SELF), ("child", resource.RUSAGE_CHILDREN))
}
print(json.dumps({"status": status, **peak}))
"""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One run."""

    record: str
    """The record policy."""
    requests: int
    seconds: float
    parent_mb: float
    """Peak of resident memory of the process that the user started."""
    child_mb: float
    """Of the largest of its children: the sandbox, and the workers where there are several."""
    record_kb: float
    discrepancies: int


class _Peaks(msgspec.Struct, frozen=True):
    status: int
    parent: float
    child: float


class _Summary(msgspec.Struct, frozen=True):
    requests: int
    seconds: float
    discrepancies: list[msgspec.Raw]


def measure(requests: int, workers: int, record: str) -> Row:
    """One run with ``requests`` requests and the record policy ``record``."""
    with tempfile.TemporaryDirectory(prefix="cartfuzz-growth-") as name:
        folder = Path(name)
        options = ["--requests", str(requests), "--workers", str(workers), "--seed", "1", "-qq"]
        options += ["--record", record]
        done = subprocess.run(
            [sys.executable, "-c", _RUN, "run", "--sandbox", *options, "--report-dir", name],
            capture_output=True,
            text=True,
            check=True,
        )
        peaks = msgspec.json.decode(done.stdout.strip().splitlines()[-1], type=_Peaks)
        summary = msgspec.json.decode((folder / "summary.json").read_bytes(), type=_Summary)
        size = (folder / "events.ndjson").stat().st_size
    return Row(
        record=record,
        requests=summary.requests,
        seconds=summary.seconds,
        parent_mb=round(peaks.parent, 1),
        child_mb=round(peaks.child, 1),
        record_kb=round(size / 1024, 1),
        discrepancies=len(summary.discrepancies),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, nargs="+", default=[10_000, 30_000, 100_000])
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--record", nargs="+", default=["failures", "sampled"])
    options = parser.parse_args()
    rows = []
    for requests in sorted(options.requests):
        for record in options.record:
            rows.append(measure(requests, options.workers, record))
            print(rows[-1], file=sys.stderr)
    OUT.mkdir(exist_ok=True)
    (OUT / "growth.json").write_bytes(msgspec.json.format(msgspec.json.encode(rows)) + b"\n")
    table = Table(title=f"Growth, {options.workers} worker{'s' * (options.workers > 1)}")
    columns = (
        "record",
        "requests",
        "ms a request",
        "parent MB",
        "child MB",
        "record kB",
        "bytes a request",
    )
    for column in (*columns, "discrepancies"):
        table.add_column(column, justify="right")
    for row in rows:
        each = 1000 * row.seconds / row.requests
        size = 1024 * row.record_kb / row.requests
        table.add_row(
            row.record,
            f"{row.requests:,}",
            f"{each:.2f}",
            f"{row.parent_mb:.0f}",
            f"{row.child_mb:.0f}",
            f"{row.record_kb:,.0f}",
            f"{size:.0f}",
            str(row.discrepancies),
        )
    Console(width=110).print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
