"""The summary: what scripts read, whatever the order of events."""

from __future__ import annotations

from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.analysis import summarise
from cartfuzz.cli.exit_codes import ExitCode
from cartfuzz.cli.run_loop import exit_code
from cartfuzz.contract import MARK, ContractVersion, Fetch, Scenario
from cartfuzz.record import Event, RunFinished, ScenarioRun, StopReason

from ..record.events import discrepancy, scenario_run, started

FLOOR = {"endpoint update": 1, "endpoint get": 1, "endpoint return": 1}


def finished(reason: StopReason = StopReason.COMPLETED) -> RunFinished:
    """The last event of a run."""
    return RunFinished(seconds=2.0, reason=reason)


def test_the_documented_keys() -> None:
    """summary.json has the keys that others script against."""
    events: list[Event] = [
        started(),
        scenario_run(0, reached=FLOOR, boundaries={"cart items 1001": 1}),
        scenario_run(1, discrepancies=(discrepancy("CART-02"),)),
        finished(),
    ]
    summary = msgspec.to_builtins(summarise(events))
    assert summary["contract"] == "2.5.1"
    assert (summary["scenarios"], summary["requests"], summary["seconds"]) == (2, 4, 2.0)
    assert summary["phases"]["edges"] == {"scenarios": 2, "requests": 4}
    assert summary["coverage"]["endpoints"] == {"update": 2, "get": 2, "return": 1}
    assert summary["coverage"]["boundaries"] == {"cart items 1001": 1}
    (entry,) = summary["discrepancies"]
    assert entry["kind"] == "violation"
    assert entry["rule"] == "CART-02"
    assert (entry["count"], entry["first_request"]) == (1, 4)
    assert [step["operation"] for step in entry["operations"]] == ["update", "get"]
    assert entry["operations"][0]["body"] == {"customerSession": {}}
    assert entry["operations"][0]["status"] == 200


def test_operations_of_a_burst_are_marked() -> None:
    """Reports show which requests were sent at the same moment; the others have no such key."""
    steps = (Fetch(), Fetch(), Fetch())
    scenario = Scenario(title="race", sessions=(MARK,), steps=steps, burst=(1, 3))
    run = scenario_run(0, scenario=scenario, discrepancies=(discrepancy("CART-02", step=2),))
    (entry,) = summarise([started(), run, finished()]).discrepancies
    assert [one.get("burst") for one in entry.operations] == [None, True, True]


def test_the_shortest_occurrence_is_the_example() -> None:
    """Of several occurrences the one with the fewest operations is shown; all are counted."""
    events: list[Event] = [
        started(),
        scenario_run(0, discrepancies=(discrepancy("CART-02", step=1),)),
        scenario_run(1, discrepancies=(discrepancy("CART-02", step=0),)),
        finished(),
    ]
    (entry,) = summarise(events).discrepancies
    assert entry.count == 2
    assert entry.scenario == "edges/0/1"
    assert len(entry.operations) == 1


runs = st.builds(
    lambda number, found: scenario_run(
        number,
        discrepancies=tuple(discrepancy("R", step=step, outcome=text) for step, text in found),
        inconclusive=("late",) if number % 2 else (),
    ),
    st.integers(0, 50),
    st.lists(st.tuples(st.integers(0, 1), st.sampled_from("abc")), max_size=3),
)


@given(st.lists(runs, max_size=12), st.randoms())
def test_order_does_not_matter(given_runs: list[ScenarioRun], random: Random) -> None:
    """Events of several workers, in any order, make the same counts and signatures."""
    shuffled = list(given_runs)
    random.shuffle(shuffled)
    one = summarise([started(), *given_runs, finished()])
    other = summarise([started(), *shuffled, finished()])
    assert {(e.signature, e.count, len(e.operations)) for e in one.discrepancies} == {
        (e.signature, e.count, len(e.operations)) for e in other.discrepancies
    }
    assert one.coverage == other.coverage
    assert one.inconclusive == other.inconclusive
    assert (one.scenarios, one.requests) == (other.scenarios, other.requests)


@pytest.mark.parametrize(
    ("runs", "reason", "code"),
    [
        ([scenario_run(0, reached=FLOOR)], StopReason.COMPLETED, ExitCode.NOTHING_FOUND),
        ([scenario_run(0, reached=FLOOR)], StopReason.INTERRUPTED, ExitCode.NOTHING_FOUND),
        (
            [scenario_run(0, discrepancies=(discrepancy("CART-02"),))],
            StopReason.TARGET_LOST,
            ExitCode.DISCREPANCIES,
        ),
        ([scenario_run(0, reached=FLOOR)], StopReason.TARGET_LOST, ExitCode.TARGET),
        ([scenario_run(0, reached=FLOOR)], StopReason.FAILED, ExitCode.INTERNAL),
        ([scenario_run(0, reached={})], StopReason.COMPLETED, ExitCode.INCONCLUSIVE),
        ([], StopReason.COMPLETED, ExitCode.INCONCLUSIVE),
    ],
)
def test_exit_codes(runs: list[ScenarioRun], reason: StopReason, code: ExitCode) -> None:
    """What was found counts first, then why the run ended, then whether the floor was reached."""
    assert exit_code(summarise([started(), *runs, finished(reason)])) is code


def test_the_floor_of_current_has_reopen() -> None:
    """In `current` a run that never reopened a session is inconclusive."""
    begun = started(contract=ContractVersion.CURRENT)
    run = scenario_run(0, reached=FLOOR)
    assert summarise([begun, run, finished()]).unreached == ("reopen",)


def test_a_killed_run_has_a_summary() -> None:
    """Without a last event the summary is made of what there is."""
    summary = summarise([started(), scenario_run(0, reached=FLOOR)])
    assert summary.reason is None
    assert summary.outcome == "interrupted"


def test_no_start_no_summary() -> None:
    """Events without a beginning are refused."""
    with pytest.raises(ValueError, match="begin with RunStarted"):
        summarise([finished()])
