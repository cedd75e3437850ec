"""Tests that campaigns report nothing on lawful dialects and on mixtures of them.

A false alarm that is known is in `ACCUSED_TODAY`, and its test must fail: whoever repairs a check
takes the names out of the list. Dialects that need a server are left to ``make bench-lawful``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT, ContractVersion, Environment
from cartfuzz.sandbox import DIALECTS, mixture

from ..in_process import campaign, found_in

BUDGET = 600
"""The number of requests to a dialect, in each of its versions."""

ACCUSED_TODAY: Mapping[str, str] = {}
"""The rule that accuses a lawful dialect, by name of the dialect."""

ACCUSED_MIXTURES: Mapping[int, str] = {}
"""The rule that accuses a mixture of dialects that are not accused alone, by its seed."""

IN_PROCESS = [dialect.name for dialect in DIALECTS.values() if not dialect.needs_server]
SEEDS = range(12)
BASES = [
    msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=contract, flattening=flattening)
    for contract in ContractVersion
    for flattening in (False, True)
]


def known(accused: Mapping[Any, str], keys: Iterable[Any]) -> Iterator[object]:
    """A parameter for each key; the test of an accused one must fail."""
    for key in keys:
        reason = accused.get(key)
        mark = pytest.mark.xfail(strict=True, raises=AssertionError, reason=f"{reason} accuses it")
        yield pytest.param(key, marks=[mark] if reason else [])


def alarms(environment: Environment, dialects: Sequence[str]) -> list[str]:
    """The discrepancies that a campaign reports, for people."""
    runs = campaign(environment, seed=1, requests=BUDGET, dialects=dialects)
    return [
        f"{found.rule} {found.title}: expected {found.expected}, found {found.found}"
        for found in found_in(environment, runs)
    ]


@pytest.mark.parametrize("name", known(ACCUSED_TODAY, IN_PROCESS))
def test_lawful_dialects_raise_no_alarm(name: str) -> None:
    """A campaign reports nothing on a lawful dialect, in any of its versions."""
    dialect = DIALECTS[name]
    for version in dialect.versions:
        base = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=version)
        assert alarms(dialect.environment(base), [name]) == []


@pytest.mark.parametrize("seed", known(ACCUSED_MIXTURES, SEEDS))
def test_mixtures_raise_no_alarm(seed: int) -> None:
    """A campaign reports nothing on a mixture of dialects that are not accused alone."""
    drawn = mixture(seed, BASES[seed % len(BASES)])
    silent = [name for name in drawn.dialects if name not in ACCUSED_TODAY]
    assert alarms(drawn.environment, silent) == []
