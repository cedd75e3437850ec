"""The two profiles: lawful both, and opposite in every point that the contract leaves open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import msgspec
import pytest

from cartfuzz.analysis.contradictions import contradict
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion, Environment, Sureness, catalogue
from cartfuzz.record import ScenarioRun
from cartfuzz.sandbox import PROFILES

from ..in_process import campaign, found_in

BUDGET = 3_800
"""The whole sweep and some of the other phases."""
ENVIRONMENTS = {
    f"{contract.value} flattening {'on' if flattening else 'off'}": msgspec.structs.replace(
        EXAMPLE_ENVIRONMENT, contract=contract, flattening=flattening
    )
    for contract in ContractVersion
    for flattening in (False, True)
}


def runs_of(name: str, base: Environment) -> Iterator[ScenarioRun]:
    environment = PROFILES[name].environment(base)
    return campaign(
        environment, seed=1, requests=BUDGET, dialects=PROFILES[name].dialects(environment)
    )


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("place", ENVIRONMENTS)
def test_profiles_raise_no_alarm(name: str, place: str) -> None:
    """An ambiguous point never yields a discrepancy, however it is decided."""
    environment = PROFILES[name].environment(ENVIRONMENTS[place])
    alarms = [f"{d.rule} {d.title}" for d in found_in(environment, runs_of(name, environment))]
    assert alarms == []


def outcomes_of(name: str, base: Environment) -> Mapping[tuple[str, str], set[str]]:
    table: dict[tuple[str, str], set[str]] = defaultdict(set)
    for run in runs_of(name, base):
        for seen in run.observations:
            table[seen.rule, seen.situation].add(seen.outcome)
    return table


@pytest.mark.parametrize("version", list(ContractVersion))
def test_profiles_are_opposites(version: ContractVersion) -> None:
    """For each silent rule there is a situation that the two answer in contrary ways."""
    decided = set()
    for flattening in (True, False):
        base = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=version, flattening=flattening)
        strict, lenient = (outcomes_of(name, base) for name in ("strict", "lenient"))
        decided |= {
            rule
            for rule, situation in strict.keys() & lenient.keys()
            if any(
                contradict(one, other)
                for one in strict[rule, situation]
                for other in lenient[rule, situation]
            )
        }
    silent = {rule.id for rule in catalogue(version).values() if rule.sureness is Sureness.SILENT}
    assert silent - decided == set()
