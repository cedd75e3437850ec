"""The smallest scenario known for each seeded fault, as the campaign and the minimiser found it.

``python -m tests.smallest [FAULT ...]`` looks for them anew, in process, and writes
``tests/smallest.json``; ``--told`` only writes anew what they show. Faults that only a whole run
shows have none.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from cartfuzz.analysis import Bug, RunState, summary_of
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, Scenario
from cartfuzz.harness.plan import TriageBudget
from cartfuzz.harness.triage.triage import Runner, follow_up
from cartfuzz.record import Minimised, RunStarted
from cartfuzz.sandbox import FAULTS, Fault

from .in_process import campaign, engine_of

FILE = Path(__file__).with_suffix(".json")
SEED = 1
REQUESTS = 5_000
_LONG = 10
_TIMES = "times"
_EFFORT = TriageBudget(seconds=600.0, requests=200_000, requests_each=1_000, confirmations=3)


class Smallest(msgspec.Struct, frozen=True, kw_only=True):
    """One fault: what shows it, and under which names."""

    rule: str
    signature: str
    scenario: Scenario
    told: dict[str, list[str]] = {}
    """What an execution shows: signatures, each with those of its other readings."""


def told_of(name: str, scenario: Scenario) -> dict[str, list[str]]:
    """What ``scenario`` shows of a fault, executed twice: some faults need an earlier session."""
    engine = engine_of(FAULTS[name].environment(EXAMPLE_ENVIRONMENT), (name,))
    run = Runner(engine, "smallest")
    found = [*run(scenario).discrepancies, *run(scenario).discrepancies]
    return {one.signature: sorted(one.alternatives) for one in found}


def known() -> dict[str, Smallest]:
    """What is stored, by fault."""
    packed = msgspec.json.decode(FILE.read_bytes())
    return msgspec.convert(_unpacked(packed), dict[str, Smallest])


def look_for(fault: Fault) -> tuple[Smallest | None, list[Bug]]:
    """Runs the default campaign on ``fault``, and makes what it finds small; with all entries."""
    environment = fault.environment(EXAMPLE_ENVIRONMENT)
    engine = engine_of(environment, (fault.name,))
    state = RunState(keep_evidence=False)
    state.add(
        RunStarted(
            cartfuzz="",
            contract=environment.contract,
            seed=SEED,
            run="testtest",
            target="",
            phases=(),
            workers=1,
            started="",
            environment=environment,
        )
    )
    for run in campaign(environment, seed=SEED, requests=REQUESTS, engine=engine):
        state.add(run)
    for event in follow_up(state.occurrences, Runner(engine, "smallest"), _EFFORT):
        state.add(event)
    entries = summary_of(state).discrepancies
    found = sorted(_right(fault, entries, state.minimised), key=_size)
    if not found:
        return None, entries
    smallest = Smallest(
        rule=found[0].discrepancy.rule,
        signature=found[0].signature,
        scenario=found[0].scenario,
    )
    return smallest, entries


def _packed(value: Any) -> Any:
    """``value`` with each long list of equal members as one of them and their number."""
    if isinstance(value, dict):
        return {name: _packed(part) for name, part in value.items()}
    if not isinstance(value, list | tuple):
        return value
    if len(value) > _LONG and all(member == value[0] for member in value):
        return {_TIMES: len(value), "of": _packed(value[0])}
    return [_packed(member) for member in value]


def _unpacked(value: Any) -> Any:
    if isinstance(value, list):
        return [_unpacked(member) for member in value]
    if not isinstance(value, dict):
        return value
    if _TIMES in value:
        return [_unpacked(value["of"])] * value[_TIMES]
    return {name: _unpacked(part) for name, part in value.items()}


def _right(fault: Fault, entries: list[Bug], followed: dict[str, Minimised]) -> Iterator[Minimised]:
    for entry in entries:
        event = followed.get(entry.signature)
        if event is not None and event.solid and entry.rule in fault.rules:
            yield event


def _size(event: Minimised) -> tuple[int, int]:
    return len(event.scenario.steps), len(msgspec.json.encode(event.scenario))


def main(names: list[str]) -> None:
    stored = known() if FILE.exists() else {}
    if names == ["--told"]:
        for name, one in stored.items():
            stored[name] = msgspec.structs.replace(one, told=told_of(name, one.scenario))
        _write(stored)
        return
    for name in names or FAULTS:
        found, entries = look_for(FAULTS[name])
        if found is not None:
            stored[name] = msgspec.structs.replace(found, told=told_of(name, found.scenario))
        sys.stdout.write(f"{name}: {len(entries)}\n")
        sys.stdout.flush()
        _write(stored)


def _write(stored: Mapping[str, Smallest]) -> None:
    ordered = {name: stored[name] for name in FAULTS if name in stored}
    lines = (
        f"{json.dumps(name)}: {json.dumps(_packed(msgspec.to_builtins(one)))}"
        for name, one in ordered.items()
    )
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", "ascii")


if __name__ == "__main__":
    main(sys.argv[1:])
