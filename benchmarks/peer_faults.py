"""Seeded faults that Schemathesis finds, and what Cartfuzz needs for the same.

Both get the embedded sandbox with the fault, the same time and one worker. Schemathesis runs with
its own defaults (all its phases) on the OpenAPI document of the contract version
(``benchmarks/openapi.py``); Cartfuzz runs its default campaign. What Schemathesis reports of the
clean sandbox, over some seeds, is its baseline: kinds of failures that a reading of schemas sees
anyway. It finds a fault if it reports a kind (operation, check, first line of the message) that the
baseline lacks. Cartfuzz finds a fault if it reports any discrepancy; it has no baseline, since it
reports nothing of the clean sandbox.

Most faults cannot show to a reading of schemas, so the requests of those clean runs are sent again
to a sandbox with each fault first, and only faults that change an answer are hunted.

Requests are counted up to the first sign, for Schemathesis by the times of the exchanges in its
NDJSON report. There are two clocks, one from the start of the process and one from the first
request; for Cartfuzz both run until the sign stands in its record, looked at every 2 ms, which is
when its scenario has ended. What only the whole run shows is seen when the time is up. Each tool
has one request under way at a time.

Writes ``benchmarks/out/peer_faults.json``.

Usage: python benchmarks/peer_faults.py [--faults N] [--only FAULT ...] [--seconds S] [--clean N]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from openapi import document
from peers import PEER, configured
from rich.console import Console
from rich.table import Table
from screened import Sent, sent_in, telling

from cartfuzz.analysis import RunInvariants
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion, Environment
from cartfuzz.record import ScenarioRun, read_events
from cartfuzz.sandbox import FAULTS, Fault, start
from suite import chosen

OUT = Path(__file__).parent / "out"
_PATIENCE_SEC = 60
"""For what comes before and after the time that a tool is given."""
Kind = tuple[str, str, str]


class Hunt(msgspec.Struct, frozen=True, kw_only=True):
    """What one tool made of one fault."""

    found: bool
    requests: int
    """Up to the first sign; all that were sent, if there was none."""
    seconds: float
    """From the start of the process."""
    sending: float
    """From the first request."""
    what: str = ""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    fault: str
    rules: tuple[str, ...]
    peer: Hunt
    ours: Hunt


class PeerRun(msgspec.Struct, frozen=True, kw_only=True):
    """What the peer sent and reports; times in seconds since 1970."""

    began: float
    failures: list[Failure]
    times: list[float]
    """Of all requests, in order."""
    sent: list[Sent]
    """In no order."""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """One failure that the peer reports."""

    kind: Kind
    at: float
    """Seconds since 1970 of the exchange that showed it."""


def peer_run(
    environment: Environment, faults: Sequence[str], *, seconds: int, seed: int
) -> PeerRun:
    """One run of the peer on a fresh sandbox."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "openapi.json").write_text(json.dumps(document(environment.contract)), "utf-8")
        report = folder / "events.ndjson"
        with start(environment, faults=tuple(faults)) as sandbox:
            configured(folder)
            began = time.time()
            subprocess.run(
                [
                    *(str(Path(sys.executable).parent / PEER), "run", "openapi.json"),
                    *("--url", sandbox.url, "--max-time", str(seconds), "--seed", str(seed)),
                    *("--report", "ndjson", "--report-ndjson-path", str(report)),
                    "--continue-on-failure",
                ],
                capture_output=True,
                check=False,
                cwd=folder,
                timeout=2 * seconds + _PATIENCE_SEC,
                env={**os.environ, "CARTFUZZ_API_KEY": sandbox.api_key},
            )
        failures: list[Failure] = []
        times: list[float] = []
        sent: list[Sent] = []
        for recorder in _recorders(report):
            moments = {name: one["timestamp"] for name, one in recorder["interactions"].items()}
            times.extend(moments.values())
            sent.extend(map(sent_in, recorder["interactions"].values()))
            failures.extend(_failures(recorder, moments))
    return PeerRun(began=began, failures=failures, times=sorted(times), sent=sent)


def _recorders(report: Path) -> Iterator[dict[str, Any]]:
    for line in report.read_text("utf-8").splitlines():
        recorder = json.loads(line).get("ScenarioFinished", {}).get("recorder", {})
        if "interactions" in recorder:
            yield recorder


def _failures(recorder: dict[str, Any], times: dict[str, float]) -> Iterator[Failure]:
    for case, checks in recorder.get("checks", {}).items():
        for check in checks:
            if check["status"] == "failure" and case in times:
                failure = check["failure_info"]["failure"]
                line = str(failure.get("message") or failure["title"]).split("\n")[0]
                kind = (str(failure["operation"]), str(check["name"]), line)
                yield Failure(kind=kind, at=times[case])


def peer_hunt(fault: Fault, baseline: frozenset[Kind], *, seconds: int) -> Hunt:
    environment = fault.environment(EXAMPLE_ENVIRONMENT)
    run = peer_run(environment, (fault.name,), seconds=seconds, seed=1)
    new = sorted((one for one in run.failures if one.kind not in baseline), key=lambda one: one.at)
    if not new:
        return Hunt(found=False, requests=len(run.times), seconds=seconds, sending=seconds)
    first = new[0]
    return Hunt(
        found=True,
        requests=sum(at <= first.at for at in run.times),
        seconds=round(first.at - run.began, 3),
        sending=round(first.at - run.times[0], 3),
        what=": ".join(first.kind),
    )


def our_hunt(fault: Fault, *, seconds: int) -> Hunt:
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "events.ndjson"
        began = time.time()
        with subprocess.Popen(
            [
                *(sys.executable, "-m", "cartfuzz.cli", "run", "-qq", "--no-minimise"),
                *("--sandbox-fault", fault.name, "--duration", f"{seconds}s", "--seed", "1"),
                *("--in-flight", "1", "--report-dir", folder),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            place = 0
            first_event = 0.0
            while process.poll() is None:
                place, lines = _whole_lines(record, place)
                if not first_event and b'"type":"scenario"' in lines:
                    first_event = time.time()
                shown = b'"discrepancies":[' in lines
                if shown or time.time() > began + 2 * seconds + _PATIENCE_SEC:
                    break
                time.sleep(0.002)  # the peer's record is a file, and nobody reports that it grows
            ended = time.time()
            process.terminate()
        found, requests, what = _first_sign(record)
        return Hunt(
            found=found,
            requests=requests,
            seconds=round(ended - began, 3),
            sending=round(ended - first_event + _first_scenario(record), 3) if first_event else 0.0,
            what=what,
        )


def _whole_lines(record: Path, place: int) -> tuple[int, bytes]:
    """The whole lines of ``record`` from ``place`` on, and where the next one begins."""
    if not record.exists():
        return 0, b""
    with record.open("rb") as file:
        file.seek(place)
        lines = file.read()
    whole = lines.rfind(b"\n") + 1
    return place + whole, lines[:whole]


def _first_scenario(record: Path) -> float:
    """Seconds that the first scenario took, from its first request on."""
    events = read_events(record)
    return next((e.elapsed_ms / 1000 for e in events if isinstance(e, ScenarioRun)), 0.0)


def _first_sign(record: Path) -> tuple[bool, int, str]:
    """Whether there is one, the requests up to it or of the whole run, and what it is."""
    sent = 0
    ledger = RunInvariants()
    for event in read_events(record):
        broken = ledger.add(event).discrepancies
        if isinstance(event, ScenarioRun):
            found = (*event.discrepancies, *broken)
            if found:
                first = found[0]
                return True, sent + first.step + 1, f"{first.rule}: {first.title}"
            sent += event.requests
    return False, sent, ""


def print_rows(rows: Sequence[Row], known: int, console: Console) -> None:
    table = Table(title="Seeded faults in equal time")
    for column in ("fault", "breaks", "Schemathesis", "Cartfuzz"):
        table.add_column(column)
    for row in rows:
        table.add_row(row.fault, ", ".join(row.rules), _said(row.peer), _said(row.ours))
    console.print(table)
    theirs = [row for row in rows if row.peer.found]
    within = sum(row.ours.found and row.ours.requests <= row.peer.requests for row in rows)
    console.print(
        f"{len(rows)} faults that change an answer to its requests; "
        f"kinds of failures on the clean sandbox: Schemathesis {known}, "
        f"Cartfuzz none\nfound in equal time: Schemathesis {len(theirs)}, "
        f"Cartfuzz {sum(row.ours.found for row in rows)}; by Cartfuzz within the requests that "
        f"Schemathesis sent (until it found the fault, if it did): {within}"
    )
    both = [row for row in theirs if row.ours.found]
    for name, parts in (
        ("requests", [row.ours.requests / row.peer.requests for row in both]),
        ("time from the start", [row.ours.seconds / row.peer.seconds for row in both]),
        (
            "time from the first request, where that found nothing",
            [row.ours.sending / row.peer.sending for row in both if row.peer.requests > 1],
        ),
    ):
        if parts:
            console.print(
                f"of its {name} Cartfuzz needs {statistics.median(parts):.3f} (median), "
                f"{max(parts):.3f} (most)"
            )
    missed = [row.fault for row in theirs if not row.ours.found]
    console.print(f"found by Schemathesis only: {', '.join(missed) or 'none'}")


def _said(hunt: Hunt) -> str:
    if not hunt.found:
        return "-"
    return f"{hunt.requests:,} requests, {hunt.seconds:.2f} s, {hunt.sending:.2f} s sending"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--faults", type=int, default=len(FAULTS), metavar="N")
    parser.add_argument("--only", nargs="+", default=(), metavar="FAULT", choices=FAULTS)
    parser.add_argument("--seconds", type=int, default=12, metavar="S")
    parser.add_argument("--clean", type=int, default=3, metavar="N", help="clean runs a version")
    options = parser.parse_args()
    faults = chosen(options.faults, options.only)
    environments = {
        environment.contract: environment
        for environment in (fault.environment(EXAMPLE_ENVIRONMENT) for fault in faults)
    }
    baseline: set[Kind] = set()
    requests: dict[ContractVersion, list[Sent]] = {}
    for version, environment in environments.items():
        for seed in range(1, options.clean + 1):
            run = peer_run(environment, (), seconds=options.seconds, seed=seed)
            baseline.update(failure.kind for failure in run.failures)
            requests.setdefault(version, []).extend(run.sent)
    shown = list(telling(faults, requests))
    print(f"{len(shown)} of {len(faults)} faults change an answer to its requests", file=sys.stderr)
    rows = []
    for fault in shown:
        row = Row(
            fault=fault.name,
            rules=fault.rules,
            peer=peer_hunt(fault, frozenset(baseline), seconds=options.seconds),
            ours=our_hunt(fault, seconds=options.seconds),
        )
        rows.append(row)
        print(f"{fault.name}: {row.peer} {row.ours}", file=sys.stderr)
    OUT.mkdir(exist_ok=True)
    (OUT / "peer_faults.json").write_bytes(msgspec.json.format(msgspec.json.encode(rows)))
    print_rows(rows, len(baseline), Console(width=140))


if __name__ == "__main__":
    main()
