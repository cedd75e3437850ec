"""Tests the tests of the oracle: how many small mistakes in the model and the checks go unnoticed?

Copies the project to a temporary folder, has cosmic-ray make mutants of ``oracle/model`` and
``oracle/checks`` there, draws a sample of them, and runs the tests of the oracle on each: those of
the harness, the smallest scenario of every seeded fault, the clean sandbox; then, unless
``--quick``, the whole campaign on every seeded fault and dialect in process. Prints the score and
each survivor, and writes ``benchmarks/out/mutation.json``.
A mutant that survives is a place to look, not always a gap: some mutants change nothing. Each takes
some seconds if it is killed, some minutes if not. Needs the extra ``cartfuzz[mutation]``.

Usage: python benchmarks/mutation.py [--sample N] [--seed N] [--quick]
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome

ROOT = Path(__file__).parent.parent
OUT = Path(__file__).parent / "out"
ROOMS = (
    "contract",
    "wire",
    "record",
    "analysis",
    "oracle",
    "strategies",
    "harness",
    "reports",
    "sandbox",
    "cli",
    "pytest_plugin",
    "suite",
)
MUTATED = ("oracle/model", "oracle/checks")
TESTS = (
    "tests/test_smallest.py",
    "tests/test_observed.py",
    "tests/oracle/test_silences.py",
    "tests/oracle/test_model.py",
    "tests/oracle/test_sequential.py",
    "tests/oracle/test_findings.py",
    "tests/oracle/test_metamorphic.py",
    "tests/oracle/test_nondeterministic.py",
    "tests/oracle/test_fingerprints.py",
    "tests/oracle/test_attributes.py",
    "tests/oracle/test_bursts.py",
    "tests/oracle/test_lawful.py",
    "tests/test_every_rule.py",
    "tests/sandbox/test_faults.py::test_the_clean_sandbox_raises_no_alarm",
    "tests/harness/transport/test_hostile_answers.py",
)
FAULTS = "tests/sandbox/test_faults.py"
_PYTEST = f"{sys.executable} -m pytest -x -q -n0 -p no:cacheprovider -k 'not dialects'"
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
    packages = folder / "packages" / "cartfuzz"
    packages.mkdir(parents=True)
    (packages / "__init__.py").symlink_to(folder / "package" / "__init__.py")
    for room in ROOMS:
        (packages / room).symlink_to(folder / room)


def configured(folder: Path, *, quick: bool) -> Path:
    """cosmic-ray's configuration."""
    tests = " ".join(TESTS if quick else (*TESTS, FAULTS))
    paths = ", ".join(f'"{path}"' for path in MUTATED)
    configuration = folder / "mutation.toml"
    configuration.write_text(
        "[cosmic-ray]\n"
        f"module-path = [{paths}]\n"
        f"timeout = {_TIMEOUT_SEC}.0\n"
        "excluded-modules = []\n"
        f'test-command = "{_PYTEST} {tests}"\n'
        "[cosmic-ray.distributor]\n"
        'name = "local"\n'
    )
    return configuration


def sampled(session: Path, size: int, seed: int) -> int:
    """Leaves a random sample of mutants in ``session``; how many there were."""
    with sqlite3.connect(session) as database:
        rows = database.execute(
            "SELECT job_id FROM mutation_specs WHERE operator_name NOT LIKE ?", (_ANNOTATIONS,)
        )
        jobs = sorted(row[0] for row in rows)
        kept = set(random.Random(seed).sample(jobs, min(size, len(jobs))))
        everything = database.execute("SELECT job_id FROM work_items").fetchall()
        gone = [(job,) for (job,) in everything if job not in kept]
        database.executemany("DELETE FROM mutation_specs WHERE job_id = ?", gone)
        database.executemany("DELETE FROM work_items WHERE job_id = ?", gone)
    return len(jobs)


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="leave the seeded faults out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cartfuzz-mutation-") as name:
        folder = Path(name)
        copied(folder)
        configuration = configured(folder, quick=options.quick)
        session = folder / "session.sqlite"
        environment = {**os.environ, "PYTHONPATH": str(folder / "packages")}

        def cosmic_ray(*arguments: str) -> None:
            subprocess.run(
                [str(Path(sys.executable).parent / "cosmic-ray"), *arguments],
                cwd=folder,
                env=environment,
                check=True,
            )

        cosmic_ray("init", configuration.name, session.name)
        count = sampled(session, options.sample, options.seed)
        cosmic_ray("exec", configuration.name, session.name)
        found = list(outcomes(session))
    OUT.mkdir(exist_ok=True)
    (OUT / "mutation.json").write_bytes(msgspec.json.format(msgspec.json.encode(found)))
    survivors = [mutant for mutant in found if mutant.outcome == "survived"]
    for mutant in survivors:
        print(f"survived: {mutant.module}:{mutant.line} {mutant.operator}\n{mutant.diff}\n")
    print(f"{len(found) - len(survivors)} of {len(found)} mutants killed, out of {count}")


if __name__ == "__main__":
    main()
