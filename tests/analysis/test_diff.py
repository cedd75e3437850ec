"""The comparison of two runs."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.analysis import Change, FailOn, Summary, compare, summarise
from cartfuzz.contract import ContractVersion
from cartfuzz.record import Discrepancy, Event, Kind, RunFinished, StopReason

from ..record.events import discrepancy, scenario_run, started
from ..record.minimised import minimised

BUG = discrepancy("CART-02")
REFUSED = msgspec.structs.replace(
    discrepancy("STATE-02", outcome="answered 400"), expected="200", found="400"
)
FIELD = msgspec.structs.replace(
    discrepancy("MERGE-01", outcome="attributes differ"), check="fields"
)
CRASH = msgspec.structs.replace(
    discrepancy("ERR-02", outcome="500"), check="server_error", expected="no 5xx"
)
APPEARED = msgspec.structs.replace(
    discrepancy("ERR-05", outcome="session exists afterwards"),
    expected="no such session: 404 or 400",
)
CONTRADICTION = msgspec.structs.replace(
    discrepancy("IDENT-U4"), kind=Kind.CONTRADICTION, check="drift"
)


def run(
    *found: Discrepancy, flaky: tuple[Discrepancy, ...] = (), reached: Any = None, **how: Any
) -> Summary:
    """A run that found this; of what is flaky the smallest scenario showed it sometimes."""
    events: list[Event] = [
        started(**how),
        scenario_run(0, discrepancies=(*found, *flaky), reached=reached or {}),
        *(minimised(one, confirmed=2) for one in flaky),
        RunFinished(seconds=1.0, reason=StopReason.COMPLETED),
    ]
    return summarise(events)


def change(old: Summary, new: Summary) -> Change:
    """What became of the only discrepancy of two runs."""
    (one,) = compare(old, new, names=("old", "new")).changes
    return one.change


@pytest.mark.parametrize("found", [BUG, REFUSED, FIELD, CRASH])
def test_new_and_still_there(found: Discrepancy) -> None:
    """What the newer run shows is new or still there, by what the older one showed."""
    assert change(run(), run(found)) is Change.NEW
    assert change(run(found), run(found)) is Change.STILL_THERE


@pytest.mark.parametrize(
    ("found", "reached", "expected"),
    [
        (BUG, {"CART-02 refuse": 3}, Change.FIXED),
        (BUG, {"CART-02 accept": 3, "CART-02 show": 1}, Change.NOT_EXERCISED),
        (BUG, {}, Change.NOT_EXERCISED),
        (REFUSED, {"STATE-02 accept": 1}, Change.FIXED),
        (REFUSED, {"STATE-02 refuse": 1}, Change.NOT_EXERCISED),
        (APPEARED, {"ERR-05 refuse": 1}, Change.FIXED),
        (APPEARED, {}, Change.NOT_EXERCISED),
        (FIELD, {"MERGE-01 show": 1}, Change.FIXED),
        (FIELD, {"MERGE-02 show": 1}, Change.NOT_EXERCISED),
        (CRASH, {"endpoint update": 1}, Change.FIXED),
        (CRASH, {"endpoint get": 1}, Change.NOT_EXERCISED),
    ],
)
def test_fixed_only_if_it_was_put_to_the_test(
    found: Discrepancy, reached: Any, expected: Change
) -> None:
    """The side of the rule that it breaks must have been judged."""
    assert change(run(found), run(reached=reached)) is expected


def test_flaky_proves_nothing() -> None:
    """Neither its coming nor its going; a contradiction has a change of its own."""
    tested = {"CART-02 refuse": 3}
    assert change(run(), run(flaky=(BUG,))) is Change.FLAKY
    assert change(run(flaky=(BUG,)), run(BUG)) is Change.FLAKY
    assert change(run(flaky=(BUG,)), run(reached=tested)) is Change.FLAKY
    assert change(run(), run(CONTRADICTION)) is Change.CONTRADICTED


@pytest.mark.parametrize(
    ("new", "fails"),
    [
        (run(), set()),
        (run(BUG), {FailOn.ANY}),
        (run(CRASH), {FailOn.NEW, FailOn.ANY}),
        (run(CONTRADICTION), {FailOn.CONTRADICTION, FailOn.ANY}),
        (run(flaky=(CRASH,)), {FailOn.ANY}),
    ],
)
def test_what_makes_it_fail(new: Summary, fails: set[FailOn]) -> None:
    """Each option fires on its own changes and on nothing else."""
    result = compare(run(BUG), new, names=("old", "new"))
    assert {on for on in FailOn if result.fails([on])} == fails
    assert not result.fails([])


def test_what_cannot_be_compared_is_said() -> None:
    """Other contracts, other environments, runs that did not end in order."""
    other = run(contract=ContractVersion.CURRENT)
    killed = summarise([started(), scenario_run(0)])
    assert "contract" in compare(run(), other, names=("a", "b")).warnings[0]
    assert "killed" in compare(run(), killed, names=("a", "b")).warnings[0]
    assert compare(run(), run(), names=("a", "b")).warnings == ()


def test_what_only_one_phase_sends_is_not_fixed_where_it_was_left_out() -> None:
    """A run without the phase wire could not have shown it."""
    events: list[Event] = [
        started(),
        scenario_run(0, id="wire/0/0", phase="wire", discrepancies=(CRASH,)),
    ]
    old = summarise([*events, RunFinished(seconds=1.0, reason=StopReason.COMPLETED)])
    reached = {"endpoint update": 1}
    assert change(old, run(reached=reached)) is Change.NOT_EXERCISED
    again: list[Event] = [started(), scenario_run(0, id="wire/0/0", phase="wire", reached=reached)]
    new = summarise([*again, RunFinished(seconds=1.0, reason=StopReason.COMPLETED)])
    assert change(old, new) is Change.FIXED
