"""Tests the tests of the oracle: how many small mistakes in the model and the checks go unnoticed?

Copies the project to a temporary folder, runs the tests of the oracle there once to learn which
test executes which line, has cosmic-ray make mutants of ``oracle/model`` and ``oracle/checks``,
draws a sample of them, and runs on each the tests that execute its line, the quickest first: those
of the oracle, the smallest scenario of every seeded fault, the clean sandbox; with ``--campaigns``
also the campaign on every seeded fault in process. Prints the score and each survivor, and writes
``benchmarks/out/mutation.json``.

A mutant that survives is a place to look, not always a gap: some mutants change nothing. Each takes
some seconds if it is killed, up to two minutes if not. Needs the extra ``cartfuzz[mutation]``.

Usage: python benchmarks/mutation.py [--sample N] [--seed N] [--workers N] [--campaigns]
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome
from mutation_tests import MUTATED

ROOT = Path(__file__).parent.parent
OUT = Path(__file__).parent / "out"
ROOMS = [
    folder
    for folder in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"][
        "package-dir"
    ].values()
    if folder != "package"
]
TESTS = (
    "tests/oracle",
    "tests/test_smallest.py",
    "tests/test_observed.py",
    "tests/test_every_rule.py",
    "tests/sandbox/test_faults.py::test_the_clean_sandbox_raises_no_alarm",
    "tests/harness/transport/test_hostile_answers.py",
)
FAULTS = "tests/sandbox/test_faults.py"
RUNNER = "mutation_tests.py"
SESSION = "session.sqlite"
_TIMEOUT_SEC = 900
_ANNOTATIONS = "%BitOr%"
"""Mutants of ``X | Y``: nearly all stand in annotations, which nothing evaluates."""


class Mutant(msgspec.Struct, frozen=True, kw_only=True):
    """One mutant and what became of it."""

    module: str
    line: int
    operator: str
    outcome: str
    """``killed``, ``survived``, or ``incompetent`` where it could not even be run."""
    diff: str


def copied(folder: Path) -> None:
    """The tracked files of the project, and its packages under their import names."""
    archive = subprocess.run(
        ["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True
    ).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)
    linked(folder)


def linked(folder: Path) -> None:
    """Links the packages of the copy ``folder`` under their import names, anew."""
    packages = folder / "packages" / "cartfuzz"
    shutil.rmtree(packages, ignore_errors=True)
    packages.mkdir(parents=True)
    (packages / "__init__.py").symlink_to(folder / "package" / "__init__.py")
    for room in ROOMS:
        (packages / room).symlink_to(folder / room)


def configured(folder: Path) -> None:
    """Writes cosmic-ray's configuration."""
    paths = ", ".join(f'"{path}"' for path in MUTATED)
    (folder / "mutation.toml").write_text(
        "[cosmic-ray]\n"
        f"module-path = [{paths}]\n"
        f"timeout = {_TIMEOUT_SEC}.0\n"
        "excluded-modules = []\n"
        f'test-command = "{sys.executable} {RUNNER} run"\n'
        "[cosmic-ray.distributor]\n"
        'name = "local"\n'
    )


def sampled(session: Path, size: int, seed: int) -> tuple[list[str], int]:
    """The jobs of a random sample of mutants in ``session``, and how many mutants there are.

    The names of jobs differ from run to run, so the sample is drawn from what they change.
    """
    with sqlite3.connect(session) as database:
        rows = database.execute(
            "SELECT job_id FROM mutation_specs WHERE operator_name NOT LIKE ? "
            "ORDER BY module_path, operator_name, operator_args, occurrence",
            (_ANNOTATIONS,),
        )
        jobs = [row[0] for row in rows]
    return random.Random(seed).sample(jobs, min(size, len(jobs))), len(jobs)


def keep(session: Path, jobs: Sequence[str]) -> None:
    """Leaves only ``jobs`` in ``session``."""
    with sqlite3.connect(session) as database:
        everything = database.execute("SELECT job_id FROM work_items").fetchall()
        gone = [(job,) for (job,) in everything if job not in jobs]
        database.executemany("DELETE FROM mutation_specs WHERE job_id = ?", gone)
        database.executemany("DELETE FROM work_items WHERE job_id = ?", gone)


def outcomes(session: Path) -> Iterator[Mutant]:
    with use_db(session, WorkDB.Mode.open) as database:
        for item, result in database.completed_work_items:
            mutation = item.mutations[0]
            survived = result.test_outcome is TestOutcome.SURVIVED
            incompetent = result.test_outcome is TestOutcome.INCOMPETENT
            yield Mutant(
                module=str(mutation.module_path),
                line=mutation.start_pos[0],
                operator=mutation.operator_name.rpartition("/")[2],
                outcome="survived" if survived else "incompetent" if incompetent else "killed",
                diff=result.diff or "",
            )


def ran(folder: Path, *command: str) -> None:
    """Runs a command in the copy ``folder``, which imports its own packages."""
    environment = {**os.environ, "PYTHONPATH": str(folder / "packages")}
    subprocess.run(command, cwd=folder, env=environment, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--campaigns", action="store_true", help="run the seeded faults as well")
    options = parser.parse_args()
    cosmic_ray = str(Path(sys.executable).parent / "cosmic-ray")
    with tempfile.TemporaryDirectory(prefix="cartfuzz-mutation-") as name:
        folders = [Path(name) / str(number) for number in range(options.workers)]
        first = folders[0]
        first.mkdir()
        copied(first)
        shutil.copytree(first / "oracle", first / "pristine" / "oracle")
        shutil.copy(Path(__file__).parent / RUNNER, first)
        ran(first, sys.executable, RUNNER, "record", *TESTS, *([FAULTS] * options.campaigns))
        configured(first)
        ran(first, cosmic_ray, "init", "mutation.toml", SESSION)
        jobs, count = sampled(first / SESSION, options.sample, options.seed)
        for folder in folders[1:]:
            shutil.copytree(first, folder, symlinks=True)
            linked(folder)
        for number, folder in enumerate(folders):
            keep(folder / SESSION, jobs[number :: options.workers])
        with ThreadPoolExecutor(options.workers) as pool:
            list(
                pool.map(
                    lambda folder: ran(folder, cosmic_ray, "exec", "mutation.toml", SESSION),
                    folders,
                )
            )
        found = [mutant for folder in folders for mutant in outcomes(folder / SESSION)]
    OUT.mkdir(exist_ok=True)
    (OUT / "mutation.json").write_bytes(msgspec.json.format(msgspec.json.encode(found)))
    survivors = [mutant for mutant in found if mutant.outcome == "survived"]
    for mutant in survivors:
        print(f"survived: {mutant.module}:{mutant.line} {mutant.operator}\n{mutant.diff}\n")
    print(f"{len(found) - len(survivors)} of {len(found)} mutants killed, out of {count}")


if __name__ == "__main__":
    main()
