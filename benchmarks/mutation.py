"""Tests the tests of the oracle: how many small mistakes in the model and the checks go unnoticed?

Learns once which test executes which line (some minutes; kept in ``benchmarks/out/mutation/`` until
the oracle or the test changes), has cosmic-ray make mutants of ``oracle/model`` and
``oracle/checks``, draws a sample of them, and runs on each the tests that execute its line, the
quickest first: those of the oracle, and the smallest scenario of every seeded fault; with
``--slow`` also campaigns on the clean sandbox and on every seeded fault. A mutant that is alive
after ``--bound`` seconds of CPU time counts as survived; one of which a test does not end, as
killed.

No file is changed. A mutant runs in a process forked from one that has imported everything and
collected the tests: there the code of the function is exchanged. A mistake in what runs on import
needs its modules imported anew, in a process forked before they were.

Adds each mutant's end to a file in ``benchmarks/out/mutation``, one for each seed and state of the
source, where a second call goes on. Prints the score and each survivor. A mutant that survives is a
place to look, not always a gap: some mutants change nothing. Needs the extra
``cartfuzz[mutation]``.

Usage: python benchmarks/mutation.py [--sample N] [--seed N] [--bound SECONDS] [--again]
           [--slow] [--tests TARGET...] [--modules FOLDER...]
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import importlib
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import CodeType

import msgspec
import pytest
from mutation_code import Mutation, changed_functions, compiled, mutated, mutations
from mutation_tests import (
    QUIET,
    ROOT,
    Ending,
    Functions,
    Loop,
    Selection,
    ending,
    forked,
    hypothesis_profile,
    learnt,
    mutated_on_import,
)

OUT = Path(__file__).parent / "out" / "mutation"
MUTATED = ("oracle/model", "oracle/checks")
TESTS = ("tests/test_smallest.py::test_it_shows_the_fault_and_only_the_fault",)
SLOW = (
    "tests/oracle/test_nondeterministic.py",
    "tests/test_every_rule.py::test_every_rule_is_tried_on_every_side",
    "tests/test_observed.py",
    "tests/sandbox/test_faults.py::test_the_clean_sandbox_raises_no_alarm",
    "tests/sandbox/test_faults.py::test_every_second_fault_is_found_and_named",
)
SURVIVED = ("bound", "survived")
_BOUND_SEC = 45
_UNMUTATED = ("contract", "wire", "record", "analysis", "sandbox", "strategies")
"""Rooms that import no oracle; the process that imports the oracle is forked after them."""


class Mutant(msgspec.Struct, frozen=True, kw_only=True):
    """One mutant and what became of it."""

    mutation: Mutation
    ending: Ending
    diff: str


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A mutant and its tests."""

    mutation: Mutation
    diff: str
    code: CodeType
    """Of the whole module."""
    changed: list[tuple[CodeType, CodeType]] | None
    """The functions to exchange; None where the module must be imported anew."""
    tests: list[str]


def modules_of(folders: Iterable[str]) -> list[str]:
    """The Python files, from the root of the project."""
    files = (file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    return sorted(str(file.relative_to(ROOT)) for file in files)


def targets_of_oracle() -> list[str]:
    """The tests of the oracle, but for slow ones."""
    files = (ROOT / "tests" / "oracle").rglob("test_*.py")
    names = {str(file.relative_to(ROOT)) for file in files}
    return sorted(names.difference(SLOW))


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """Mutants, each with the source of its module, and among how many they were drawn."""

    mutants: list[tuple[Mutation, str]]
    known: int


def sampled(modules: Sequence[str], size: int, seed: int) -> Sample:
    """A random sample of the mutants of ``modules``, kept in a file until these change."""
    file = OUT / f"sample-{size}-{seed}-{_digest_of(modules)}.json"
    if not file.exists():
        file.write_bytes(msgspec.json.encode(_drawn(modules, size, seed)))
    return msgspec.json.decode(file.read_bytes(), type=Sample)


def _digest_of(modules: Sequence[str]) -> str:
    """Another one for each state of their source: a mutant is known by its place in it."""
    digest = hashlib.sha256()
    for module in modules:
        digest.update((ROOT / module).read_bytes())
    return digest.hexdigest()[:20]


def _drawn(modules: Sequence[str], size: int, seed: int) -> Sample:
    known = [one for module in modules for one in mutations(ROOT, module)]
    random.Random(seed).shuffle(known)
    mutants: list[tuple[Mutation, str]] = []
    for mutation in known:
        if len(mutants) == size:
            break
        after = mutated((ROOT / mutation.module).read_text("utf-8"), mutation)
        if after is not None:
            mutants.append((mutation, after))
    return Sample(mutants=mutants, known=len(known))


def prepared(mutation: Mutation, after: str, selection: Selection) -> Prepared:
    path = ROOT / mutation.module
    before = path.read_text("utf-8")
    code = compiled(after, str(path))
    changed = changed_functions(compiled(before, str(path)), code)
    for old, _ in changed or ():
        lines = [line for _, _, line in old.co_lines() if line is not None]
        if selection.runs_on_import(mutation.module, old.co_firstlineno, max(lines)):
            changed = None
            break
    return Prepared(
        mutation=mutation,
        diff="\n".join(
            difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1)
        ),
        code=code,
        changed=changed,
        tests=selection.of_module(mutation.module)
        if changed is None
        else selection.of_line(mutation.module, mutation.line),
    )


class Results:
    """The mutants that were tried, in a file of lines."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def add(self, mutant: Mutant) -> None:
        with self._file.open("ab") as lines:
            lines.write(msgspec.json.encode(mutant) + b"\n")

    def mutants(self) -> list[Mutant]:
        if not self._file.exists():
            return []
        lines = self._file.read_bytes().splitlines()
        return [msgspec.json.decode(line, type=Mutant) for line in lines]

    def newest(self) -> dict[Mutation, Mutant]:
        return {mutant.mutation: mutant for mutant in self.mutants()}


class Trial:
    """Tries mutants, and adds what became of them to ``results``."""

    def __init__(
        self, targets: Sequence[str], seconds: Mapping[str, float], bound: int, results: Results
    ) -> None:
        self._targets = targets
        self._seconds = seconds
        self._bound = bound
        self._results = results

    def exchanged(self, mutants: Sequence[Prepared]) -> list[Prepared]:
        """Tries all that change functions only; what is left must be imported anew."""
        before = len(self._results.mutants())
        arguments = [*QUIET, *(str(ROOT / target) for target in self._targets)]
        loop = Loop(partial(self._exchange, mutants))
        forked(partial(pytest.main, arguments, plugins=[loop]))
        tried = {mutant.mutation for mutant in self._results.mutants()[before:]}
        return [mutant for mutant in mutants if mutant.mutation not in tried]

    def _exchange(self, mutants: Iterable[Prepared], items: Mapping[str, pytest.Item]) -> None:
        functions = Functions()
        for mutant in mutants:
            if mutant.changed is not None and functions.know(mutant.changed):
                self._try(mutant, partial(functions.exchange, mutant.changed), items)

    def imported(self, mutants: Iterable[Prepared]) -> None:
        for mutant in mutants:
            path = ROOT / mutant.mutation.module
            self._try(mutant, partial(mutated_on_import, path, mutant.code), None)

    def _try(
        self,
        mutant: Prepared,
        mutate: Callable[[], None],
        items: Mapping[str, pytest.Item] | None,
    ) -> None:
        end = ending(
            mutate,
            mutant.tests,
            seconds=self._seconds,
            items=items,
            targets=self._targets,
            bound_sec=self._bound,
        )
        self._results.add(Mutant(mutation=mutant.mutation, ending=end, diff=mutant.diff))


def printed(mutants: Sequence[Mutant], known: int) -> None:
    for mutant in mutants:
        if mutant.ending.outcome in SURVIVED:
            name = mutant.mutation.operator.rpartition("/")[2]
            place = f"{mutant.mutation.module}:{mutant.mutation.line}"
            print(f"{mutant.ending.outcome}: {place} {name}\n{mutant.diff}\n")
    outcomes = Counter(mutant.ending.outcome for mutant in mutants)
    survivors = sum(outcomes[outcome] for outcome in SURVIVED)
    print(", ".join(f"{outcome} {count}" for outcome, count in sorted(outcomes.items())))
    print(f"{len(mutants) - survivors} of {len(mutants)} mutants killed, out of {known}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bound", type=int, default=_BOUND_SEC, help="CPU seconds of a mutant")
    parser.add_argument("--again", action="store_true", help="try known survivors alone")
    parser.add_argument("--slow", action="store_true", help="run campaigns as well")
    parser.add_argument("--tests", nargs="+", metavar="TARGET", help="run these tests alone")
    parser.add_argument("--modules", nargs="+", default=MUTATED, metavar="FOLDER")
    options = parser.parse_args()
    hypothesis_profile()
    for room in _UNMUTATED:
        importlib.import_module(f"cartfuzz.{room}")
    usual = [*targets_of_oracle(), *TESTS, *(SLOW if options.slow else ())]
    targets = options.tests or usual
    reached = learnt(targets, modules_of(["oracle"]), OUT / "reached")
    selection = Selection(reached.values())
    mutated = modules_of(options.modules)
    sample = sampled(mutated, options.sample, options.seed)
    results = Results(OUT / f"{options.seed}-{_digest_of(mutated)}.jsonl")
    newest = results.newest()
    survivors = {one for one, mutant in newest.items() if mutant.ending.outcome in SURVIVED}
    mutants = [
        prepared(mutation, after, selection)
        for mutation, after in sample.mutants
        if (mutation in survivors if options.again else mutation not in newest)
    ]
    trial = Trial(targets, selection.seconds, options.bound, results)
    trial.imported(trial.exchanged(mutants))
    newest = results.newest()
    tried = [newest[mutation] for mutation, _ in sample.mutants if mutation in newest]
    printed(tried, sample.known)


if __name__ == "__main__":
    main()
