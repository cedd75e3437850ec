"""Which tests of the oracle reach a line, and running those of a mutant, the quickest first.

``record`` runs the tests once and writes ``reached.json``: how long each test takes, and which
tests execute each line. ``run`` compares the mutated files with those of the folder ``pristine``,
and runs the tests that execute a line that differs; all tests, where it is executed on import.

Usage: python mutation_tests.py record TEST...
       python mutation_tests.py run
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import coverage
import msgspec
import pytest

REACHED = Path("reached.json")
PRISTINE = Path("pristine")
MUTATED = ("oracle/model", "oracle/checks")
_QUIET = ("-x", "-q", "-n0", "-p", "no:cacheprovider")


class Reached(msgspec.Struct, kw_only=True):
    """What the tests execute."""

    seconds: dict[str, float]
    """By test."""
    tests: dict[str, dict[int, list[str]]]
    """By file and line; a line that is executed on import has none."""


class _Recorder:
    """A plugin of pytest that starts a context of coverage with each test, and times it."""

    def __init__(self, tracer: coverage.Coverage) -> None:
        self._tracer = tracer
        self.seconds: dict[str, float] = {}

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._tracer.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration


def record(tests: Iterable[str], mutated: Iterable[Path]) -> int:
    """Runs ``tests`` and writes what they reach in the files ``mutated``; pytest's exit code."""
    tracer = coverage.Coverage(
        data_file=None, include=[str(path.resolve()) for path in mutated], config_file=False
    )
    recorder = _Recorder(tracer)
    tracer.start()
    code = pytest.main([*_QUIET, *tests], plugins=[recorder])
    tracer.stop()
    data = tracer.get_data()
    reached: dict[str, dict[int, list[str]]] = {}
    for name in data.measured_files():
        own = Path(name).relative_to(Path.cwd())
        by_line = data.contexts_by_lineno(name)
        reached[str(own)] = {
            line: [] if "" in names else sorted(names) for line, names in by_line.items()
        }
    REACHED.write_bytes(msgspec.json.encode(Reached(seconds=recorder.seconds, tests=reached)))
    return int(code)


def tests_of_change(reached: Reached, mutated: Iterable[Path]) -> list[str] | None:
    """The tests that execute a line that differs from the pristine one, the quickest first.

    None where no test executes any.
    """
    tests: set[str] = set()
    everything = set(reached.seconds)
    for path in mutated:
        before, after = (PRISTINE / path).read_text("utf-8"), path.read_text("utf-8")
        if before == after:
            continue
        lines = reached.tests.get(str(path), {})
        for line in _changed(before.splitlines(), after.splitlines()):
            # A statement of several lines is executed at its first one.
            first = max((known for known in lines if known <= line), default=None)
            if first is not None:
                tests.update(lines[first] or everything)
    return sorted(tests, key=lambda test: (reached.seconds[test], test)) or None


def _changed(before: list[str], after: list[str]) -> Iterator[int]:
    """The numbers of the lines of ``before``, from 1, that ``after`` has not as they are."""
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for tag, start, end, _, _ in matcher.get_opcodes():
        if tag != "equal":
            yield from range(start + 1, max(end, start + 1) + 1)


def main() -> int:
    order, *arguments = sys.argv[1:]
    mutated = sorted(Path("oracle/model").rglob("*.py")) + sorted(
        Path("oracle/checks").rglob("*.py")
    )
    if order == "record":
        return record(arguments, mutated)
    tests = tests_of_change(msgspec.json.decode(REACHED.read_bytes(), type=Reached), mutated)
    return int(pytest.main([*_QUIET, *tests])) if tests else 0


if __name__ == "__main__":
    sys.exit(main())
