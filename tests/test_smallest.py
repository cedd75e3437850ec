"""The smallest scenario of each seeded fault still shows it, under its name, and nothing else."""

from __future__ import annotations

import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, Environment, Scenario
from cartfuzz.harness.follow_up import Runner
from cartfuzz.record import Discrepancy
from cartfuzz.sandbox import FAULTS, FaultClass

from .in_process import engine_of
from .smallest import known

SMALLEST = known()
WHOLE_RUNS = {FaultClass.DRIFT, FaultClass.LEDGER}


def shown(environment: Environment, scenario: Scenario, fault: str = "") -> list[Discrepancy]:
    """What ``scenario`` shows, executed twice: some faults need an earlier session."""
    run = Runner(engine_of(environment, (fault,) if fault else ()), "smallest", stopped=bool)
    return [*run(scenario).discrepancies, *run(scenario).discrepancies]


@pytest.mark.parametrize("name", SMALLEST)
def test_it_shows_the_fault_and_only_the_fault(name: str) -> None:
    """With the fault the signature that is stored, without it nothing."""
    smallest = SMALLEST[name]
    environment = FAULTS[name].environment(EXAMPLE_ENVIRONMENT)
    signatures = [found.signature for found in shown(environment, smallest.scenario, name)]
    assert smallest.signature in signatures
    assert smallest.rule in FAULTS[name].rules
    assert shown(environment, smallest.scenario) == []


def test_every_fault_has_one() -> None:
    """But for those that no single scenario shows."""
    without = {name for name in FAULTS if name not in SMALLEST}
    assert {FAULTS[name].fault_class for name in without} <= WHOLE_RUNS


@pytest.mark.parametrize("name", SMALLEST)
def test_one_bug_has_few_names(name: str) -> None:
    """A run that finds the fault has at most three entries for it."""
    assert 1 <= len(SMALLEST[name].entries) <= 3
