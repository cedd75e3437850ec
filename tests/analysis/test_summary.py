"""The summary: what scripts read, whatever the order of events."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.analysis import RunOutcome, summarise
from cartfuzz.analysis.summary import MIN_UPDATES
from cartfuzz.analysis.tested_rules import untested_rules
from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    MARK,
    ContractVersion,
    Coupon,
    Environment,
    Fetch,
    Scenario,
    catalogue,
)
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


FOUND = {"reached": FLOOR, "discrepancies": (discrepancy("CART-02"),)}


@pytest.mark.parametrize(
    ("run", "reason", "outcome"),
    [
        ({"reached": FLOOR}, StopReason.COMPLETED, RunOutcome.PASSED),
        ({"reached": FLOOR}, StopReason.INTERRUPTED, RunOutcome.INTERRUPTED),
        (FOUND, StopReason.INTERRUPTED, RunOutcome.FAILED),
        (FOUND, StopReason.TARGET_LOST, RunOutcome.TARGET_LOST),
        ({"reached": FLOOR}, StopReason.TARGET_LOST, RunOutcome.TARGET_LOST),
        ({"reached": FLOOR}, StopReason.FAILED, RunOutcome.BROKEN),
        ({"reached": {}}, StopReason.COMPLETED, RunOutcome.INCONCLUSIVE),
        ({"reached": {}}, StopReason.INTERRUPTED, RunOutcome.INTERRUPTED),
    ],
)
def test_outcomes(run: dict[str, Any], reason: StopReason, outcome: RunOutcome) -> None:
    """A lost target counts first, then what was found, then why the run ended, then the floor."""
    assert summarise([started(), scenario_run(0, **run), finished(reason)]).outcome is outcome


@pytest.mark.parametrize(
    ("done", "allowed", "outcome"),
    [(1, False, RunOutcome.PARTIAL), (1, True, RunOutcome.PASSED), (2, False, RunOutcome.PASSED)],
)
def test_a_part_of_the_sweeps_is_partial(done: int, allowed: bool, outcome: RunOutcome) -> None:
    """Unless the user asked for a part; the share of the sweeps is known either way."""
    begun = started(sweeps={"edges": 2}, sweep_requests=4, allow_partial=allowed)
    runs = [scenario_run(number, reached=FLOOR) for number in range(done)]
    summary = summarise([begun, *runs, finished()])
    assert summary.outcome is outcome
    assert summary.share_of_sweeps == done / 2
    assert summary.is_cut_short == (done < 2)


def test_no_rule_is_blamed_while_no_update_was_accepted() -> None:
    """The cause is the address or the configuration; what was found is counted only."""
    run = {"reached": {"endpoint get": 1}, "sent": {"update": MIN_UPDATES}}
    found = (discrepancy("AUTH-01"),)
    summary = summarise([started(), scenario_run(0, discrepancies=found, **run), finished()])
    assert summary.outcome is RunOutcome.INCONCLUSIVE
    assert summary.discrepancies == []
    assert summary.withheld == 1


def test_a_few_refused_updates_blame_a_rule() -> None:
    """A test of the user's own may send nothing but one that must be refused."""
    run = {"reached": {"endpoint get": 1}, "sent": {"update": MIN_UPDATES - 1}}
    found = (discrepancy("AUTH-01"),)
    summary = summarise([started(), scenario_run(0, discrepancies=found, **run), finished()])
    assert [bug.rule for bug in summary.discrepancies] == ["AUTH-01"]


@pytest.mark.parametrize(
    ("updates", "outcome"),
    [(MIN_UPDATES - 1, RunOutcome.PASSED), (MIN_UPDATES, RunOutcome.INCONCLUSIVE)],
)
def test_a_selection_need_not_have_anything_accepted(updates: int, outcome: RunOutcome) -> None:
    """Its tests may need refusals only; of many updates the target takes one all the same."""
    run = scenario_run(0, reached={"AUTH-01 refuse": updates}, sent={"update": updates})
    assert summarise([started(selected=True), run, finished()]).outcome is outcome


def test_nothing_is_withheld_where_the_caller_knows_better() -> None:
    """A test of the user's own may send any number of updates that must be refused."""
    run = {"reached": {"endpoint get": 1}, "sent": {"update": MIN_UPDATES}}
    found = (discrepancy("AUTH-01"),)
    events: list[Event] = [started(), scenario_run(0, discrepancies=found, **run), finished()]
    assert [bug.rule for bug in summarise(events, withholds=False).discrepancies] == ["AUTH-01"]


@pytest.mark.parametrize(
    ("operation", "unjudged", "outcome"),
    [
        ("update", 3, RunOutcome.INCONCLUSIVE),
        ("update", 2, RunOutcome.PASSED),
        ("get", 4, RunOutcome.PASSED),
    ],
)
def test_what_was_not_judged_does_not_pass(
    operation: str, unjudged: int, outcome: RunOutcome
) -> None:
    """A run that could not judge most requests of a writing operation has proved nothing."""
    run = scenario_run(0, reached=FLOOR, sent={operation: 4}, unjudged={operation: unjudged})
    assert summarise([started(), run, finished()]).outcome is outcome


def test_untested_rules_have_a_remedy() -> None:
    """What has to be declared, else what was left out; no rule that no client can judge."""
    begun = started(environment=Environment(), phases=("edges",))
    summary = summarise([begun, scenario_run(0, reached=FLOOR), finished()])
    remedies = {one.rule.id: one.remedy for one in untested_rules(summary)}
    assert remedies["COUP-02"] == "declare coupons in [environment]"
    assert remedies["CART-02"] == "run the phases that were left out: wire, explore, race, lost"
    assert "ERR-02" not in remedies
    assert not {name for name in remedies if "-U" in name}
    for rule in catalogue(ContractVersion.CURRENT).values():
        assert not rule.needs or hasattr(Environment(), rule.needs)


def test_a_declaration_may_lack_what_a_rule_needs() -> None:
    """Budgets of another kind, and coupons whose campaign nobody knows."""
    begun = started(environment=EXAMPLE_ENVIRONMENT, phases=("edges",))
    summary = summarise([begun, scenario_run(0, reached=FLOOR), finished()])
    remedies = {one.rule.id: one.remedy for one in untested_rules(summary)}
    assert remedies["DISC-02"] == "declare the campaign_id of coupons in [environment]"
    assert remedies["BUDG-03"] == "declare a budget per campaign in [environment]"
    assert remedies["BUDG-01"] == remedies["BUDG-02"] == remedies["CART-02"]
    named = msgspec.structs.replace(
        EXAMPLE_ENVIRONMENT,
        coupons=(Coupon(code="TENTH", discount=0.1, campaign_id=7),),
        budgets=(),
    )
    begun = started(environment=named, phases=("edges",))
    summary = summarise([begun, scenario_run(0, reached=FLOOR), finished()])
    remedies = {one.rule.id: one.remedy for one in untested_rules(summary)}
    assert remedies["DISC-02"] == remedies["CART-02"]
    assert remedies["BUDG-01"].startswith("declare per_profile of coupons")


def test_what_a_contract_always_has_needs_no_declaration() -> None:
    """In `current` cart items are always flattened, so nothing is to be declared for CART-04."""
    current = Environment(contract=ContractVersion.CURRENT)
    begun = started(contract=current.contract, environment=current, phases=("wire",))
    summary = summarise([begun, scenario_run(0, reached=FLOOR), finished()])
    remedies = {one.rule.id: one.remedy for one in untested_rules(summary)}
    assert remedies["CART-04"].startswith("run the phases")


def test_outcomes_of_earlier_versions_are_read() -> None:
    """Their words were others."""
    assert RunOutcome("flaky") is RunOutcome.FLAKY
    assert msgspec.convert("broken", RunOutcome) is RunOutcome.BROKEN


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


def test_a_killed_run_lasted_until_its_last_scenario() -> None:
    """By the clock: workers share the time, so that of their scenarios adds up to more."""
    begun = started()
    began = datetime.fromisoformat(begun.started).timestamp()
    runs = [
        scenario_run(number, elapsed_ms=4000.0, finished_at=began + 5 + number / 10)
        for number in range(6)
    ]
    assert summarise([begun, *runs]).seconds == 5.5


def test_no_start_no_summary() -> None:
    """Events without a beginning are refused."""
    with pytest.raises(ValueError, match="begin with RunStarted"):
        summarise([finished()])
