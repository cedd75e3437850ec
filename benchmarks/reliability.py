"""What hostile answers do to a run: crashes, memory, overruns, unjust findings, leaks.

For each mode of the hostile server in ``tests/hostile`` there is a short ``cartfuzz run`` in a
process of its own: once with all answers disturbed, once with one in five after the first twenty.
Prints a table and the modes that failed, and writes ``benchmarks/out/reliability.json``.

Usage: python benchmarks/reliability.py [--modes PATTERN ...] [--share all|some ...] [--seconds N]
       [--jobs N] [--piece K/N] [--add]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatch
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table
from watched import watched

from cartfuzz.sandbox import start

sys.path.insert(0, str(Path(__file__).parent.parent))
from left_behind import control_characters, findings, leaks, size_mb

from tests.hostile.canary import Canary
from tests.hostile.keys import BENCH_KEY
from tests.hostile.mode import Area, Mode
from tests.hostile.server import HostileServer, Turns
from tests.hostile.table import BY_NAME, LAWFUL, MODES

OUT = Path(__file__).parent / "out"
_STORED = OUT / "reliability.json"
_TURNS = {"all": Turns(), "some": Turns(every=5, lawful_first=20)}
_VERDICTS = frozenset({0, 1, 3, 5, 6, 8})
"""Exit codes of a run that ended as it should, whatever it found."""
_MINIMISE_SEC = 2
_TIMEOUT_SEC = 1
_GRACE_SEC = 5.0
"""For reports and a busy machine; more than this beyond its deadline, and the run is late."""
_KILL_SEC = 12.0
_GOAL_MB = 300.0
_KILL_MB = 1_500.0
_GOAL_FOLDER_MB = 50.0
_READ_REPORTS = frozenset({Area.SECRET, Area.TERMINAL, Area.MARKUP})
"""Areas whose runs make all reports, because they attack who reads them."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One run against one mode."""

    mode: str
    area: str
    share: str
    exit_code: int
    peak_mb: float
    overrun_sec: float
    """Beyond duration, time to minimise and one timeout; from the first connection on."""
    disturbed: int
    """Answers that were disturbed."""
    folder_mb: float
    findings: list[str]
    unjust: list[str]
    leaks: list[str]
    controls: list[str]
    canary: int
    failures: list[str]
    """What went wrong, one sentence each."""
    stderr: str
    """The last line of it."""


class _Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What all runs have in common."""

    seconds: int
    seed: int
    lawful: str
    keep: Path | None


def _command(shape: _Shape, mode: Mode, url: str, folder: str) -> list[str]:
    reports = "markdown,sarif,har,html" if mode.area in _READ_REPORTS else "markdown"
    options = {
        "--duration": f"{shape.seconds}s",
        "--minimise-time": f"{_MINIMISE_SEC}s",
        "--timeout": str(_TIMEOUT_SEC),
        "--workers": "1",
        "--seed": str(shape.seed),
        "--report-dir": folder,
        "--report": reports,
    }
    words = [word for option in options.items() for word in option]
    return [sys.executable, "-m", "cartfuzz.cli", "run", url, "-v", "--allow-partial", *words]


def measured(shape: _Shape, mode: Mode, share: str) -> Row:
    """One run against one mode."""
    deadline = shape.seconds + _MINIMISE_SEC + _TIMEOUT_SEC
    with tempfile.TemporaryDirectory(prefix="cartfuzz-hostile-") as temporary:
        folder = Path(temporary) / "run" if shape.keep is None else shape.keep / mode.name / share
        with (
            Canary() as canary,
            HostileServer(shape.lawful, BENCH_KEY, mode, _TURNS[share], canary.url) as server,
        ):
            went = watched(
                _command(shape, mode, server.url, str(folder)),
                {**os.environ, "CARTFUZZ_API_KEY": BENCH_KEY, "COLUMNS": "100"},
                server.connected,
                seconds=deadline + _KILL_SEC,
                memory_mb=_KILL_MB,
            )
        printed = went.stdout + went.stderr
        found, unreadable = _read(folder)
        row = Row(
            mode=mode.name,
            area=mode.area,
            share=share,
            exit_code=went.exit_code,
            peak_mb=round(went.peak_mb),
            overrun_sec=round(max(0.0, went.seconds - deadline), 1),
            disturbed=server.disturbed,
            folder_mb=round(size_mb(folder), 1),
            findings=found,
            unjust=[] if mode.finding else found,
            leaks=leaks(folder, printed, BENCH_KEY, thorough=mode.area is Area.SECRET),
            controls=control_characters(printed),
            canary=canary.connections,
            failures=[],
            stderr=_last_line(went.stderr),
        )
    return msgspec.structs.replace(row, failures=_failures(row, went.ended, printed) + unreadable)


def _read(folder: Path) -> tuple[list[str], list[str]]:
    """The findings, and why they cannot be read."""
    try:
        return findings(folder), []
    except ValueError as error:
        return [], [f"summary.json cannot be read: {error}"]


def _last_line(text: bytes) -> str:
    lines = text.decode("utf-8", "replace").strip().splitlines()
    return ascii(lines[-1][:200]) if lines else ""


def _failures(row: Row, ended: str, printed: bytes) -> list[str]:
    claims = (
        (bool(ended), f"killed: {ended}"),
        (not ended and row.exit_code not in _VERDICTS, f"exit code {row.exit_code}: {row.stderr}"),
        (b"Traceback (most recent call last)" in printed, "a traceback was printed"),
        (not ended and row.overrun_sec > _GRACE_SEC, f"overrun of {row.overrun_sec} s"),
        (row.peak_mb > _GOAL_MB, f"{row.peak_mb:.0f} MB"),
        (row.folder_mb > _GOAL_FOLDER_MB, f"a report folder of {row.folder_mb:.0f} MB"),
        (bool(row.unjust), "unjust: " + ", ".join(sorted(set(row.unjust)))),
        (bool(row.leaks), "the key is in " + ", ".join(sorted(set(row.leaks)))),
        (bool(row.controls), "printed raw: " + ", ".join(row.controls)),
        (row.canary > 0, f"{row.canary} requests to the canary"),
    )
    return [sentence for failed, sentence in claims if failed]


def _selected(patterns: Sequence[str], piece: str) -> list[Mode]:
    """Modes whose name or area fits a pattern; every N-th of them for a piece."""
    which, _, of = piece.partition("/")
    chosen = [
        mode
        for mode in MODES
        if any(fnmatch(mode.name, each) or fnmatch(mode.area, each) for each in patterns)
    ]
    return chosen[int(which) - 1 :: int(of)]


def _table(rows: Sequence[Row]) -> Table:
    table = Table(title="Hostile answers")
    for column in (
        "area",
        "tried",
        "survived",
        "peak MB",
        "overrun s",
        "unjust",
        "leaked",
        "control",
        "canary",
    ):
        table.add_column(column, justify="left" if column == "area" else "right")
    for area in [*Area, None]:
        part = [row for row in rows if area is None or row.area == area]
        if not part:
            continue
        table.add_row(
            "all" if area is None else area,
            str(len(part)),
            str(sum(_survived(row) for row in part)),
            f"{max(row.peak_mb for row in part):,.0f}",
            f"{max(row.overrun_sec for row in part):.1f}",
            str(sum(len(row.unjust) for row in part)),
            str(sum(bool(row.leaks) for row in part)),
            str(sum(bool(row.controls) for row in part)),
            str(sum(row.canary for row in part)),
            end_section=area is Area.TIME,
        )
    return table


def _survived(row: Row) -> bool:
    """Whether the run ended by itself, in time, with a verdict."""
    ways = ("killed", "exit code", "a traceback", "overrun")
    return not any(failure.startswith(ways) for failure in row.failures)


def _printed(rows: Sequence[Row]) -> None:
    console = Console(width=110, highlight=False, markup=False)
    console.print(_table(rows))
    for row in rows:
        for failure in row.failures:
            console.print(f"{row.mode} ({row.share}): {failure}")
    failed = sum(bool(row.failures) for row in rows)
    modes = len({row.mode for row in rows})
    console.print(f"{modes} modes, {len(rows)} runs, {failed} of them failed")


def _earlier() -> list[Row]:
    """The rows of the last time."""
    return msgspec.json.decode(_STORED.read_bytes(), type=list[Row]) if _STORED.is_file() else []


def _stored(rows: Sequence[Row]) -> list[Row]:
    """Writes the last row of each run, in the order of the table."""
    kept = {(row.mode, row.share): row for row in rows}
    order = {name: place for place, name in enumerate(BY_NAME)}
    together = sorted(kept.values(), key=lambda row: (order.get(row.mode, -1), row.share))
    OUT.mkdir(exist_ok=True)
    _STORED.write_bytes(msgspec.json.format(msgspec.json.encode(together)) + b"\n")
    return together


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--modes", nargs="+", default=["*"], metavar="PATTERN", help="names, areas")
    parser.add_argument("--share", nargs="+", choices=sorted(_TURNS), default=sorted(_TURNS))
    parser.add_argument("--seconds", type=int, default=2, help="duration of each run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="runs at the same time")
    parser.add_argument("--piece", default="1/1", metavar="K/N", help="each N-th mode only")
    parser.add_argument("--add", action="store_true", help="add to the rows of the last time")
    parser.add_argument("--keep", type=Path, help="folder that keeps the report folders")
    options = parser.parse_args()
    jobs = [
        (mode, share) for mode in _selected(options.modes, options.piece) for share in options.share
    ]
    with start(api_key=BENCH_KEY) as lawful, ThreadPoolExecutor(options.jobs) as pool:
        shape = _Shape(
            seconds=options.seconds, seed=options.seed, lawful=lawful.url, keep=options.keep
        )
        control = measured(shape, LAWFUL, "some")
        if control.failures or control.findings:
            print(f"the lawful answers failed: {control}", file=sys.stderr)
            return 1
        rows: list[Row] = []
        together: list[Row] = []
        earlier = _earlier() if options.add else []
        for row in pool.map(lambda job: measured(shape, *job), jobs):
            rows.append(row)
            together = _stored([*earlier, *rows])
            print(
                f"{row.mode:28} {row.share:4} exit {row.exit_code:3} {row.peak_mb:5.0f} MB "
                f"+{row.overrun_sec:4.1f} s {row.disturbed:5}  {'; '.join(row.failures)}",
                file=sys.stderr,
                flush=True,
            )
    _printed(together)
    return 1 if any(row.failures for row in together) else 0


if __name__ == "__main__":
    sys.exit(main())
