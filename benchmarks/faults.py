"""False alarms on the clean sandbox and its dialects, and which seeded faults are found.

Runs the default campaign on the clean sandbox over both contract versions, flattening on and off,
seeds 1 to 5, and on lawful dialects of it; then once on every seeded fault, within a budget of
requests. A sample of the faults gets a second run, which is minimised: how many entries one fault
makes. Prints two tables and writes ``benchmarks/out/faults.json`` and
``benchmarks/out/clean.json``.

Usage: python benchmarks/faults.py [--requests N] [--clean-requests N] [--only FAULT ...] [--seed N]
       [--entries-of N]
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from statistics import fmean, median
from time import perf_counter

import msgspec
from rich.console import Console
from rich.table import Table
from triaged import triaged

from cartfuzz.analysis import Bug, RunInvariants, summary_of
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion, Environment
from cartfuzz.harness.campaign import run_campaign
from cartfuzz.harness.plan import Plan
from cartfuzz.record import Discrepancy, ScenarioRun
from cartfuzz.sandbox import DIALECTS, FAULTS, PROFILES, Fault, start

OUT = Path(__file__).parent / "out"
SEEDS = (1, 2, 3, 4, 5)
LAWFUL = (
    *(name for profile in PROFILES.values() for name in profile.names),
    "AnswersOddIdsInHtml",
    "CountsItemCostsByUnit",
    "DropsDuplicates",
    "LimitsTheRate",
    "ReachesLimits",
    "RefusesLargeBodies",
)
"""The dialects that are run here; ``make bench-lawful`` runs all of them."""


class CleanRow(msgspec.Struct, frozen=True, kw_only=True):
    """One run on the clean sandbox."""

    dialect: str
    """The lawful dialect or profile that the sandbox spoke; empty: its own."""
    contract: str
    flattening: bool
    seed: int
    scenarios: int
    requests: int
    seconds: float
    discrepancies: tuple[str, ...]
    inconclusive: int


class FaultRow(msgspec.Struct, frozen=True, kw_only=True):
    """One run on the sandbox with one fault switched on."""

    fault: str
    fault_class: str = msgspec.field(name="class")
    difficulty: str
    found: bool
    rule: str
    """The rule that was named: a right one where any was, else the first."""
    right: bool
    """Whether that is a rule that the fault breaks."""
    requests: int
    """Requests until it was found; all that were sent, if it was not."""
    seconds: float
    signatures: int
    """Distinct signatures until then."""
    entries: tuple[str, ...] | None = None
    """Titles of the entries of a run that was minimised; None: the sample has no such run."""


def campaign(
    environment: Environment,
    *,
    seed: int,
    requests: int,
    faults: Sequence[str] = (),
    dialects: Sequence[str] = (),
) -> Generator[ScenarioRun, None, None]:
    """The events of a default campaign on a sandbox of its own; ends early when it is closed."""
    stop = threading.Event()
    with start(environment, faults=faults, dialects=dialects) as sandbox:
        plan = Plan(url=sandbox.url, environment=environment, seed=seed, requests=requests)
        events = run_campaign(plan, sandbox.api_key, stop=stop)
        try:
            for event in events:
                if isinstance(event, ScenarioRun):
                    yield event
        finally:
            stop.set()
            for _ in events:
                pass


def clean_environments() -> Iterator[Environment]:
    for contract in ContractVersion:
        for flattening in (False, True):
            yield msgspec.structs.replace(
                EXAMPLE_ENVIRONMENT, contract=contract, flattening=flattening
            )


def run_clean(
    environment: Environment,
    *,
    seed: int,
    requests: int,
    dialect: str = "",
    spoken: Sequence[str] = (),
) -> CleanRow:
    """One run; ``dialect`` names what the sandbox speaks, ``spoken`` its parts if there are any."""
    started = perf_counter()
    sent = scenarios = inconclusive = 0
    found: dict[str, Discrepancy] = {}
    dialects = spoken or ((dialect,) if dialect else ())
    ledger = RunInvariants(environment)
    for event in campaign(environment, seed=seed, requests=requests, dialects=dialects):
        scenarios += not event.is_late_read
        sent += event.requests
        inconclusive += len(event.inconclusive)
        for discrepancy in (*event.discrepancies, *ledger.add(event).discrepancies):
            found.setdefault(discrepancy.signature, discrepancy)
    return CleanRow(
        dialect=dialect,
        contract=environment.contract.value,
        flattening=environment.flattening,
        seed=seed,
        scenarios=scenarios,
        requests=sent,
        seconds=round(perf_counter() - started, 2),
        discrepancies=tuple(f"{d.rule}: {d.title}" for d in found.values()),
        inconclusive=inconclusive,
    )


def run_fault(fault: Fault, *, seed: int, requests: int) -> FaultRow:
    """Runs until a rule that the fault breaks is named, or the budget is used."""
    started = perf_counter()
    environment = fault.environment(EXAMPLE_ENVIRONMENT)
    sent = at_first = 0
    first = right = ""
    signatures: set[str] = set()
    events = campaign(environment, seed=seed, requests=requests, faults=(fault.name,))
    ledger = RunInvariants(environment)
    for event in events:
        before = sent
        sent += event.requests
        for discrepancy in (*event.discrepancies, *ledger.add(event).discrepancies):
            signatures.add(discrepancy.signature)
            if not first:
                first, at_first = discrepancy.rule, before + discrepancy.step + 1
            if not right and discrepancy.rule in fault.rules:
                right, at_right = discrepancy.rule, before + discrepancy.step + 1
        if right:
            break
    events.close()
    return FaultRow(
        fault=fault.name,
        fault_class=str(fault.fault_class),
        difficulty=str(fault.difficulty),
        found=bool(first),
        rule=right or first,
        right=bool(right),
        requests=at_right if right else at_first if first else sent,
        seconds=round(perf_counter() - started, 2),
        signatures=len(signatures),
    )


def entries_of(fault: Fault, *, seed: int, requests: int) -> list[Bug]:
    """The entries that a whole run with minimisation lists for one fault."""
    environment = fault.environment(EXAMPLE_ENVIRONMENT)
    state = triaged(environment, [fault.name], seed=seed, requests=requests)
    return summary_of(state).discrepancies


def clean_table(rows: Sequence[CleanRow]) -> Table:
    table = Table(title="Clean sandbox and its lawful dialects")
    for column in ("dialect", "contract", "flattening", "seed"):
        table.add_column(column)
    for column in ("scenarios", "requests", "req/s", "inconclusive", "false alarms"):
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(
            row.dialect or "-",
            row.contract,
            "on" if row.flattening else "off",
            str(row.seed),
            str(row.scenarios),
            str(row.requests),
            str(round(row.requests / row.seconds)),
            str(row.inconclusive),
            str(len(row.discrepancies)),
        )
    return table


def fault_table(rows: Sequence[FaultRow]) -> Table:
    table = Table(title="Seeded faults")
    for column in ("fault", "class", "difficulty", "found", "rule"):
        table.add_column(column)
    table.add_column("requests", justify="right")
    for row in rows:
        verdict = "missed"
        if row.found:
            verdict = "found" if row.right else "found, another rule named"
        table.add_row(
            row.fault, row.fault_class, row.difficulty, verdict, row.rule, str(row.requests)
        )
    return table


def write(name: str, rows: Sequence[msgspec.Struct]) -> None:
    OUT.mkdir(exist_ok=True)
    (OUT / name).write_bytes(msgspec.json.format(msgspec.json.encode(rows)) + b"\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=5_000, help="budget a fault")
    parser.add_argument(
        "--clean-requests", type=int, default=50_000, help="on the clean sandbox in all"
    )
    parser.add_argument("--only", nargs="*", default=None, metavar="FAULT")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--entries-of", type=int, default=60, metavar="N", help="faults whose entries are counted"
    )
    options = parser.parse_args()
    console = Console(width=110)
    status = 0
    if options.clean_requests:
        status = bench_clean(console, options.clean_requests)
    names = options.only if options.only is not None else list(FAULTS)
    if names:
        counted = random.Random(20).sample(names, min(options.entries_of, len(names)))
        bench_faults(console, names, counted, seed=options.seed, requests=options.requests)
    return status


def show_alarms(console: Console, row: CleanRow) -> None:
    for alarm in row.discrepancies:
        where = row.dialect or f"{row.contract}, seed {row.seed}"
        console.print(f"  false alarm ({where}): {alarm}", markup=False)


def bench_clean(console: Console, requests: int) -> int:
    """Prints and writes the clean runs; 1 if there was a false alarm."""
    environments = list(clean_environments())
    share = -(-requests // (len(environments) * len(SEEDS)))
    rows = []
    for environment in environments:
        for seed in SEEDS:
            row = run_clean(environment, seed=seed, requests=share)
            rows.append(row)
            show_alarms(console, row)
    for dialect in (DIALECTS[name] for name in LAWFUL):
        for version in dialect.versions:
            base = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=version)
            environment = dialect.environment(base)
            rows.append(run_clean(environment, seed=1, requests=share, dialect=dialect.name))
            show_alarms(console, rows[-1])
    for profile in PROFILES.values():
        for base in environments:
            environment = profile.environment(base)
            row = run_clean(
                environment,
                seed=1,
                requests=share,
                dialect=profile.name,
                spoken=profile.dialects(environment),
            )
            rows.append(row)
            show_alarms(console, row)
    write("clean.json", rows)
    alarms = sum(len(row.discrepancies) for row in rows)
    console.print(clean_table(rows))
    console.print(f"{alarms} false alarms in {sum(row.requests for row in rows)} requests\n")
    return 1 if alarms else 0


def bench_faults(
    console: Console, names: Sequence[str], counted: Sequence[str], *, seed: int, requests: int
) -> None:
    rows = []
    for name in names:
        row = run_fault(FAULTS[name], seed=seed, requests=requests)
        if name in counted:
            bugs = entries_of(FAULTS[name], seed=seed, requests=requests)
            titles = tuple(f"{bug.rule}: {bug.title}" for bug in bugs)
            row = msgspec.structs.replace(row, entries=titles)
        rows.append(row)
        console.print(
            f"  {len(rows)}/{len(names)} {name}: {rows[-1].rule or 'missed'}", highlight=False
        )
    write("faults.json", rows)
    console.print(fault_table(rows))
    right = sum(row.right for row in rows)
    found = sum(row.found for row in rows)
    console.print(
        f"{found} of {len(rows)} faults found within {requests} requests, "
        f"{right} under a rule that they break"
    )
    for row in rows:
        if not row.right:
            console.print(f"  {'missed' if not row.found else 'misnamed'}: {row.fault}")
    spent = [row.requests for row in rows if row.right]
    if spent:
        console.print(
            f"requests to the first sign: median {median(spent):g}, mean {fmean(spent):.0f}"
        )
    show_entries(console, [row for row in rows if row.entries])


def show_entries(console: Console, rows: Sequence[FaultRow]) -> None:
    """How many entries a fault makes, and which ones where there is more than one."""
    if not rows:
        return
    numbers = [len(row.entries or ()) for row in rows]
    console.print(
        f"entries a fault: one for {numbers.count(1) / len(rows):.0%} of {len(rows)} faults, "
        f"at most {max(numbers)}"
    )
    for row in rows:
        if len(row.entries or ()) > 1:
            console.print(f"  {row.fault}: {'; '.join(row.entries or ())}", markup=False)


if __name__ == "__main__":
    sys.exit(main())
