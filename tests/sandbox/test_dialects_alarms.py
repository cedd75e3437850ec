"""Tests that campaigns report nothing on lawful dialects and on mixtures of them.

Dialects that need a server are left to ``make bench-lawful``, which runs each in all its versions.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import msgspec
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion, Environment
from cartfuzz.sandbox import DIALECTS, mixture

from ..in_process import campaign, found_in

BUDGET = 600
"""The number of requests to a dialect."""

PATIENCE = {
    "RefusesLargePrices": 4000,
    "DropsUnknownReferrals": 1000,
    "RefusesUnknownCampaigns": 2500,
    "KeepsTheFirstIdentifiers": 4500,
    "RefusesControlCharacters": 2500,
    "ShowsUnsetBooleans": 5000,
    "ShowsUnsetAttributesAsEmpty": 5000,
    "CancelsByTheBareStateOnly": 2500,
    "AcceptsIntegralPositions": 1000,
    "RemembersRefusals": 3500,
    "RefusesUsedUpCoupons": 1000,
}
"""By name of a dialect, the number of requests that reach what it does otherwise."""

IN_PROCESS = [dialect.name for dialect in DIALECTS.values() if not dialect.needs_server]
SEEDS = range(12)
BASES = [
    msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=contract, flattening=flattening)
    for contract in ContractVersion
    for flattening in (False, True)
]


def alarms(
    environment: Environment, dialects: Sequence[str], *, requests: int = BUDGET
) -> list[str]:
    """The first discrepancies that a campaign reports, for people."""
    runs = campaign(environment, seed=1, requests=requests, dialects=dialects)
    return [
        f"{found.rule} {found.title}: expected {found.expected}, found {found.found}"
        for found in islice(found_in(environment, runs), 3)
    ]


@pytest.mark.parametrize("name", IN_PROCESS)
def test_lawful_dialects_raise_no_alarm(name: str) -> None:
    """A campaign reports nothing on a lawful dialect, in one of its versions, which take turns."""
    dialect = DIALECTS[name]
    versions = sorted(dialect.versions)
    version = versions[IN_PROCESS.index(name) % len(versions)]
    base = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=version)
    requests = PATIENCE.get(name, BUDGET)
    assert alarms(dialect.environment(base), [name], requests=requests) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_mixtures_raise_no_alarm(seed: int) -> None:
    """A campaign reports nothing on a mixture of lawful dialects."""
    drawn = mixture(seed, BASES[seed % len(BASES)])
    assert alarms(drawn.environment, drawn.dialects) == []
