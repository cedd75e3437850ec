"""A thousand workers, some of which die: does the plan of ``docs/scale.md`` hold?

Runs the bookkeeping of the cluster executor against a cluster in virtual time: no network, no
waiting. Each shard takes the time that its requests need at its share of the rate, or at the
latency of the target; a worker that dies loses its shard, which the scheduler gives to another one.

Prints a table and writes ``benchmarks/out/fleet.json``.

Usage: python benchmarks/fleet.py [--workers N] [--shards N] [--deaths P]
"""

from __future__ import annotations

import argparse
import heapq
import random
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from cartfuzz.harness.executors.dispatch import Dispatch

OUT = Path(__file__).parent / "out"


class Fleet(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one simulated campaign."""

    workers: int
    rps: float | None
    shards: int
    deaths: int
    counted: int
    """Shards whose result was taken."""
    executions: int
    """Shards that were begun, lost ones included."""
    seconds: float
    """Virtual."""
    requests: int
    most_at_once: int
    peak_rps: float
    """The highest rate that the shards under way allowed together."""
    busy: float
    """The share of the workers' time that was used."""


def simulated(
    *,
    workers: int,
    shards: int,
    rps: float | None = None,
    latency_sec: float = 0.05,
    in_flight: int = 4,
    deaths: float = 0.0,
    seed: int = 1,
) -> Fleet:
    """One campaign of ``shards`` shards on ``workers`` workers of one thread.

    Args:
        workers: worker processes.
        shards: how many there are.
        rps: the bound on the rate of the whole fleet.
        latency_sec: how long the target takes for a request.
        in_flight: scenarios at once in a shard.
        deaths: the chance that a worker dies while it executes a shard.
        seed: of the chances.
    """
    choice = random.Random(seed)
    dispatch = Dispatch(workers, rated=rps is not None)
    now = busy = 0.0
    ends: list[tuple[float, int, bool]] = []
    waiting: list[int] = []
    running = counted = executions = sent = most = died = 0

    def begin() -> None:
        nonlocal running, executions, busy, most, sent
        while waiting and running < workers:
            shard = waiting.pop(0)
            requests = choice.randint(60, 600)
            alone = in_flight / latency_sec
            rate = alone if rps is None else min(alone, rps / dispatch.share)
            takes = requests / rate
            dies = choice.random() < deaths
            if dies:
                takes *= choice.random()
                requests = int(rate * takes)
            heapq.heappush(ends, (now + takes, shard, dies))
            running += 1
            executions += 1
            busy += takes
            sent += requests
            most = max(most, running)

    waiting.extend(dispatch.due())
    begin()
    while ends:
        now, shard, dies = heapq.heappop(ends)
        running -= 1
        if dies:
            died += 1
            waiting.insert(0, shard)
        elif shard >= shards:
            dispatch.ended(shard, last=True)
        else:
            counted += dispatch.ended(shard)
        waiting.extend(dispatch.due())
        begin()
    return Fleet(
        workers=workers,
        rps=rps,
        shards=shards,
        deaths=died,
        counted=counted,
        executions=executions,
        seconds=now,
        requests=sent,
        most_at_once=most,
        peak_rps=most * (in_flight / latency_sec if rps is None else rps / dispatch.share),
        busy=busy / (now * workers),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=1_000)
    parser.add_argument("--shards", type=int, default=100_000)
    parser.add_argument("--deaths", type=float, default=0.001)
    options = parser.parse_args()
    rows = [
        simulated(workers=options.workers, shards=options.shards, rps=rps, deaths=deaths)
        for rps in (None, 20_000.0)
        for deaths in (0.0, options.deaths)
    ]
    OUT.mkdir(exist_ok=True)
    (OUT / "fleet.json").write_bytes(msgspec.json.format(msgspec.json.encode(rows)))
    table = Table(title=f"{options.workers} workers in virtual time")
    for column in ("bound", "deaths", "shards counted", "begun", "seconds", "requests/s", "busy"):
        table.add_column(column)
    for row in rows:
        table.add_row(
            "none" if row.rps is None else f"{row.rps:,.0f}/s",
            str(row.deaths),
            f"{row.counted:,} of {row.shards:,}",
            f"{row.executions:,}",
            f"{row.seconds:,.0f}",
            f"{row.requests / row.seconds:,.0f}",
            f"{row.busy:.1%}",
        )
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
