"""What the sweeps see of the clean sandbox: which rules are put to the test, and how often; what it
chooses where the contract is silent.

``python -m tests.observed`` writes ``tests/observed.json`` anew.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import msgspec

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion, Environment
from cartfuzz.record import Phase

from .in_process import campaign

FILE = Path(__file__).with_suffix(".json")
MOST_REQUESTS = 50_000
SWEEPS = (Phase.EDGES, Phase.WIRE)
ENVIRONMENTS = {
    "2.5.1": EXAMPLE_ENVIRONMENT,
    "current, flattening": msgspec.structs.replace(
        EXAMPLE_ENVIRONMENT, contract=ContractVersion.CURRENT, flattening=True
    ),
}


def observed(environment: Environment) -> dict[str, int]:
    """How often each rule is put to the test, and each choice is seen, by what is not drawn."""
    counts: Counter[str] = Counter()
    for run in campaign(environment, seed=1, requests=MOST_REQUESTS, phases=SWEEPS):
        counts.update(run.reached)
        counts.update(
            f"{seen.rule}: {seen.situation} -> {seen.outcome}"
            + ("" if seen.comparable else " (not comparable)")
            for seen in run.observations
        )
    return dict(sorted(counts.items()))


def main() -> None:
    found = {name: observed(environment) for name, environment in ENVIRONMENTS.items()}
    FILE.write_text(json.dumps(found, indent=1) + "\n", "ascii")


if __name__ == "__main__":
    main()
