"""How often the generated scenarios hit each boundary value.

Draws what the default campaign draws, sends nothing. Prints a table and writes
``benchmarks/out/boundaries.json``.

Usage: python benchmarks/boundary_shares.py [--scenarios N] [--seed N]
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion, Environment
from cartfuzz.harness.plan import Plan
from cartfuzz.harness.scheduling.shards import Shards
from cartfuzz.oracle.rule_coverage import ITEM_BOUNDARIES, SUM_BOUNDARIES, boundaries
from cartfuzz.record import Phase

OUT = Path(__file__).parent / "out"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One boundary value in one environment: scenarios of each phase that hit it."""

    contract: str
    flattening: bool
    boundary: str
    edges: int
    edges_of: int
    explore: int
    explore_of: int


def count_hits(environment: Environment, *, seed: int, scenarios: int) -> list[Row]:
    """The hits of the sweep and of ``scenarios`` scenarios of phase explore."""
    shown = (Phase.EDGES, Phase.EXPLORE)
    hits: dict[Phase, Counter[str]] = {phase: Counter() for phase in shown}
    drawn: Counter[Phase] = Counter()
    for phase in shown:
        bound = scenarios if phase is Phase.EXPLORE else None
        plan = Plan(url="", environment=environment, seed=seed, phases=(phase,), scenarios=bound)
        shards = Shards(plan)
        shard = 0
        while (members := shards.scenarios_of(shard)) is not None:
            shard += 1
            for member in members:
                drawn[phase] += 1
                hits[phase].update(set(boundaries(member.scenario)))
    names = [f"cart items {n}" for n in sorted(ITEM_BOUNDARIES)]
    names += [f"quantity sum {n}" for n in sorted(SUM_BOUNDARIES)]
    return [
        Row(
            contract=environment.contract.value,
            flattening=environment.flattening,
            boundary=name,
            edges=hits[Phase.EDGES][name],
            edges_of=drawn[Phase.EDGES],
            explore=hits[Phase.EXPLORE][name],
            explore_of=drawn[Phase.EXPLORE],
        )
        for name in names
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scenarios", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rows = []
    for contract in ContractVersion:
        for flattening in (False, True):
            environment = msgspec.structs.replace(
                EXAMPLE_ENVIRONMENT, contract=contract, flattening=flattening
            )
            rows += count_hits(environment, seed=options.seed, scenarios=options.scenarios)
    table = Table(title=f"Scenarios that hit a boundary (seed {options.seed})")
    for column in ("contract", "flattening", "boundary"):
        table.add_column(column)
    for column in ("edges", "explore", "explore share"):
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(
            row.contract,
            "on" if row.flattening else "off",
            row.boundary,
            f"{row.edges} of {row.edges_of}",
            f"{row.explore} of {row.explore_of}",
            f"{row.explore / row.explore_of:.1%}",
        )
    Console(width=100).print(table)
    OUT.mkdir(exist_ok=True)
    (OUT / "boundaries.json").write_bytes(msgspec.json.format(msgspec.json.encode(rows)) + b"\n")


if __name__ == "__main__":
    main()
