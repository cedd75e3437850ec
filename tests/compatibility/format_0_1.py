"""The files of version 0.1.0, and what that version read in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from cartfuzz.contract import RETIRED_RULES
from cartfuzz.record import (
    RETIRED_SIGNATURES,
    Discrepancy,
    Event,
    Minimised,
    ScenarioRun,
    read_events,
)

FOLDER = Path(__file__).parents[1] / "data" / "format-0.1"


def present(path: Path) -> Any:
    """The JSON value in a file, with the rule of today in the place of the retired one."""
    text = path.read_text("utf-8")
    for old, new in (*RETIRED_SIGNATURES.items(), *RETIRED_RULES.items()):
        text = text.replace(old, new)
    return json.loads(text)


EXPECTED: Mapping[str, Any] = present(FOLDER / "expected.json")
RUNS: Mapping[str, Any] = EXPECTED["runs"]
"""What each record holds, by the name of its folder."""

FAULTS_OF = {
    "all": ("reopens-open-sessions", "replaces-attributes-of-full-carts"),
    "failures": ("checks-coupons-when-entered", "opens-cancelled-sessions", "creates-twice"),
    "flaky": ("returns-again-when-nobody-listens", "stores-half-when-nobody-listens"),
    "sampled": ("reuses-ids",),
    "wire": ("takes-empty-bodies",),
    "cut": ("prices-are-optional", "closes-when-no-state-is-sent"),
}
"""The faults of the sandbox that each run was sent to."""


@cache
def events_of(run: str) -> tuple[Event, ...]:
    """The events of a record, as the code of today reads them."""
    return tuple(read_events(FOLDER / run / "events.ndjson"))


def summary_file(run: str) -> Path:
    """The ``summary.json`` of a run."""
    return FOLDER / run / "summary.json"


def summary_signatures(run: str) -> set[str]:
    """All signatures in the ``summary.json`` of a run, those of further symptoms included."""
    entries = present(summary_file(run))["discrepancies"]
    return {str(one["signature"]) for entry in entries for one in (entry, *entry["also"])}


def discrepancies_of(run: str) -> list[Discrepancy]:
    """All discrepancies that the events of a record hold."""
    found: list[Discrepancy] = []
    for event in events_of(run):
        if isinstance(event, ScenarioRun):
            found.extend(event.discrepancies)
        elif isinstance(event, Minimised):
            found.append(event.discrepancy)
    return found


def differences(old: object, new: object, where: str = "$") -> list[str]:
    """Where ``new`` does not hold what ``old`` holds; keys that are new do not count.

    Args:
        old: a JSON value.
        new: a JSON value.
        where: the path to both values.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        missing = [f"{where}.{key}: is missing" for key in old.keys() - new.keys()]
        shared = old.keys() & new.keys()
        return missing + [
            text for key in shared for text in differences(old[key], new[key], f"{where}.{key}")
        ]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [
            text
            for index, (before, after) in enumerate(zip(old, new, strict=True))
            for text in differences(before, after, f"{where}[{index}]")
        ]
    return [] if old == new else [f"{where}: expected {old!r:.200}, found {new!r:.200}"]
