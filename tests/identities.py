"""The identities of discrepancies: what their signatures are made of.

``python -m tests.identities`` writes ``tests/identities.json`` anew. A change of it gives bugs new
names, so users' baselines no longer know them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, MutableMapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from unittest.mock import patch

import msgspec

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, Environment
from cartfuzz.record import Outcome, Situation, outcome, situation
from cartfuzz.sandbox import FAULTS

from .in_process import campaign, found_in
from .smallest import known, shown_by

FILE = Path(__file__).with_suffix(".json")
REQUESTS = 250
"""Of each campaign."""
_FAULTS_AT_ONCE = 8


class Identity(NamedTuple):
    """The five parts of a signature."""

    rule: str
    check: str
    operation: str
    situation: str
    outcome: str


class Collected(NamedTuple):
    """What the executions made, other readings of discrepancies included."""

    identities: set[Identity]
    situations: dict[Situation, str]
    """Each with its key."""
    outcomes: dict[Outcome, str]
    """Each with its key."""


def collected() -> Collected:
    """All that the smallest scenarios and a fixed campaign on each fault make."""
    found = Collected(set(), {}, {})
    with (
        patch("cartfuzz.record.signature.blake2b", _noting_identities(found)),
        patch.object(situation, "_spelled", _noting(found.situations, situation._spelled)),
        patch.object(outcome, "_spelled", _noting(found.outcomes, outcome._spelled)),
    ):
        for name, smallest in known().items():
            shown_by(name, smallest.scenario)
        for environment, faults in _campaigns():
            runs = campaign(environment, seed=1, requests=REQUESTS, faults=faults)
            for _ in found_in(environment, runs):
                pass
    return found


_Value = TypeVar("_Value")


def _noting(
    found: MutableMapping[_Value, str], spell: Callable[[_Value], str]
) -> Callable[[_Value], str]:
    """``spell`` that also writes down what it spells."""

    def noting(value: _Value) -> str:
        found[value] = spell(value)
        return found[value]

    return noting


def _noting_identities(found: Collected) -> Callable[..., Any]:
    """The hash of `signature_of` that also writes down what it hashes."""

    def noting(data: bytes, **options: Any) -> Any:
        found.identities.add(Identity(*data.decode("utf-8", "surrogatepass").split("\x00", 4)))
        return blake2b(data, **options)

    return noting


def _campaigns() -> Iterator[tuple[Environment, tuple[str, ...]]]:
    """Each fault in one campaign, a few at a time."""
    by_environment: dict[bytes, list[str]] = defaultdict(list)
    for name, fault in FAULTS.items():
        environment = fault.environment(EXAMPLE_ENVIRONMENT)
        by_environment[msgspec.json.encode(environment)].append(name)
    for packed, names in by_environment.items():
        environment = msgspec.json.decode(packed, type=Environment)
        # Neighbours change the same answers, and one of them would hide the others.
        groups = -(-len(names) // _FAULTS_AT_ONCE)
        for group in range(groups):
            yield environment, tuple(names[group::groups])


def stored() -> list[Identity]:
    """What `main` wrote."""
    return [Identity(*parts) for parts in json.loads(FILE.read_text("ascii"))]


def main() -> None:
    """Writes the file anew, one identity a line."""
    lines = ",\n".join(json.dumps(identity) for identity in sorted(collected().identities))
    FILE.write_text(f"[\n{lines}\n]\n", "ascii")


if __name__ == "__main__":
    main()
