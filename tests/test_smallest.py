"""The smallest scenario of each seeded fault still shows it, under its name, and nothing else."""

from __future__ import annotations

import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.harness.triage.triage import ScenarioRunner
from cartfuzz.sandbox import FAULTS, FaultClass

from .in_process import engine_of
from .smallest import known, look_for, told_of

SMALLEST = known()
WHOLE_RUNS = {FaultClass.DRIFT, FaultClass.LEDGER}


@pytest.mark.parametrize("name", SMALLEST)
def test_it_shows_the_fault_and_only_the_fault(name: str) -> None:
    """With the fault what is stored, other readings included; without it nothing."""
    smallest = SMALLEST[name]
    told = told_of(name, smallest.scenario)
    assert smallest.signature in told
    assert smallest.rule in FAULTS[name].rules
    assert told == smallest.told
    clean = engine_of(FAULTS[name].environment(EXAMPLE_ENVIRONMENT))
    assert ScenarioRunner(clean, "smallest", stopped=bool)(smallest.scenario).discrepancies == ()


def test_every_fault_has_one() -> None:
    """But for those that no single scenario shows."""
    without = {name for name in FAULTS if name not in SMALLEST}
    assert {FAULTS[name].fault_class for name in without} <= WHOLE_RUNS


@pytest.mark.parametrize(
    "name",
    [
        "reads-without-coupons",
        "shows-full-remainders",
        "takes-any-key",
        "answers-errors-with-200",
        "answers-invalid-bodies-with-422",
        "closes-when-no-state-is-sent",
    ],
)
def test_one_bug_has_one_entry(name: str) -> None:
    """A whole run, what it finds made small: these show in dozens of ways."""
    smallest, entries = look_for(FAULTS[name])
    assert smallest is not None
    assert [entry.signature for entry in entries] == [smallest.signature]
