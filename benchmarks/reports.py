"""What the reports of a long record cost: time and memory of each format.

Makes a record of many events: most of them what nearly all scenarios of a run are, one in a hundred
kept with its exchanges, and discrepancies of a number of signatures, each with its smallest
scenario. Makes each format of it, each in a process of its own. Memory that grows with the record
would show here. Prints a table and writes ``benchmarks/out/reports.json``.

Usage: python benchmarks/reports.py [--events N ...] [--discrepancies N]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from cartfuzz.analysis.report_format import Format
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK, Fetch, Operation, Scenario, Update
from cartfuzz.record import (
    Discrepancy,
    Event,
    Exchange,
    Kind,
    Minimised,
    Observation,
    RecordWriter,
    RunFinished,
    RunStarted,
    ScenarioRun,
    StopReason,
    scenario_digest,
    signature_of,
)
from cartfuzz.reports.formats import FILES
from cartfuzz.wire.marks import mark_of

OUT = Path(__file__).parent / "out"
_KEPT = 100
"""One scenario in so many is kept with its exchanges."""
_RUN = """
import json, resource, sys, time
began = time.perf_counter()
from cartfuzz.cli import main
main(sys.argv[1:])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": time.perf_counter() - began, "peak_mb": peak}))
"""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One format of one record."""

    events: int
    format: str
    seconds: float
    """Of the whole command: to start, to read the record, to write the file."""
    peak_mb: float
    """Of resident memory."""
    file_kb: float


class _Cost(msgspec.Struct, frozen=True):
    seconds: float
    peak_mb: float


def events(count: int, discrepancies: int) -> Iterator[Event]:
    """A record of about ``count`` events with so many signatures."""
    yield RunStarted(
        cartfuzz="0.1.0",
        contract=EXAMPLE_ENVIRONMENT.contract,
        seed=1,
        run="growth00",
        target="http://127.0.0.1:1",
        phases=("edges", "explore"),
        workers=1,
        started="2026-01-01T00:00:00Z",
        environment=EXAMPLE_ENVIRONMENT,
        keeps_judged_right=True,
    )
    for number in range(count):
        yield _scenario(number, discrepancies)
    for number in range(discrepancies):
        yield _minimised(number)
    yield RunFinished(seconds=count / 100, reason=StopReason.COMPLETED)


def _scenario(number: int, discrepancies: int) -> ScenarioRun:
    scenario = _scenario_of(number)
    is_kept = number % _KEPT == 0
    shown = number // _KEPT if is_kept and number // _KEPT < discrepancies else None
    return ScenarioRun(
        id=f"explore/0/{number}",
        phase="explore",
        mark=mark_of("growth00", number),
        title="an update and a read",
        statuses=(200, 200),
        elapsed_ms=4.0,
        reached={
            "endpoint update": 1,
            "endpoint get": 1,
            "STATE-01 accept": 1,
            "CART-01 accept": 1,
        },
        boundaries={f"cart items {number % 7}": 1},
        sent={"update": 1, "get": 1},
        ids=(2 * number,),
        observations=(Observation(rule="MERGE-U3", situation="update", outcome="accepted"),),
        discrepancies=() if shown is None else (_discrepancy(shown),),
        scenario=scenario if is_kept else None,
        exchanges=_exchanges() if is_kept else (),
        digest=scenario_digest(scenario),
        answers="aa",
    )


def _scenario_of(number: int) -> Scenario:
    item = {"name": "shoe", "sku": f"SKU-{number}", "quantity": 1, "price": 10.0}
    body = {"customerSession": {"profileId": f"profile-{number}", "cartItems": [item] * 5}}
    return Scenario(
        title="an update and a read", sessions=(f"s-{MARK}",), steps=(Update(body=body), Fetch())
    )


def _exchanges() -> tuple[Exchange, ...]:
    answer = '{"customerSession":{"state":"open","cartItems":[' + '{"name":"shoe"},' * 60 + "{}]}}"
    target = f"/v2/customer_sessions/s-{MARK}"
    return (
        Exchange(step=0, method="PUT", target=target, status=200, answer=answer, elapsed_ms=2.0),
        Exchange(step=1, method="GET", target=target, status=200, answer=answer, elapsed_ms=2.0),
    )


def _discrepancy(number: int) -> Discrepancy:
    named = {"rule": "CART-02", "check": "status", "operation": "update"}
    named |= {"situation": f"update {number}", "outcome": "accepted"}
    return Discrepancy(
        signature=signature_of(**named),
        kind=Kind.VIOLATION,
        rule="CART-02",
        check="status",
        operation=Operation.UPDATE,
        situation=named["situation"],
        outcome="accepted",
        title=f"update {number}: accepted",
        expected="a refusal with 400",
        found="200",
        step=0,
    )


def _minimised(number: int) -> Minimised:
    found = _discrepancy(number)
    return Minimised(
        signature=found.signature,
        scenario=_scenario_of(number),
        discrepancy=found,
        operations_before=2,
        confirmed=5,
        confirmations=5,
        complete=True,
        trials=10,
        requests=20,
        elapsed_ms=40.0,
        exchanges=_exchanges(),
    )


def measure(folder: Path, count: int, name: Format) -> Row:
    """One format of the record in ``folder``."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN, "report", str(folder), "--format", name.value, "-qq"],
        capture_output=True,
        text=True,
        check=True,
    )
    cost = msgspec.json.decode(done.stdout.strip().splitlines()[-1], type=_Cost)
    return Row(
        events=count,
        format=name.value,
        seconds=round(cost.seconds, 2),
        peak_mb=round(cost.peak_mb, 1),
        file_kb=round((folder / FILES[name]).stat().st_size / 1024, 1),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--discrepancies", type=int, default=100)
    parser.add_argument("--formats", nargs="+", default=[one.value for one in Format])
    options = parser.parse_args()
    rows = []
    for count in sorted(options.events):
        with tempfile.TemporaryDirectory(prefix="cartfuzz-reports-") as name:
            folder = Path(name)
            with RecordWriter(folder / "events.ndjson") as record:
                for event in events(count, options.discrepancies):
                    record.write(event)
            for chosen in map(Format, options.formats):
                rows.append(measure(folder, count, chosen))
                print(rows[-1], file=sys.stderr)
    OUT.mkdir(exist_ok=True)
    (OUT / "reports.json").write_bytes(msgspec.json.format(msgspec.json.encode(rows)) + b"\n")
    table = Table(title=f"Reports of a record with {options.discrepancies} discrepancies")
    for column in ("format", "events", "seconds", "peak MB", "file kB"):
        table.add_column(column, justify="right")
    for row in sorted(rows, key=lambda row: (row.format, row.events)):
        cells = (f"{row.events:,}", f"{row.seconds:.1f}", f"{row.peak_mb:.0f}")
        table.add_row(row.format, *cells, f"{row.file_kb:,.0f}")
    Console(width=110).print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
