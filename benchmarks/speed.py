"""How fast is it? Ratios, measured side by side in one run.

Each comparison is repeated and interleaved, every repetition on a fresh sandbox of its own, so that
a slow moment hits all alike; the table shows medians, the smallest and the largest. Writes
``benchmarks/out/speed.json``. With schemathesis installed (``cartfuzz[bench]``) it is compared too.

Usage: python benchmarks/speed.py [--requests N] [--repeats N] [--growth N ...] [--seconds N]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

import msgspec
import requests
import urllib3
from peers import PEER, Peer, run_peer
from rich.console import Console
from rich.table import Table

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, Entity, schema
from cartfuzz.harness.campaign import run_campaign
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.marks import mark_of
from cartfuzz.harness.pace import Pace
from cartfuzz.harness.plan import Phase, Plan
from cartfuzz.harness.transport import Answer, DirectTransport, HttpTransport, NoAnswer, Request
from cartfuzz.record import ScenarioRun
from cartfuzz.sandbox import RunningSandbox, start
from cartfuzz.strategies import draw_examples, draw_scenarios, scenarios

OUT = Path(__file__).parent / "out"


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """One thing measured some times."""

    name: str
    unit: str
    values: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.values)


class Report(msgspec.Struct, kw_only=True):
    """The content of ``speed.json``."""

    measures: list[Measure] = []
    ratios: dict[str, float] = {}
    """Medians of the ratios of values that were measured side by side."""
    growth: list[dict[str, float]] = []
    peer: list[Peer] = []


class Recorder:
    """Notes the requests that pass through a transport."""

    def __init__(self, transport: HttpTransport) -> None:
        self._transport = transport
        self.sent: list[Request] = []

    def send(self, request: Request) -> Answer | NoAnswer:
        self.sent.append(request)
        return self._transport.send(request)

    def close(self) -> None:
        self._transport.close()


def explored_requests(count: int) -> list[Request]:
    """The first requests of an explore phase, as they go over the wire."""
    with start(EXAMPLE_ENVIRONMENT) as sandbox:
        recorder = Recorder(HttpTransport(sandbox.url, api_key=sandbox.api_key))
        direct = DirectTransport(sandbox.url, api_key=sandbox.api_key)
        engine = Engine(
            recorder, direct, environment=EXAMPLE_ENVIRONMENT, levels={}, pace=Pace(None)
        )
        strategy = scenarios(EXAMPLE_ENVIRONMENT)
        number = 0
        while len(recorder.sent) < count:
            for scenario in draw_scenarios(strategy, seed=number, count=20):
                mark = mark_of("recorded", number)
                engine.execute(scenario, phase="explore", number=str(number), mark=mark)
                number += 1
        recorder.close()
    return recorder.sent[:count]


def lines(request: Request, sandbox: RunningSandbox) -> dict[str, str]:
    return {
        "Authorization": f"ApiKey-v1 {sandbox.api_key}",
        "Content-Type": "application/json",
        **dict(request.headers),
    }


def with_requests(sandbox: RunningSandbox, sent: Sequence[Request]) -> float:
    with requests.Session() as session:
        began = perf_counter()
        for request in sent:
            session.request(
                request.method,
                sandbox.url + request.target,
                data=request.body,
                headers=lines(request, sandbox),
                timeout=30,
            )
        return len(sent) / (perf_counter() - began)


def with_urllib3(sandbox: RunningSandbox, sent: Sequence[Request]) -> float:
    with urllib3.PoolManager() as pool:
        began = perf_counter()
        for request in sent:
            pool.request(
                request.method,
                sandbox.url + request.target,
                body=request.body,
                headers=lines(request, sandbox),
            )
        return len(sent) / (perf_counter() - began)


def campaign(sandbox: RunningSandbox, *, count: int, workers: int = 1) -> float:
    """Requests a second of a full campaign: generate, model, check, record."""
    plan = Plan(
        url=sandbox.url,
        environment=EXAMPLE_ENVIRONMENT,
        seed=1,
        phases=(Phase.EXPLORE,),
        requests=count,
        workers=workers,
    )
    sent = 0
    began = last = 0.0
    for event in run_campaign(plan, sandbox.api_key, stop=threading.Event()):
        if isinstance(event, ScenarioRun):
            # Processes take a moment to start; from the first event on they are at work.
            began = began or perf_counter()
            sent += event.requests
            last = perf_counter()
    return sent / (last - began)


def side_by_side(
    report: Report, variants: dict[str, Callable[[RunningSandbox], float]], repeats: int
) -> dict[str, Measure]:
    """Measures each variant in turn, ``repeats`` times over, each on a fresh sandbox."""
    values: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(repeats):
        for name, measured in variants.items():
            with start(EXAMPLE_ENVIRONMENT) as sandbox:
                values[name].append(measured(sandbox))
    found = {
        name: Measure(name=name, unit="requests/s", values=numbers)
        for name, numbers in values.items()
    }
    report.measures.extend(found.values())
    return found


def ratio(over: Measure, under: Measure) -> float:
    """The median of the ratios of values that were measured after each other."""
    return statistics.median(a / b for a, b in zip(over.values, under.values, strict=True))


def drawing(report: Report, repeats: int) -> None:
    """Scenarios a second, and the cost of a cart of 1000 items beside one of 10."""
    from hypothesis_jsonschema import from_schema  # noqa: PLC0415

    from cartfuzz.strategies import carts  # noqa: PLC0415 - measured after the rest is warm

    entity = schema(EXAMPLE_ENVIRONMENT.contract, Entity.NEW_CUSTOMER_SESSION)
    small = carts(EXAMPLE_ENVIRONMENT, min_size=10, max_size=10)
    big = carts(EXAMPLE_ENVIRONMENT, min_size=1_000, max_size=1_000)
    strategy = scenarios(EXAMPLE_ENVIRONMENT)
    jobs: dict[str, tuple[Callable[[int], int], str]] = {
        "scenario steps drawn": (
            lambda seed: sum(len(s.steps) for s in draw_scenarios(strategy, seed=seed, count=60)),
            "steps/s",
        ),
        "sessions drawn by from_schema": (
            lambda seed: len(draw_examples(from_schema(entity), seed=seed, count=30)),
            "sessions/s",
        ),
        "carts of 10 items drawn": (
            lambda seed: len(draw_examples(small, seed=seed, count=60)),
            "carts/s",
        ),
        "carts of 1000 items drawn": (
            lambda seed: len(draw_examples(big, seed=seed, count=60)),
            "carts/s",
        ),
    }
    values: dict[str, list[float]] = {name: [] for name in jobs}
    for seed in range(repeats):
        for name, (job, _) in jobs.items():
            began = perf_counter()
            values[name].append(job(seed) / (perf_counter() - began))
    found = {
        name: Measure(name=name, unit=jobs[name][1], values=numbers)
        for name, numbers in values.items()
    }
    report.measures.extend(found.values())
    ten, thousand = found["carts of 10 items drawn"], found["carts of 1000 items drawn"]
    report.ratios["cost_of_1000_items_vs_10"] = ratio(ten, thousand)


def starting(report: Report, repeats: int) -> None:
    """Seconds of ``python -c pass``, of ``cartfuzz --help``, and to the first request."""
    values: dict[str, list[float]] = {"python -c pass": [], "cartfuzz --help": []}
    program = [sys.executable, "-m", "cartfuzz.harness.cli", "--help"]
    for _ in range(repeats):
        for name, command in (
            ("python -c pass", [sys.executable, "-c", "pass"]),
            ("cartfuzz --help", program),
        ):
            began = perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            values[name].append(perf_counter() - began)
    found = {n: Measure(name=n, unit="s", values=numbers) for n, numbers in values.items()}
    report.measures.extend(found.values())
    report.ratios["help_seconds_over_python"] = statistics.median(
        a - b
        for a, b in zip(
            found["cartfuzz --help"].values, found["python -c pass"].values, strict=True
        )
    )


def growing(report: Report, sizes: Sequence[int]) -> None:
    """Seconds and memory of runs of several lengths, each in a process of its own."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder, start(EXAMPLE_ENVIRONMENT) as sandbox:
            program = (
                "import sys, resource; from cartfuzz.harness.cli import main;"
                f"code = main(['run', '{sandbox.url}', '--requests', '{size}', '--seed', '1',"
                f"'--phase', 'explore', '--report-dir', '{folder}', '-q']);"
                "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
            )
            began = perf_counter()
            done = subprocess.run(
                [sys.executable, "-c", program],
                env={"CARTFUZZ_API_KEY": sandbox.api_key, "PATH": ""},
                check=True,
                capture_output=True,
                text=True,
            )
            seconds = perf_counter() - began
            report.growth.append(
                {
                    "requests": size,
                    "microseconds_per_request": seconds / size * 1e6,
                    "memory_mb": int(done.stdout.split()[-1]) / 1024,
                    "record_bytes_per_request": (Path(folder) / "events.ndjson").stat().st_size
                    / size,
                }
            )


def printed(report: Report) -> None:
    console = Console(width=110)
    table = Table(title="Medians")
    for column in ("what", "median", "smallest", "largest", "unit"):
        table.add_column(column)
    for measure in report.measures:
        numbers = (measure.median, min(measure.values), max(measure.values))
        table.add_row(measure.name, *(f"{number:,.3g}" for number in numbers), measure.unit)
    console.print(table)
    for name, value in report.ratios.items():
        console.print(f"{name}: {value:.2f}")
    for row in report.growth:
        console.print(", ".join(f"{name} {value:,.1f}" for name, value in row.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=3_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--growth", type=int, nargs="*", default=[10_000, 50_000])
    parser.add_argument("--seconds", type=int, default=20, help="for the peer, each phase")
    options = parser.parse_args()
    report = Report()
    sent = explored_requests(options.requests)
    found = side_by_side(
        report,
        {
            "requests.Session replay": lambda sandbox: with_requests(sandbox, sent),
            "urllib3 replay": lambda sandbox: with_urllib3(sandbox, sent),
            "campaign, 1 worker": lambda sandbox: campaign(sandbox, count=options.requests),
            "campaign, 2 workers": lambda sandbox: campaign(
                sandbox, count=2 * options.requests, workers=2
            ),
        },
        options.repeats,
    )
    one = found["campaign, 1 worker"]
    report.ratios["campaign_vs_requests_replay"] = ratio(one, found["requests.Session replay"])
    report.ratios["campaign_vs_urllib3_replay"] = ratio(one, found["urllib3 replay"])
    report.ratios["two_workers_vs_one"] = ratio(found["campaign, 2 workers"], one)
    if shutil.which(PEER, path=str(Path(sys.executable).parent)):
        report.peer = [run_peer(phase, options.seconds) for phase in ("fuzzing", "coverage")]
        for peer in report.peer:
            report.ratios[f"campaign_vs_schemathesis_{peer.phase}"] = (
                one.median / peer.requests_per_second
            )
    drawing(report, options.repeats)
    starting(report, options.repeats)
    growing(report, options.growth)
    OUT.mkdir(exist_ok=True)
    (OUT / "speed.json").write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    printed(report)


if __name__ == "__main__":
    main()
