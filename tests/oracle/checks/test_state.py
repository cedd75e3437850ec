"""The state that a session shows, and the name of the bug behind a wrong one."""

from __future__ import annotations

from typing import Any

import pytest

from cartfuzz.contract import Fetch
from cartfuzz.record import CheckName, Discrepancy

from ..histories import DATA, judge, ok, read, refusal, rules, update

CREATED = (update(DATA), ok(DATA))


def shown(asked: str, state: str) -> list[Discrepancy]:
    """What is found where an update asks for a state, and its answer shows another."""
    step = update({"state": asked})
    judgements = judge([CREATED, (step, ok({**DATA, "state": state}))])
    found = (one for judgement in judgements for one in judgement.discrepancies)
    return [one for one in found if one.check == CheckName.STATE]


@pytest.mark.parametrize("asked", ["closed", "cancelled"])
def test_a_move_that_is_ignored(asked: str) -> None:
    """Is one bug, whatever state the session was in."""
    assert shown(asked, asked) == []
    (ignored,) = shown(asked, "open")
    assert ignored.family == f"accepted moves to {asked} leave the state"
    (other,) = shown(asked, "partially_returned")
    assert other.family == ""
    (odd,) = shown(asked, "weird")
    assert odd.family == ""
    assert "no known one" in odd.outcome


def test_a_state_that_nobody_asked_for() -> None:
    """An update without a state leaves it, and so does a read."""
    step = update({"identifiers": ["x"]})
    moved: dict[str, Any] = {**DATA, "identifiers": ["x"], "state": "closed"}
    (found,) = judge([CREATED, (step, ok(moved))])[1].discrepancies
    assert found.family == ""
    (read_wrongly,) = judge([CREATED, (Fetch(), read({**DATA, "state": "closed"}))])[
        1
    ].discrepancies
    assert read_wrongly.rule == "RESP-03"


@pytest.mark.parametrize(
    ("state", "asked", "rule"),
    [("closed", "open", "STATE-17"), ("cancelled", "open", "STATE-17")],
)
def test_a_refused_move_that_happens_all_the_same(state: str, asked: str, rule: str) -> None:
    """It is a side effect of a request that was refused."""
    held = {**DATA, "state": state}
    start = [CREATED, (update({"state": state}), ok(held)), (update({"state": asked}), refusal())]
    assert rules(judge([*start, (Fetch(), read(held))])) == []
    assert rules(judge([*start, (Fetch(), read({**DATA, "state": asked}))])) == [rule]
