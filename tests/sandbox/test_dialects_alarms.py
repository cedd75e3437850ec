"""Tests that campaigns report nothing on lawful dialects and on mixtures of them.

A false alarm that is known is in `ACCUSED_TODAY`, and its test must fail: whoever repairs a check
takes the names out of the list. Dialects that need a server are left to ``make bench-lawful``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

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
"""The rule that accuses a mixture that none of whose dialects is accused alone, by its seed."""

SILENT = [dialect for dialect in DIALECTS.values() if dialect.name not in ACCUSED_TODAY]


def known(accused: Mapping[str, str], names: Sequence[str]) -> Iterator[object]:
    """A parameter for each name; that of an accused one must fail."""
    for name in names:
        reason = accused.get(name)
        mark = pytest.mark.xfail(strict=True, raises=AssertionError, reason=f"{reason} accuses it")
        yield pytest.param(name, marks=[mark] if reason else [])


def alarms(environment: Environment, dialects: Sequence[str]) -> list[str]:
    """The discrepancies that a campaign reports, for people."""
    runs = campaign(environment, seed=1, requests=BUDGET, dialects=dialects)
    return [
        f"{found.rule} {found.title}: expected {found.expected}, found {found.found}"
        for found in found_in(environment, runs)
    ]


def bases() -> Iterator[Environment]:
    """The example environment in both contract versions."""
    for version in ContractVersion:
        yield msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=version)


IN_PROCESS = [dialect.name for dialect in DIALECTS.values() if not dialect.needs_server]


@pytest.mark.parametrize("name", known(ACCUSED_TODAY, IN_PROCESS))
def test_lawful_dialects_raise_no_alarm(name: str) -> None:
    """A campaign reports nothing on a lawful dialect, in any of its versions."""
    dialect = DIALECTS[name]
    for base in bases():
        if base.contract in dialect.versions:
            assert alarms(dialect.environment(base), [name]) == []
