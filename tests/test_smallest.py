"""The smallest scenario of each seeded fault still shows it, under its name, and nothing else."""

from __future__ import annotations

import msgspec
import pytest

from cartfuzz.contract import EXAMPLE_ENVIRONMENT
from cartfuzz.harness.triage.triage import ScenarioRunner
from cartfuzz.record import signature_of
from cartfuzz.sandbox import FAULTS

from .in_process import engine_of
from .smallest import (
    WHOLE_RUNS,
    known,
    known_signatures,
    look_for,
    parts_of,
    readings_of,
    shown_by,
    shown_by_a_whole_run,
)

SMALLEST = known()
SIGNATURES = known_signatures()


@pytest.mark.parametrize("name", SMALLEST)
def test_it_shows_the_fault_and_only_the_fault(name: str) -> None:
    """With the fault what is stored, other readings included; without it nothing.

    The set of signatures is exact, and so is what each is made of.
    """
    smallest = SMALLEST[name]
    found = shown_by(name, smallest.scenario)
    assert {one.signature: parts_of(one) for one in found} == {
        signature: SIGNATURES[signature] for signature in smallest.told
    }
    assert readings_of(found) == smallest.told
    assert smallest.signature in smallest.told
    assert smallest.rule in FAULTS[name].rules
    clean = engine_of(FAULTS[name].environment(EXAMPLE_ENVIRONMENT))
    assert ScenarioRunner(clean, "smallest", stopped=bool)(smallest.scenario).discrepancies == ()


def test_a_whole_run_shows_what_it_showed() -> None:
    """All faults that only a whole run shows: the exact set of signatures, and their parts.

    With the signatures of the stored scenarios they are all that is on file.
    """
    alone = {signature for one in SMALLEST.values() for signature in one.told}
    found = {one.signature: parts_of(one) for one in shown_by_a_whole_run()}
    assert found == {
        signature: parts
        for signature, parts in SIGNATURES.items()
        if signature in found or signature not in alone
    }
    assert set(SIGNATURES) == alone | set(found)


def test_no_signature_changed() -> None:
    """The same parts make the same signature as ever: baselines and corpora hold it."""
    made = {
        signature: signature_of(**msgspec.structs.asdict(parts))
        for signature, parts in SIGNATURES.items()
    }
    assert {signature: new for signature, new in made.items() if new != signature} == {}


def test_every_fault_has_one() -> None:
    """But for those that no single scenario shows."""
    without = {name for name in FAULTS if name not in SMALLEST}
    assert {FAULTS[name].fault_class for name in without} <= WHOLE_RUNS


@pytest.mark.parametrize(
    "name",
    [
        "reads-without-coupons",
        "shows-full-remainders",
        "takes-any-key",
        "answers-errors-with-200",
        "answers-invalid-bodies-with-422",
        "closes-when-no-state-is-sent",
    ],
)
def test_one_bug_has_one_entry(name: str) -> None:
    """A whole run, what it finds made small: these show in dozens of ways."""
    smallest, entries = look_for(FAULTS[name])
    assert smallest is not None
    assert [entry.signature for entry in entries] == [smallest.signature]
