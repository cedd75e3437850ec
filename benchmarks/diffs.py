"""Does ``cartfuzz diff`` say the right thing? Pairs of runs on the sandbox with different seeds.

For a sample of the seeded faults: the clean sandbox against the fault (all new), the fault against
the clean sandbox (all fixed), the fault against itself (all still there), the fault against it and
another (one still there, one new), and both against the other alone (one fixed, one still there).
Prints every comparison that says something else, and writes ``benchmarks/out/diffs.json``.

Usage: python benchmarks/diffs.py [--faults N] [--requests N]
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from cartfuzz.analysis import Bug, Change, RunState, Summary, compare, summary_of
from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.harness.campaign import run_campaign
from cartfuzz.harness.plan import Plan, TriageBudget
from cartfuzz.sandbox import FAULTS, Fault, start

OUT = Path(__file__).parent / "out"


class JudgedResponse(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison."""

    kind: str
    fault: str
    other: str
    right: bool
    found: dict[str, list[str]]
    """By change: the titles."""


class Runs:
    """Runs on demand, each once."""

    def __init__(self, requests: int) -> None:
        self._requests = requests
        self._done: dict[tuple[tuple[str, ...], int], Summary] = {}

    def of(self, faults: Sequence[str], seed: int) -> Summary:
        key = (tuple(faults), seed)
        if key not in self._done:
            self._done[key] = self._run(faults, seed)
        return self._done[key]

    def _run(self, faults: Sequence[str], seed: int) -> Summary:
        state = RunState(keep_evidence=False)
        with start(EXAMPLE_ENVIRONMENT, faults=list(faults)) as sandbox:
            plan = Plan(
                url=sandbox.url,
                environment=EXAMPLE_ENVIRONMENT,
                seed=seed,
                requests=self._requests,
                minimise=TriageBudget(),
            )
            for _ in run_campaign(plan, sandbox.api_key, stop=threading.Event(), state=state):
                pass
        return summary_of(state)


def sample(size: int) -> list[Fault]:
    """Faults that show in the example shop, spread over all classes."""
    usable = [
        f for f in FAULTS.values() if f.environment(EXAMPLE_ENVIRONMENT) == EXAMPLE_ENVIRONMENT
    ]
    return [usable[place * len(usable) // size] for place in range(min(size, len(usable)))]


def comparisons(runs: Runs, fault: Fault, other: Fault) -> Iterator[JudgedResponse]:
    """The five comparisons of one fault."""
    one, two = fault.name, other.name
    alone, second = _names(runs.of([one], 1)), _names(runs.of([two], 2))
    for kind, old, new, expected in (
        ("clean, fault", runs.of([], 2), runs.of([one], 1), {Change.NEW: alone}),
        ("fault, clean", runs.of([one], 1), runs.of([], 2), {Change.FIXED: alone}),
        ("fault, fault", runs.of([one], 1), runs.of([one], 2), {Change.STILL_THERE: alone}),
        (
            "fault, both",
            runs.of([one], 1),
            runs.of([one, two], 2),
            {Change.STILL_THERE: alone, Change.NEW: second},
        ),
        (
            "both, other",
            runs.of([one, two], 2),
            runs.of([two], 2),
            {Change.FIXED: alone, Change.STILL_THERE: second},
        ),
    ):
        changes = compare(old, new, names=("old", "new"))
        entries = {entry.signature: entry for entry in (*old.discrepancies, *new.discrepancies)}
        right = bool(changes.changes) and all(
            _expected(entries[change.signature], change.change, expected)
            for change in changes.changes
        )
        complete = all(
            any(found.change is change for found in changes.changes) for change in expected
        )
        yield JudgedResponse(
            kind=kind,
            fault=one,
            other=two,
            right=right and complete,
            found={
                change.value: [
                    f"{found.rule} {found.title}" for found in changes.with_change(change)
                ]
                for change in Change
                if changes.with_change(change)
            },
        )


def _expected(entry: Bug, change: Change, expected: Mapping[Change, frozenset[str]]) -> bool:
    """Whether a change is about the fault that should have changed so."""
    if change not in expected:
        return False
    return len(expected) == 1 or bool(entry.signatures & expected[change])


def _names(summary: Summary) -> frozenset[str]:
    return frozenset(name for entry in summary.discrepancies for name in entry.signatures)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--faults", type=int, default=30, metavar="N")
    parser.add_argument("--requests", type=int, default=4_500, help="of the phases, a run")
    options = parser.parse_args()
    console = Console(width=140)
    runs, faults = Runs(options.requests), sample(options.faults)
    judged: list[JudgedResponse] = []
    for place, fault in enumerate(faults):
        other = faults[(place + len(faults) // 2) % len(faults)]
        judged.extend(comparisons(runs, fault, other))
        console.print(f"  {place + 1}/{len(faults)} {fault.name}", highlight=False)
    OUT.mkdir(exist_ok=True)
    (OUT / "diffs.json").write_bytes(msgspec.json.format(msgspec.json.encode(judged)) + b"\n")
    for one in judged:
        if not one.right:
            console.print(f"{one.kind}: {one.fault}, {one.other}: {one.found}", highlight=False)
    table = Table("pair", "right", "of", title="What diff says")
    for kind in dict.fromkeys(one.kind for one in judged):
        of_kind = [one for one in judged if one.kind == kind]
        table.add_row(kind, str(sum(one.right for one in of_kind)), str(len(of_kind)))
    console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
