"""The smallest scenario known for each seeded fault, as the campaign and the minimiser found it.

``python -m tests.smallest [FAULT ...]`` looks for them anew, in process, and writes
``tests/smallest.json``; ``--told`` only writes anew what they show. Both write
``tests/data/signatures.json`` too: what the signature of each discrepancy is made of. Faults that
only a whole run shows have no scenario; their signatures come from one run with all of them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from cartfuzz.analysis import Bug, RunState, summary_of
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, Scenario
from cartfuzz.harness.plan import TriageBudget
from cartfuzz.harness.triage.triage import ScenarioRunner, triage_discrepancies
from cartfuzz.record import Discrepancy, Minimised, RunStarted
from cartfuzz.sandbox import FAULTS, Fault, FaultClass

from .in_process import campaign, engine_of, found_in

FILE = Path(__file__).with_suffix(".json")
SIGNATURES = Path(__file__).parent / "data" / "signatures.json"
SEED = 1
REQUESTS = 5_000
WHOLE_RUNS = frozenset((FaultClass.DRIFT, FaultClass.LEDGER))
"""Classes of faults that only a whole run shows."""
_WHOLE_RUN_REQUESTS = 4_000
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


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What a signature is made of."""

    rule: str
    check: str
    operation: str
    situation: str
    outcome: str


def parts_of(found: Discrepancy) -> Parts:
    """What the signature of ``found`` is made of."""
    return Parts(
        rule=found.rule,
        check=found.check,
        operation=found.operation.value,
        situation=found.situation,
        outcome=found.outcome,
    )


def shown_by(name: str, scenario: Scenario) -> list[Discrepancy]:
    """What ``scenario`` shows of a fault, executed twice: some faults need an earlier session."""
    engine = engine_of(FAULTS[name].environment(EXAMPLE_ENVIRONMENT), (name,))
    run = ScenarioRunner(engine, "smallest")
    return [*run(scenario).discrepancies, *run(scenario).discrepancies]


def shown_by_a_whole_run() -> list[Discrepancy]:
    """What one run shows of all the faults that only a whole run shows, switched on together."""
    faults = [fault for fault in FAULTS.values() if fault.fault_class in WHOLE_RUNS]
    environment = EXAMPLE_ENVIRONMENT
    for fault in faults:
        environment = fault.environment(environment)
    runs = campaign(
        environment,
        seed=SEED,
        requests=_WHOLE_RUN_REQUESTS,
        faults=[fault.name for fault in faults],
    )
    return list(found_in(environment, runs))


def readings_of(found: Iterable[Discrepancy]) -> dict[str, list[str]]:
    """The signatures of discrepancies, each with those of its other readings."""
    return {one.signature: sorted(one.alternatives) for one in found}


def known_signatures() -> dict[str, Parts]:
    """What each signature is made of that the stored scenarios or the whole run show."""
    return msgspec.json.decode(SIGNATURES.read_bytes(), type=dict[str, Parts])


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
    runner = ScenarioRunner(engine, "smallest")
    for event in triage_discrepancies(state.occurrences, runner, _EFFORT):
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
            told = readings_of(shown_by(name, one.scenario))
            stored[name] = msgspec.structs.replace(one, told=told)
        _write(stored)
        _write_signatures(stored)
        return
    for name in names or FAULTS:
        found, entries = look_for(FAULTS[name])
        if found is not None:
            told = readings_of(shown_by(name, found.scenario))
            stored[name] = msgspec.structs.replace(found, told=told)
        sys.stdout.write(f"{name}: {len(entries)}\n")
        sys.stdout.flush()
        _write(stored)
    _write_signatures(stored)


def _write_signatures(stored: Mapping[str, Smallest]) -> None:
    """One line a signature, sorted, so that a change reads as a small difference."""
    alone = (shown_by(name, one.scenario) for name, one in stored.items())
    parts = {found.signature: parts_of(found) for found in chain(*alone, shown_by_a_whole_run())}
    lines = (
        f"{json.dumps(signature)}: {json.dumps(msgspec.to_builtins(parts[signature]))}"
        for signature in sorted(parts)
    )
    SIGNATURES.write_text("{\n" + ",\n".join(lines) + "\n}\n", "ascii")


def _write(stored: Mapping[str, Smallest]) -> None:
    ordered = {name: stored[name] for name in FAULTS if name in stored}
    lines = (
        f"{json.dumps(name)}: {json.dumps(_packed(msgspec.to_builtins(one)))}"
        for name, one in ordered.items()
    )
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", "ascii")


if __name__ == "__main__":
    main(sys.argv[1:])
