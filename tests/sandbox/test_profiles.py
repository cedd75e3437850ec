"""Tests that both profiles are lawful, and decide each open point in opposite ways."""

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

NOT_SHOWN = {
    "BUDG-U2": "what a session with several identifiers counts for shows in later sessions alone",
    "PAR-U1": "in process nothing is parallel",
}
"""The open points that a campaign in process does not observe, each with the reason."""
BUDGET = 3_800
"""The number of requests to a profile: all sweeps and some of the other phases."""
ENVIRONMENTS = {
    f"{contract.value} flattening {'on' if flattening else 'off'}": msgspec.structs.replace(
        EXAMPLE_ENVIRONMENT, contract=contract, flattening=flattening
    )
    for contract in ContractVersion
    for flattening in (False, True)
}


def runs_of(name: str, base: Environment) -> Iterator[ScenarioRun]:
    """The scenarios of a campaign against the profile ``name``."""
    environment = PROFILES[name].environment(base)
    return campaign(
        environment, seed=1, requests=BUDGET, dialects=PROFILES[name].dialects(environment)
    )


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("place", ENVIRONMENTS)
def test_profiles_raise_no_alarm(name: str, place: str) -> None:
    """A campaign reports no discrepancy on a profile, in any environment."""
    environment = PROFILES[name].environment(ENVIRONMENTS[place])
    alarms = [f"{d.rule} {d.title}" for d in found_in(environment, runs_of(name, environment))]
    assert alarms == []


def outcomes_of(name: str, base: Environment) -> Mapping[tuple[str, str], set[str]]:
    """The outcomes that a campaign observes of a profile, by rule and situation."""
    table: dict[tuple[str, str], set[str]] = defaultdict(set)
    for run in runs_of(name, base):
        for observation in run.observations:
            key = observation.rule, observation.situation
            table[key].add(observation.outcome)
    return table


@pytest.mark.parametrize("version", list(ContractVersion))
def test_profiles_are_opposites(version: ContractVersion) -> None:
    """Each silent rule has a situation with contradictory outcomes of the two profiles."""
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
    assert silent - decided == NOT_SHOWN.keys() & silent
