"""How fast is it? Ratios, measured side by side in one run.

Each comparison is repeated and interleaved, every repetition on a fresh sandbox of its own, so that
a slow moment hits all alike; the table shows medians, the smallest and the largest. Writes
``benchmarks/out/speed.json``. With schemathesis installed (``cartfuzz[bench]``) it is compared too.

Usage: python benchmarks/speed.py [--requests N] [--repeats N] [--seconds N]
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

import msgspec
from beside_peer import beside_peer
from campaigns import against_bare_clients, two_workers, with_latency
from drawing import big_carts, drawing
from effects_cost import effects_cost
from measures import Report, printed
from parts import measured, shares
from peers import PEER
from reporting import reporting
from starting import starting

from cartfuzz.harness.memory_tuning import tuned

OUT = Path(__file__).parent / "out"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=3_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=10, help="for the peer, each phase")
    options = parser.parse_args()
    report = Report()
    against_bare_clients(report, options.requests, options.repeats)
    two_workers(report, 5 * options.requests, min(options.repeats, 3))
    with_latency(report, 2 * options.requests, options.repeats)
    if shutil.which(PEER, path=str(Path(sys.executable).parent)):
        beside_peer(report, options.requests, options.seconds, min(options.repeats, 3))
    with tuned():  # as a campaign does
        drawing(report, options.repeats)
        big_carts(report, options.repeats)
    starting(report, options.repeats)
    reporting(report, options.requests, options.repeats)
    effects_cost(report, options.requests, options.repeats)
    sampler = measured(options.requests)
    report.parts = dict(shares(sampler.parts))
    report.busiest = shares(sampler.functions, 15)
    OUT.mkdir(exist_ok=True)
    (OUT / "speed.json").write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    printed(report)


if __name__ == "__main__":
    main()
