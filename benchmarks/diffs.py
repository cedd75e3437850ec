"""Does ``cartfuzz diff`` claim only what is true? Pairs of runs on the sandbox.

The runs are bounded by requests, so that the result does not depend on the machine: 300, 1,500
and 6,000 stand for 1, 5 and 60 seconds at a slow rate. The pairs: one build with each two budgets,
with two seeds, under two contracts, interrupted; fault and clean; fault and another fault; a fault
and it with another; one lawful dialect and another. "Fixed" is wrong if the newer build has all
faults of the older one, or shares one and shows the discrepancy in any run; "new" likewise, the
other way.

A dialect is met by a pair if both runs observed one situation of its rules with other outcomes.
Prints counts and every wrong claim, and writes ``benchmarks/out/diffs.json``. Ends with 1 if a
claim is wrong or a drift that was met is not named.

Usage: python benchmarks/diffs.py [--faults N] [--dialects N] [--processes N]
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from time import monotonic

import msgspec
from rich.console import Console
from rich.table import Table

from cartfuzz.analysis import (
    Change,
    Comparison,
    DiscrepancyChange,
    RunState,
    Summary,
    compare,
    summary_of,
)
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion
from cartfuzz.harness.campaign import run_campaign
from cartfuzz.harness.plan import Plan
from cartfuzz.sandbox import DIALECTS, FAULTS, start

OUT = Path(__file__).parent / "out"
SHORT, MIDDLE, LONG = 300, 1_500, 6_000
USUAL = 3_000
"""Requests of a run where its length is not what matters."""
INTERRUPTED_AFTER = 40
"""Scenarios."""


class Build(msgspec.Struct, frozen=True, order=True):
    """What the target is."""

    faults: tuple[str, ...] = ()
    dialects: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return ", ".join((*self.faults, *self.dialects)) or "clean"


class Run(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """One run."""

    build: Build
    requests: int = USUAL
    seed: int = 1
    contract: ContractVersion = ContractVersion.V2_5_1
    interrupted: bool = False


class Pair(msgspec.Struct, frozen=True):
    """Two runs to compare."""

    kind: str
    old: Run
    new: Run


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One wrong claim of a comparison."""

    pair: Pair
    claim: str
    text: str


def execute(run: Run) -> bytes:
    """The summary of a run, as JSON."""
    environment = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=run.contract)
    state, stop = RunState(keep_evidence=False), threading.Event()
    faults, dialects = list(run.build.faults), list(run.build.dialects)
    with start(environment, faults=faults, dialects=dialects) as sandbox:
        plan = Plan(url=sandbox.url, environment=environment, seed=run.seed, requests=run.requests)
        for number, _ in enumerate(run_campaign(plan, sandbox.api_key, stop=stop, state=state)):
            if run.interrupted and number >= INTERRUPTED_AFTER:
                stop.set()
    return msgspec.json.encode(summary_of(state))


def fault_builds(size: int) -> list[Build]:
    """Faults that show in the example shop, spread over all classes."""
    usable = [
        fault.name
        for fault in FAULTS.values()
        if fault.environment(EXAMPLE_ENVIRONMENT) == EXAMPLE_ENVIRONMENT
    ]
    return [Build(faults=(usable[place * len(usable) // size],)) for place in range(size)]


def dialect_builds(size: int) -> list[Build]:
    """Dialects of silent rules that need no other environment, spread over all areas."""
    usable = [
        dialect.name
        for dialect in DIALECTS.values()
        if ContractVersion.V2_5_1 in dialect.versions
        and not (dialect.changes or dialect.needs_server or dialect.real_time)
        and any(is_silent(rule) for rule in dialect.rules)
    ]
    size = min(size, len(usable))
    return [Build(dialects=(usable[place * len(usable) // size],)) for place in range(size)]


def is_silent(rule: str) -> bool:
    """Whether the contract is silent where the rule is asked: ``MERGE-U1``."""
    return "-U" in rule


def pairs(faults: list[Build], dialects: list[Build]) -> Iterator[Pair]:
    """All pairs."""
    clean = Build()
    for build in (clean, *faults[:5]):
        budgets = [Run(build=build, requests=requests) for requests in (SHORT, MIDDLE, LONG)]
        for old in budgets:
            for new in budgets:
                if old != new:
                    yield Pair("same build, another budget", old, new)
        yield Pair("a run and itself", budgets[1], budgets[1])
    yield from same_build((clean, *faults))
    yield from faulty(faults)
    for number, build in enumerate(dialects):
        yield Pair("dialect, another dialect", Run(build=build), Run(build=dialects[number - 1]))
        yield Pair("clean, dialect", Run(build=clean), Run(build=build))


def same_build(builds: tuple[Build, ...]) -> Iterator[Pair]:
    """Pairs of runs of one build that differ in something else than their length."""
    for number, build in enumerate(builds):
        usual = Run(build=build)
        yield from both("same build, another seed", usual, Run(build=build, seed=2))
        if number % 4 == 0:
            current = Run(build=build, contract=ContractVersion.CURRENT)
            yield from both("same build, another contract", usual, current)
        if number % 2 == 0:
            yield from both("same build, interrupted", usual, Run(build=build, interrupted=True))


def faulty(faults: list[Build]) -> Iterator[Pair]:
    """Pairs of runs of which at least one has a fault."""
    clean = Run(build=Build(), seed=2)
    for number, build in enumerate(faults):
        usual, other = Run(build=build), faults[number - 1]
        yield Pair("fault, clean", usual, clean)
        yield Pair("clean, fault", clean, usual)
        yield Pair("fault, interrupted clean", usual, Run(build=Build(), interrupted=True))
        yield Pair("fault, another fault", usual, Run(build=other, seed=2))
        if number % 2 == 0:
            pair = Run(build=Build(faults=(*build.faults, *other.faults)), seed=2)
            yield Pair("fault, both", usual, pair)
            yield Pair("both, other fault", pair, Run(build=other, seed=2))


def both(kind: str, one: Run, other: Run) -> Iterator[Pair]:
    """The pair in both orders."""
    yield Pair(kind, one, other)
    yield Pair(kind, other, one)


class Verdicts:
    """Judges comparisons by what is true of each build."""

    def __init__(self, summaries: Mapping[Run, Summary]) -> None:
        self._summaries = summaries
        self._shown: defaultdict[Build, set[str]] = defaultdict(set)
        for run, summary in summaries.items():
            self._shown[run.build].update(name for bug in summary.found for name in bug.signatures)
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.wrong: list[Claim] = []

    def judge(self, pair: Pair) -> None:
        old, new = self._summaries[pair.old], self._summaries[pair.new]
        result = compare(old, new, names=("old", "new"))
        counts = self.counts[pair.kind]
        counts["pairs"] += 1
        counts.update(one.change.value for one in result.changes)
        counts["drifts"] += len(result.drifts)
        for one in result.changes:
            self._check(pair, one)
        if pair.old == pair.new and not result.is_empty:
            self._note(pair, "a change", "a run differs from itself")
        if pair.old.build == pair.new.build:
            for drift in result.drifts:
                self._note(pair, "wrong drift", f"{drift.rule} {drift.situation}")
        self._check_dialects(pair, old, new, result)

    def _check(self, pair: Pair, one: DiscrepancyChange) -> None:
        old, new = pair.old.build, pair.new.build
        if one.change is Change.FIXED and self._still_has(new, old, one):
            self._note(pair, "wrong fixed", f"{one.signature} {one.title} ({one.note})")
        if one.change is Change.NEW and self._still_has(old, new, one):
            self._note(pair, "wrong new", f"{one.signature} {one.title} ({one.note})")

    def _still_has(self, lacks: Build, shows: Build, one: DiscrepancyChange) -> bool:
        """Whether a build has the cause of what only a run of the other build shows.

        A dialect may be a cause too: a few break a rule if it is read strictly.
        """
        causes = {*shows.faults, *shows.dialects}
        shared = causes & {*lacks.faults, *lacks.dialects}
        return shared == causes or (bool(shared) and one.signature in self._shown[lacks])

    def _check_dialects(self, pair: Pair, old: Summary, new: Summary, result: Comparison) -> None:
        names = (*pair.old.build.dialects, *pair.new.build.dialects)
        rules = {rule for name in names for rule in DIALECTS[name].rules}
        if not rules:
            return
        named = {(one.rule, one.situation) for one in result.drifts}
        met = set(differing(old, new, rules))
        self.counts[pair.kind]["met"] += bool(met)
        self.counts[pair.kind]["named"] += bool(met & named)
        if met and not met & named:
            self._note(pair, "drift not named", "; ".join(map(" ".join, sorted(met)[:3])))

    def _note(self, pair: Pair, claim: str, text: str) -> None:
        self.counts[pair.kind][claim] += 1
        self.wrong.append(Claim(pair=pair, claim=claim, text=text))


def differing(old: Summary, new: Summary, rules: set[str]) -> Iterator[tuple[str, str]]:
    """The situations of ``rules`` that each run observed with one outcome, and not the same.

    This reads the plain observations, which the comparison does not. A situation that is not
    comparable has several outcomes in one run, or concerns a session of unknown state.
    """
    before, after = outcomes(old), outcomes(new)
    for key in before.keys() & after.keys():
        if key[0] in rules and "not known" not in key[1] and "oddities at once" not in key[1]:
            one, other = before[key], after[key]
            if len(one) == 1 and len(other) == 1 and base(one) != base(other):
                yield key


def outcomes(summary: Summary) -> dict[tuple[str, str], set[str]]:
    """By rule and situation what was observed."""
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for seen in summary.observations:
        found[seen.rule, seen.situation].add(seen.outcome)
    return found


def base(of_one_run: set[str]) -> str:
    """Accepted or refused, where that is what an outcome says first."""
    (outcome,) = of_one_run
    return "accepted" if outcome.startswith("accepted") else outcome


def summaries_of(runs: list[Run], processes: int, console: Console) -> dict[Run, Summary]:
    """Executes all runs."""
    spawn = multiprocessing.get_context("spawn")
    done: dict[Run, Summary] = {}
    with ProcessPoolExecutor(processes, mp_context=spawn) as pool:
        for run, text in zip(runs, pool.map(execute, runs), strict=True):
            done[run] = msgspec.json.decode(text, type=Summary)
            if len(done) % 20 == 0:
                console.print(f"  {len(done)}/{len(runs)} runs", highlight=False)
    return done


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--faults", type=int, default=8, metavar="N")
    parser.add_argument("--dialects", type=int, default=12, metavar="N")
    parser.add_argument("--processes", type=int, default=2, metavar="N")
    options = parser.parse_args()
    console = Console(width=160)
    started = monotonic()
    chosen = list(pairs(fault_builds(options.faults), dialect_builds(options.dialects)))
    runs = sorted({run for pair in chosen for run in (pair.old, pair.new)}, key=repr)
    verdicts = Verdicts(summaries_of(runs, options.processes, console))
    for pair in chosen:
        verdicts.judge(pair)
    OUT.mkdir(exist_ok=True)
    (OUT / "diffs.json").write_bytes(
        msgspec.json.format(
            msgspec.json.encode({"counts": verdicts.counts, "wrong": verdicts.wrong})
        )
        + b"\n"
    )
    for one in verdicts.wrong:
        builds = f"{one.pair.old.build.name} -> {one.pair.new.build.name}"
        console.print(f"{one.claim}: {one.pair.kind}: {builds}: {one.text}", highlight=False)
    console.print(table_of(verdicts.counts))
    console.print(f"{len(runs)} runs in {monotonic() - started:.0f} s", highlight=False)
    return 1 if verdicts.wrong else 0


def table_of(counts: Mapping[str, Counter[str]]) -> Table:
    """One row a kind of pair."""
    columns: tuple[str, ...] = (
        "pairs",
        "fixed",
        "wrong fixed",
        "not seen",
        "new",
        "wrong new",
        "first seen",
    )
    columns += ("flaky", "still there", "drifts", "wrong drift", "met", "named")
    table = Table("pair", *columns, title="What diff says")
    for kind, of_kind in counts.items():
        table.add_row(kind, *(str(of_kind[column]) for column in columns))
    return table


if __name__ == "__main__":
    sys.exit(main())
