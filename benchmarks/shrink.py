"""How small the scenarios get: each seeded fault found, minimised and confirmed in a default run.

For each fault one run with minimisation on a sandbox of its own. Prints a table and writes
``benchmarks/out/shrink.json``: operations and bytes of the smallest scenario against the fewest
operations known for the fault, requests spent, entries for the one bug, and whether it was solid.

Usage: python benchmarks/shrink.py [--requests N] [--only FAULT ...] [--seed N]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

import msgspec
import reproducing
from rich.console import Console
from rich.table import Table
from triaged import triaged

from cartfuzz.analysis import RunReproducers, Summary, reproducers_of, summary_of
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK
from cartfuzz.record import Minimised
from cartfuzz.sandbox import FAULTS, Fault
from cartfuzz.wire.encoding import request_of

OUT = Path(__file__).parent / "out"


class ShrinkRow(msgspec.Struct, frozen=True, kw_only=True):
    """One fault in one run."""

    fault: str
    fault_class: str = msgspec.field(name="class")
    entries: int
    """Entries in the summary for this one fault."""
    entries_flaky: int
    known: int
    """The fewest operations known."""
    operations: int = 0
    """Of the smallest scenario under a rule that the fault breaks; 0: there is none."""
    before: int = 0
    """Of the scenario that the search started from."""
    content: int = msgspec.field(name="bytes", default=0)
    """Of the request bodies of the smallest scenario."""
    requests: int = 0
    """Of its search and confirmation."""
    complete: bool = False
    solid: bool = False
    seconds: float


def run_fault(
    fault: Fault, *, seed: int, requests: int
) -> tuple[ShrinkRow, Summary, RunReproducers]:
    """Runs the default campaign on ``fault`` and looks at what was made of it."""
    started = perf_counter()
    environment = fault.environment(EXAMPLE_ENVIRONMENT)
    state = triaged(environment, [fault.name], seed=seed, requests=requests)
    summary = summary_of(state)
    row = _row(fault, summary, state.minimised, perf_counter() - started)
    return row, summary, reproducers_of(state)


def _row(
    fault: Fault, summary: Summary, followed: dict[str, Minimised], seconds: float
) -> ShrinkRow:
    entries = summary.discrepancies
    base = ShrinkRow(
        fault=fault.name,
        fault_class=str(fault.fault_class),
        entries=len(entries),
        entries_flaky=sum(entry.kind.value == "flaky" for entry in entries),
        known=fault.operations,
        seconds=round(seconds, 2),
    )
    right = [followed[e.signature] for e in entries if e.signature in followed]
    right = [event for event in right if event.discrepancy.rule in fault.rules] or right
    if not right:
        return base
    best = min(right, key=lambda event: (not event.solid, len(event.scenario.steps)))
    return msgspec.structs.replace(
        base,
        operations=len(best.scenario.steps),
        before=best.operations_before,
        content=_bytes(best),
        requests=best.requests,
        complete=best.complete,
        solid=best.solid,
    )


def _bytes(event: Minimised) -> int:
    scenario = event.scenario
    return sum(
        len(request_of(step, scenario.sessions[step.session], MARK).body or b"")
        for step in scenario.steps
    )


def table_of(rows: Sequence[ShrinkRow]) -> Table:
    table = Table(title="Smallest scenarios")
    table.add_column("fault")
    for column in ("operations", "known", "before", "bytes", "requests", "entries"):
        table.add_column(column, justify="right")
    table.add_column("confirmed")
    for row in rows:
        numbers = (row.operations, row.known, row.before, row.content, row.requests, row.entries)
        confirmed = "-" if not row.operations else "solid" if row.solid else "flaky"
        table.add_row(row.fault, *map(str, numbers), confirmed)
    return table


def tell(console: Console, rows: Sequence[ShrinkRow]) -> None:
    """Prints the figures that are goals."""
    done = [row for row in rows if row.operations]
    console.print(f"{len(done)} of {len(rows)} faults minimised")
    if not done:
        return
    ratios = [row.operations / row.known for row in done]
    within = sum(row.operations <= row.known + 1 for row in done)
    console.print(f"operations: median {median(ratios):.2f}x of the fewest known")
    console.print(f"within one operation of them: {within / len(done):.1%}")
    console.print(
        f"requests: median {median(row.requests for row in done):g}, confirmation included"
    )
    console.print(f"solid: {sum(row.solid for row in done) / len(done):.1%}")
    one = sum(row.entries == 1 for row in done)
    console.print(f"exactly one entry: {one / len(done):.1%}; most: {max(r.entries for r in done)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=6_000, help="of the phases, a fault")
    parser.add_argument("--only", nargs="*", default=None, metavar="FAULT")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    console = Console(width=110)
    names = options.only if options.only is not None else list(FAULTS)
    rows: list[ShrinkRow] = []
    again: list[reproducing.Reproduced] = []
    for name in names:
        fault = FAULTS[name]
        row, summary, stored = run_fault(fault, seed=options.seed, requests=options.requests)
        rows.append(row)
        again += reproducing.reproduce(
            name, fault.environment(EXAMPLE_ENVIRONMENT), summary.discrepancies, stored
        )
        console.print(f"  {len(rows)}/{len(names)} {name}", highlight=False)
    OUT.mkdir(exist_ok=True)
    (OUT / "shrink.json").write_bytes(msgspec.json.format(msgspec.json.encode(rows)) + b"\n")
    (OUT / "reproduced.json").write_bytes(msgspec.json.format(msgspec.json.encode(again)) + b"\n")
    console.print(table_of(rows))
    tell(console, rows)
    reproducing.tell(console, again)
    return 0


if __name__ == "__main__":
    sys.exit(main())
