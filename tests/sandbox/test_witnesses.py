"""Tests that the witness of each seeded fault shows it, without the oracle."""

from __future__ import annotations

import msgspec
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.sandbox import FAULTS, Fault

from .steps import Client, return_items, return_line
from .test_concurrency import RACES
from .transcripts import transcript
from .witnesses import WITNESSES
from .witnesses.codes import FRIEND, HUGE_TOTALS, SALE, TEA, cancel, closed

_RETURNS = (
    closed("s", "WELCOME", SALE, TEA, referralCode=FRIEND, profileId="p"),
    return_items(return_line(0)),
    return_items(return_line(1)),
    cancel("s"),
)
SEQUENTIAL_FAULTS = [fault for fault in FAULTS.values() if fault.name not in RACES]


def test_every_sequential_fault_has_a_witness() -> None:
    """The witnesses cover the sequential faults, each by name."""
    assert WITNESSES.keys() == {fault.name for fault in SEQUENTIAL_FAULTS}


@pytest.mark.parametrize("fault", SEQUENTIAL_FAULTS, ids=lambda fault: fault.name)
def test_a_fault_shows(fault: Fault) -> None:
    """In each of its versions, a fault changes the answers to its witness; nothing else does."""
    steps = WITNESSES[fault.name]
    for version in fault.versions:
        base = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=version)
        environment = fault.environment(base)
        clean = transcript(environment, steps)
        assert transcript(environment, steps, faults=[fault.name]) != clean
        assert transcript(environment, steps) == clean


@pytest.mark.parametrize("fault", FAULTS.values(), ids=lambda fault: fault.name)
def test_a_fault_raises_nothing(fault: Fault) -> None:
    """Totals that no double can hold and returns of discounted units raise no exception."""
    for version in fault.versions:
        base = msgspec.structs.replace(EXAMPLE_ENVIRONMENT, contract=version)
        client = Client(fault.environment(base), faults=[fault.name])
        client.send_all(*HUGE_TOTALS, *_RETURNS)  # raises what the sandbox raises


def test_faults_add_up() -> None:
    """Two faults that are on at once both change the answers."""
    names = ["ignores-quantities", "leaves-costs-out-of-the-total"]
    steps = WITNESSES[names[0]]
    both = transcript(EXAMPLE_ENVIRONMENT, steps, faults=names)
    assert both != transcript(EXAMPLE_ENVIRONMENT, steps, faults=names[:1])
    assert both != transcript(EXAMPLE_ENVIRONMENT, steps, faults=names[1:])
