"""The ready-made suite as its users have it: from the built wheel, in a fresh virtual environment.

Builds a wheel, installs it beside pytest, and prints three tables: what the plugin costs a run that
has no target (paired with the same run without the plugin), the wall time with two workers against
none, and the red tests for each seeded fault. Writes ``benchmarks/out/suite.json``.

Usage: python benchmarks/suite.py [--faults N] [--only FAULT ...] [--pairs N]

``--faults N`` takes every fault whose turn it is when N are spread evenly; 0 leaves the table out.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from xml.etree import ElementTree as ET

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.sandbox import FAULTS, Fault

ROOT = Path(__file__).parent.parent
OUT = Path(__file__).parent / "out"
SUITE = ("--pyargs", "cartfuzz.suite", "--cartfuzz-sandbox", "-q", "-p", "no:cacheprovider")


class FaultRow(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the suite on the sandbox with one fault."""

    fault: str
    rules: tuple[str, ...]
    red: tuple[str, ...]
    """The IDs of the red tests."""
    errors: tuple[str, ...]
    """The IDs of tests that could not be carried out."""
    right: bool
    """Whether the test of a rule that the fault breaks is among them."""
    seconds: float


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was measured; times in seconds."""

    start_up: dict[str, float]
    """Medians: with the plugin, without, and the median difference of the pairs."""
    workers: dict[str, float]
    """Wall time of the whole suite on the clean sandbox by ``-n``."""
    faults: list[FaultRow]


class Installed:
    """A virtual environment with the wheel in it, and an empty folder to run in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._python = folder / "venv" / "bin" / "python"

    def install(self) -> None:
        source = self.folder / "source"
        listed = _run(ROOT, "git", "ls-files", "-z").stdout.split("\0")
        for name in filter(None, listed):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
        pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
        _checked(_run(source, *pip, "wheel", "-q", "--no-deps", "-w", str(self.folder), "."))
        venv.create(self.folder / "venv", with_pip=True)
        (wheel,) = self.folder.glob("cartfuzz-*.whl")
        _checked(self.run("pip", "install", "-q", str(wheel), "pytest", "pytest-xdist"))

    def run(self, module: str, *args: str) -> subprocess.CompletedProcess[str]:
        return _run(self.folder, str(self._python), "-m", module, *args)

    def timed(self, *args: str) -> tuple[float, subprocess.CompletedProcess[str]]:
        started = perf_counter()
        result = self.run("pytest", *args)
        return perf_counter() - started, result


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def _checked(result: subprocess.CompletedProcess[str]) -> None:
    if result.returncode:
        raise SystemExit(f"{result.args}\n{result.stdout[-3000:]}{result.stderr[-3000:]}")


def start_up(installed: Installed, pairs: int) -> dict[str, float]:
    """``pytest --collect-only`` on an empty test file with the plugin and without, in turns."""
    (installed.folder / "test_empty.py").write_text("def test_nothing():\n    pass\n", "utf-8")
    collect = ("--collect-only", "-q", "-p", "no:cacheprovider", "test_empty.py")
    with_plugin, without = [], []
    for number in range(pairs + 1):
        pair = [installed.timed(*collect)[0], installed.timed("-p", "no:cartfuzz", *collect)[0]]
        if number:  # the first one compiles
            with_plugin.append(pair[0])
            without.append(pair[1])
    differences = [one - other for one, other in zip(with_plugin, without, strict=True)]
    return {
        "with": statistics.median(with_plugin),
        "without": statistics.median(without),
        "difference": statistics.median(differences),
    }


def workers(installed: Installed) -> dict[str, float]:
    """The whole suite on the clean sandbox; it must be green."""
    times = {}
    for count in ("0", "2"):
        times[count], result = installed.timed(*SUITE, "-n", count)
        _checked(result)
    return times


def run_fault(installed: Installed, fault: Fault) -> FaultRow:
    contract = fault.environment(EXAMPLE_ENVIRONMENT).contract.value
    report = installed.folder / "junit.xml"
    report.unlink(missing_ok=True)
    seconds, result = installed.timed(
        *SUITE, "--cartfuzz-sandbox-fault", fault.name, "--junitxml", str(report), "-n", "2"
    )
    if not report.exists():
        raise SystemExit(result.stdout[-3000:] + result.stderr[-3000:])
    red = tuple(sorted(_ended(report, "failure")))
    right = any(f"test_rule[{contract}-{rule}]" in red for rule in fault.rules)
    return FaultRow(
        fault=fault.name,
        rules=fault.rules,
        red=red,
        errors=tuple(sorted(_ended(report, "error"))),
        right=right,
        seconds=round(seconds, 1),
    )


def _ended(report: Path, how: str) -> Iterator[str]:
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - our own file
        if case.find(how) is not None:
            yield str(case.get("name"))


def chosen(number: int, only: Sequence[str]) -> list[Fault]:
    if only:
        return [FAULTS[name] for name in only]
    faults = list(FAULTS.values())
    return [faults[place * len(faults) // number] for place in range(min(number, len(faults)))]


def print_result(result: Result, console: Console) -> None:
    cost = result.start_up
    console.print(
        f"start-up: {cost['with'] * 1000:.0f} ms with the plugin, {cost['without'] * 1000:.0f} ms "
        f"without; median of the paired differences {cost['difference'] * 1000:.1f} ms"
    )
    times = result.workers
    console.print(
        f"whole suite: -n 0 {times['0']:.1f} s, -n 2 {times['2']:.1f} s, "
        f"ratio {times['2'] / times['0']:.2f}"
    )
    if not result.faults:
        return
    table = Table("fault", "breaks", "right", "red tests", title="Red tests by seeded fault")
    for row in result.faults:
        red = f"{len(row.red)}: {', '.join(row.red)}"
        if row.errors:
            red += f"; errors: {', '.join(row.errors)}"
        right = "yes" if row.right else "NO"
        table.add_row(row.fault, ", ".join(row.rules), right, escape(red))
    console.print(table)
    rightly = sum(row.right for row in result.faults)
    few = sum(row.right and len(row.red) <= 3 for row in result.faults)
    console.print(
        f"{rightly} of {len(result.faults)}: the right rule's test is red; "
        f"{few}: and at most three tests are"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--faults", type=int, default=len(FAULTS), metavar="N")
    parser.add_argument("--only", nargs="+", default=(), metavar="FAULT", choices=FAULTS)
    parser.add_argument("--pairs", type=int, default=15, metavar="N")
    options = parser.parse_args()
    console = Console(width=160)
    with tempfile.TemporaryDirectory(prefix="cartfuzz-suite-") as folder:
        installed = Installed(Path(folder))
        installed.install()
        cost, times, rows = start_up(installed, options.pairs), workers(installed), []
        for fault in chosen(options.faults, options.only):
            rows.append(run_fault(installed, fault))
            print(f"{fault.name}: {', '.join(rows[-1].red)}; {rows[-1].seconds} s", file=sys.stderr)
        result = Result(start_up=cost, workers=times, faults=rows)
    OUT.mkdir(exist_ok=True)
    (OUT / "suite.json").write_bytes(msgspec.json.format(msgspec.json.encode(result)))
    print_result(result, console)


if __name__ == "__main__":
    main()
