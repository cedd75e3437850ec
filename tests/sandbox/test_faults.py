"""Tests that campaigns find seeded faults, and report nothing on the clean sandbox.

Campaigns on all faults are left to ``make bench-faults``; ``tests/test_smallest.py`` executes the
smallest scenario of each.
"""

from __future__ import annotations

import msgspec
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion, Environment, catalogue
from cartfuzz.sandbox import FAULTS, Fault, FaultClass, UnknownFaultError, fault_named

from ..in_process import campaign, found_in

BUDGET = 5_000
"""The number of requests that a campaign may need to find a fault."""
ALARM_BUDGET = 3_500
"""The number of requests to the clean sandbox: all sweeps and some exploration."""

ENVIRONMENTS = {
    f"{contract.value} flattening {'on' if flattening else 'off'}": msgspec.structs.replace(
        EXAMPLE_ENVIRONMENT, contract=contract, flattening=flattening
    )
    for contract in ContractVersion
    for flattening in (False, True)
} | {
    "2.5.1 bare": Environment(),
    "current bare": Environment(contract=ContractVersion.CURRENT),
}


@pytest.mark.parametrize("fault", list(FAULTS.values())[::2], ids=lambda fault: fault.name)
def test_every_second_fault_is_found_and_named(fault: Fault) -> None:
    """Within the budget, a campaign reports a discrepancy of a rule that the fault breaks."""
    reported: set[str] = set()
    environment = fault.environment(EXAMPLE_ENVIRONMENT)
    runs = campaign(environment, seed=1, requests=BUDGET, faults=(fault.name,))
    for found in found_in(environment, runs):
        reported.add(found.rule)
        if reported & set(fault.rules):
            return
    pytest.fail(f"{fault.name} breaks {fault.rules}; reported: {sorted(reported) or 'no rule'}")


def alarms(environment: Environment) -> list[str]:
    """The discrepancies that a campaign reports, for people."""
    return [
        f"{found.rule} {found.title}: expected {found.expected}, found {found.found}"
        for found in found_in(
            environment,
            campaign(environment, seed=2, requests=ALARM_BUDGET),
        )
    ]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_clean_sandbox_raises_no_alarm(name: str) -> None:
    """A campaign reports nothing on the sandbox without faults, in any environment."""
    assert alarms(ENVIRONMENTS[name]) == []


def test_faults_are_described() -> None:
    """Each fault has a one-sentence summary and breaks rules of its versions only."""
    for fault in FAULTS.values():
        assert fault.summary.endswith("."), fault.name
        assert fault.rules, fault.name
        for rule in fault.rules:
            assert any(rule in catalogue(version) for version in fault.versions), fault.name


def test_there_are_faults_of_every_class() -> None:
    """There are at least 60 faults, and some of each class."""
    assert len(FAULTS) >= 60
    assert {fault.fault_class for fault in FAULTS.values()} == set(FaultClass)


def test_an_unknown_fault_names_the_nearest() -> None:
    """The error for a misspelt fault suggests the similar name."""
    with pytest.raises(UnknownFaultError, match='did you mean "trims-ids"'):
        fault_named("trim-ids")
