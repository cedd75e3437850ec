"""Tests that campaigns report nothing on lawful dialects and on mixtures of them.

A false alarm that is known is in `ACCUSED_TODAY`, and its test must fail: whoever repairs a check
takes the names out of the list. Dialects that need a server are left to ``make bench-lawful``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion, Environment
from cartfuzz.sandbox import DIALECTS, mixture

from ..in_process import campaign, found_in

BUDGET = 600
"""The number of requests to a dialect, in each of its versions."""

ACCUSED_TODAY: Mapping[str, str] = {}
"""The rules that accuse a lawful dialect, the first of them, by name of the dialect."""

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
    "RejectsUsedUpCoupons": 1000,
}
"""The number of requests to a dialect that fewer do not accuse, by name of the dialect."""

ACCUSED_MIXTURES: Mapping[int, str] = {}
"""The rule that accuses a mixture of dialects that are not accused alone, by its seed."""

IN_PROCESS = [dialect.name for dialect in DIALECTS.values() if not dialect.needs_server]
SEEDS = range(12)
BASES = [
    msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=contract, flattening=flattening)
    for contract in ContractVersion
    for flattening in (False, True)
]


def known(accused: Mapping[Any, str], keys: Iterable[Any]) -> list[Any]:
    """A parameter for each key; the test of an accused one must fail."""
    parameters = []
    for key in keys:
        reason = accused.get(key)
        mark = pytest.mark.xfail(strict=True, raises=AssertionError, reason=f"{reason} accuses it")
        parameters.append(pytest.param(key, marks=[mark] if reason else []))
    return parameters


def alarms(
    environment: Environment, dialects: Sequence[str], *, requests: int = BUDGET
) -> list[str]:
    """The first discrepancies that a campaign reports, for people."""
    runs = campaign(environment, seed=1, requests=requests, dialects=dialects)
    return [
        f"{found.rule} {found.title}: expected {found.expected}, found {found.found}"
        for found in islice(found_in(environment, runs), 3)
    ]


@pytest.mark.parametrize("name", known(ACCUSED_TODAY, IN_PROCESS))
def test_lawful_dialects_raise_no_alarm(name: str) -> None:
    """A campaign reports nothing on a lawful dialect, in any of its versions."""
    dialect = DIALECTS[name]
    for version in dialect.versions:
        base = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=version)
        requests = PATIENCE.get(name, BUDGET)
        assert alarms(dialect.environment(base), [name], requests=requests) == []


@pytest.mark.parametrize("seed", known(ACCUSED_MIXTURES, SEEDS))
def test_mixtures_raise_no_alarm(seed: int) -> None:
    """A campaign reports nothing on a mixture of dialects that are not accused alone."""
    drawn = mixture(seed, BASES[seed % len(BASES)])
    silent = [name for name in drawn.dialects if name not in ACCUSED_TODAY]
    assert alarms(drawn.environment, silent) == []
