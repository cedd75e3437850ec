"""The oracle against every seeded fault, and against everything that is lawful."""

from __future__ import annotations

import msgspec
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion, Environment, catalogue
from cartfuzz.sandbox import DIALECTS, FAULTS, Fault, FaultClass, UnknownFaultError, fault_named

from ..in_process import campaign, found_in

BUDGET = 5_000
"""Requests within which a fault must be found."""
ALARM_BUDGET = 3_500
"""Requests without an alarm: the whole sweep and some exploration; the benchmark sends more."""

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


@pytest.mark.parametrize("fault", FAULTS.values(), ids=lambda fault: fault.name)
def test_every_fault_is_found_and_named(fault: Fault) -> None:
    """The default campaign names a rule that the fault breaks within its budget of requests."""
    named: set[str] = set()
    environment = fault.environment(EXAMPLE_ENVIRONMENT)
    runs = campaign(environment, seed=1, requests=BUDGET, faults=(fault.name,))
    for found in found_in(environment, runs):
        named.add(found.rule)
        if named & set(fault.rules):
            return
    pytest.fail(f"{fault.name} breaks {fault.rules}; named were {sorted(named) or 'no rules'}")


def alarms(environment: Environment, dialect: str = "") -> list[str]:
    return [
        f"{found.rule} {found.title}: expected {found.expected}, found {found.found}"
        for found in found_in(
            environment,
            campaign(
                environment, seed=2, requests=ALARM_BUDGET, dialects=(dialect,) if dialect else ()
            ),
        )
    ]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_clean_sandbox_raises_no_alarm(name: str) -> None:
    """Two independent readings of the contract agree."""
    assert alarms(ENVIRONMENTS[name]) == []


@pytest.mark.parametrize("name", DIALECTS)
def test_lawful_dialects_raise_no_alarm(name: str) -> None:
    """What the contract leaves open may be done either way."""
    assert alarms(DIALECTS[name].environment(EXAMPLE_ENVIRONMENT), name) == []


def test_faults_are_described() -> None:
    """Each fault says what the mistake is and which rules of its versions it breaks."""
    for fault in FAULTS.values():
        assert fault.summary.endswith("."), fault.name
        assert fault.rules, fault.name
        for rule in fault.rules:
            assert any(rule in catalogue(version) for version in fault.versions), fault.name


def test_there_are_faults_of_every_class() -> None:
    """At least 60 faults, and no class without one."""
    assert len(FAULTS) >= 60
    assert {fault.fault_class for fault in FAULTS.values()} == set(FaultClass)


def test_an_unknown_fault_names_the_nearest() -> None:
    """A slip of the pen is answered with the name that was meant."""
    with pytest.raises(UnknownFaultError, match='did you mean "trims-ids"'):
        fault_named("trim-ids")
