"""Do swarm mixes and novelty pay? Faults that `explore` finds with and without them.

Runs only the explore phase on every sequential fault, in process, with equal numbers of requests:

- ``plain``: every scenario draws from all moves with the same weights;
- ``swarm``: each scenario leaves some moves out and stretches others;
- ``swarm and novelty``: besides, scenarios that showed a new (rule, side) or a new observation are
  kept, and half of what is sent is a kept one crossed with a fresh one.

Prints a table and writes ``benchmarks/out/exploring.json``.

Usage: python benchmarks/exploring.py [--requests N] [--seeds N] [--only FAULT ...]
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, Environment, Scenario
from cartfuzz.harness.engine import Engine
from cartfuzz.harness.pace.rate_limiter import RateLimiter
from cartfuzz.harness.scheduling.shards import shard_seed
from cartfuzz.record import ScenarioRun
from cartfuzz.sandbox import FAULTS, Fault, FaultClass
from cartfuzz.sandbox.assembly import assembled
from cartfuzz.strategies import draw_scenarios, scenarios
from cartfuzz.wire.marks import mark_of

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.in_process import KEY, InProcessTransport  # the sandbox without a socket

OUT = Path(__file__).parent / "out"
VARIANTS = ("plain", "swarm", "swarm and novelty")
SEQUENTIAL = tuple(
    fault
    for fault in FAULTS.values()
    if fault.fault_class not in (FaultClass.CONCURRENCY, FaultClass.LOST, FaultClass.WIRE)
)
_SHARD = 20


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One fault, one variant, one seed."""

    fault: str
    variant: str
    seed: int
    found: bool
    requests: int
    """Until it was found under a rule that it breaks; all that were sent, if it was not."""


class Kept:
    """Scenarios that showed something new."""

    def __init__(self, seed: int) -> None:
        self._choice = random.Random(seed)
        self._seen: set[object] = set()
        self._pool: list[Scenario] = []

    def next(self, fresh: Scenario) -> Scenario:
        """``fresh``, or a kept scenario that goes on as ``fresh`` does."""
        if not self._pool or self._choice.random() < 0.5:
            return fresh
        kept = self._choice.choice(self._pool)
        size = len(kept.sessions)
        cut = self._choice.randint(1, len(kept.steps))
        rest = fresh.steps[self._choice.randrange(len(fresh.steps)) :]
        moved = (msgspec.structs.replace(step, session=step.session % size) for step in rest)
        return msgspec.structs.replace(kept, steps=(*kept.steps[:cut], *moved)[:40])

    def learn(self, scenario: Scenario, run: ScenarioRun) -> None:
        shown: set[object] = {*run.reached, *((o.situation, o.outcome) for o in run.observations)}
        if not shown <= self._seen:
            self._seen |= shown
            self._pool.append(scenario)


def explored(environment: Environment, variant: str, seed: int) -> Iterator[Scenario]:
    strategy = scenarios(environment, swarm=variant != "plain")
    index = 0
    while True:
        yield from draw_scenarios(strategy, seed=shard_seed(seed, index), count=_SHARD)
        index += 1


def hunted(fault: Fault, variant: str, *, seed: int, requests: int) -> Row:
    environment = fault.environment(EXAMPLE_ENVIRONMENT)
    transport = InProcessTransport(assembled(environment, (fault.name,), (), KEY))
    engine = Engine(transport, environment=environment, levels={}, rate_limiter=RateLimiter(None))
    kept = Kept(seed)
    sent = 0
    for number, fresh in enumerate(explored(environment, variant, seed)):
        scenario = kept.next(fresh) if variant.endswith("novelty") else fresh
        run = engine.execute(
            scenario, phase="explore", scenario_id=str(number), mark=mark_of("explorer", number)
        )
        kept.learn(scenario, run)
        sent += run.requests
        if any(found.rule in fault.rules for found in run.discrepancies):
            return Row(fault=fault.name, variant=variant, seed=seed, found=True, requests=sent)
        if sent >= requests:
            return Row(fault=fault.name, variant=variant, seed=seed, found=False, requests=sent)
    raise AssertionError("explored() has no end")  # pragma: no cover


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=2_000)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args()
    rows = [
        hunted(fault, variant, seed=seed, requests=options.requests)
        for fault in SEQUENTIAL
        if not options.only or fault.name in options.only
        for seed in range(1, options.seeds + 1)
        for variant in VARIANTS  # side by side, so that drift of the machine hits all alike
    ]
    OUT.mkdir(exist_ok=True)
    (OUT / "exploring.json").write_bytes(msgspec.json.format(msgspec.json.encode(rows)))
    table = Table(title=f"Explore alone, {options.requests} requests a fault and seed")
    for column in ("variant", "runs", "found", "median requests", "mean requests"):
        table.add_column(column)
    for variant in VARIANTS:
        own = [row for row in rows if row.variant == variant]
        table.add_row(
            variant,
            str(len(own)),
            str(sum(row.found for row in own)),
            f"{statistics.median(row.requests for row in own):.0f}",
            f"{statistics.mean(row.requests for row in own):.0f}",
        )
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
