"""Whether one bug hides another: pairs and triples of seeded faults in one run.

For each sample one run with minimisation on a sandbox with all of its faults; every second sample
is of one class, whose faults are the likeliest to be confused. Each smallest scenario is then sent
to sandboxes with one fault alone: the faults that show its signature there have it. A fault is
*hidden* if the run has a signature of it, and none that is an entry of its own. Prints the samples
with hidden faults and writes ``benchmarks/out/pairs_of_faults.json``.

Usage: python benchmarks/pairs_of_faults.py [--pairs N] [--triples N] [--requests N] [--seed N]
       [--only FAULT,FAULT ...]
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

import msgspec
from rich.console import Console
from triaged import triaged

from cartfuzz.analysis import RunState, summary_of
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, Environment, Scenario
from cartfuzz.harness.plan import Plan
from cartfuzz.harness.target import open_target
from cartfuzz.harness.triage.triage import ScenarioRunner
from cartfuzz.record import ScenarioRun
from cartfuzz.sandbox import FAULTS, FaultClass, environment_with, start
from cartfuzz.wire.secrets import TargetSecrets

OUT = Path(__file__).parent / "out"
UNSUITABLE = frozenset(
    (FaultClass.CONCURRENCY, FaultClass.LOST, FaultClass.DRIFT, FaultClass.LEDGER)
)
"""Classes that a single scenario shows by chance, or not at all: nobody knows what shows there."""
_EXECUTIONS = 2
"""Of a scenario on one fault: some faults need an earlier session."""

Run = Callable[[Scenario], ScenarioRun]


class SampleRow(msgspec.Struct, frozen=True, kw_only=True):
    """One run on a sandbox with several faults."""

    faults: tuple[str, ...]
    entries: int
    named: tuple[str, ...]
    """Faults that have an entry."""
    hidden: tuple[str, ...]
    """Faults with a signature, and none that is an entry."""
    missing: tuple[str, ...]
    """Faults that no signature of the run belongs to."""
    seconds: float


def samples(*, pairs: int, triples: int, seed: int) -> list[tuple[str, ...]]:
    """Pairs, then triples of faults that can show in one environment."""
    names = sorted(name for name, one in FAULTS.items() if one.fault_class not in UNSUITABLE)
    chosen: list[tuple[str, ...]] = []
    rng = random.Random(seed)
    for size, count in ((2, pairs), (3, triples)):
        goal = len(chosen) + count
        while len(chosen) < goal:
            pool = names
            if len(chosen) % 2:
                kind = FAULTS[rng.choice(names)].fault_class
                pool = [name for name in names if FAULTS[name].fault_class is kind]
            sample = tuple(rng.sample(pool, size)) if len(pool) >= size else ()
            if sample and is_compatible(sample) and sample not in chosen:
                chosen.append(sample)
    return chosen


def is_compatible(names: Sequence[str]) -> bool:
    """Whether one environment lets all of these faults show."""
    environment = environment_with(names, EXAMPLE_ENVIRONMENT)
    return all(FAULTS[name].environment(environment) == environment for name in names)


def judged(state: RunState, alone: Mapping[str, Run], *, seconds: float = 0.0) -> SampleRow:
    """Which faults the entries of a run name, and which they hide.

    Args:
        state: after the run.
        alone: by fault, what executes a scenario on a sandbox with that fault only.
        seconds: how long the run took.
    """
    entries = {bug.signature for bug in summary_of(state).discrepancies}
    named: set[str] = set()
    present: set[str] = set()
    for signature, event in state.minimised.items():
        showing = {name for name, run in alone.items() if _shows(run, event.scenario, signature)}
        present |= showing
        named |= showing if signature in entries else set()
    return SampleRow(
        faults=tuple(alone),
        entries=len(entries),
        named=tuple(sorted(named)),
        hidden=tuple(sorted(present - named)),
        missing=tuple(sorted(alone.keys() - present)),
        seconds=round(seconds, 1),
    )


def _shows(run: Run, scenario: Scenario, signature: str) -> bool:
    return any(
        found.signature == signature
        for _ in range(_EXECUTIONS)
        for found in run(scenario).discrepancies
    )


def run_sample(names: Sequence[str], *, seed: int, requests: int) -> SampleRow:
    """A default run with minimisation on a sandbox with all of ``names``, judged."""
    started = perf_counter()
    environment = environment_with(names, EXAMPLE_ENVIRONMENT)
    state = triaged(environment, names, seed=seed, requests=requests)
    with ExitStack() as stack:
        alone = dict(_runners(names, environment, stack))
        return judged(state, alone, seconds=perf_counter() - started)


def _runners(
    names: Sequence[str], environment: Environment, stack: ExitStack
) -> Iterator[tuple[str, Run]]:
    for name in names:
        sandbox = stack.enter_context(start(environment, faults=[name]))
        plan = Plan(url=sandbox.url, environment=environment)
        engine = stack.enter_context(open_target(plan, TargetSecrets(sandbox.api_key)))
        yield name, ScenarioRunner(engine, "pairsone")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=int, default=30)
    parser.add_argument("--triples", type=int, default=10)
    parser.add_argument("--requests", type=int, default=2_500, help="budget of a run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=None, metavar="FAULT,FAULT")
    options = parser.parse_args()
    if options.only is None:
        chosen = samples(pairs=options.pairs, triples=options.triples, seed=options.seed)
    else:
        chosen = [tuple(one.split(",")) for one in options.only]
    console = Console(width=110, highlight=False)
    rows = []
    for names in chosen:
        rows.append(run_sample(names, seed=options.seed, requests=options.requests))
        row = rows[-1]
        text = f"  {len(rows)}/{len(chosen)} {' + '.join(names)}: {row.entries} entries"
        for word, faults in (("HIDDEN", row.hidden), ("not seen", row.missing)):
            text += f"; {word}: {', '.join(faults)}" if faults else ""
        console.print(text, markup=False)
    OUT.mkdir(exist_ok=True)
    content = msgspec.json.format(msgspec.json.encode(rows))
    (OUT / "pairs_of_faults.json").write_bytes(content + b"\n")
    hidden = sum(len(row.hidden) for row in rows)
    seen = sum(len(row.named) + len(row.hidden) for row in rows)
    missing = sum(len(row.missing) for row in rows)
    console.print(
        f"{hidden} of {seen} faults that showed are hidden, in {len(rows)} runs; "
        f"{missing} more did not show within {options.requests} requests"
    )
    return 1 if hidden else 0


if __name__ == "__main__":
    sys.exit(main())
