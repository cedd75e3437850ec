"""Rules that are only observed fail nothing, and what they would have failed is listed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.analysis import RunState, reproducers_of, summary_of
from cartfuzz.contract import Level, RuleLevel
from cartfuzz.record import Discrepancy, Event, Observation, RunFinished, ScenarioRun, StopReason

from ..record.events import discrepancy, scenario_run, started

BUG = discrepancy("CART-02")
LATE = msgspec.structs.replace(discrepancy("COUP-02"), check="ledger")


def state(*scenarios: ScenarioRun, observed: str = "CART-02") -> RunState:
    """A run with one observed rule."""
    events: list[Event] = [
        started(rule_levels={observed: RuleLevel(level=Level.OBSERVE, reason="SHOP-8")}),
        *scenarios,
        RunFinished(seconds=1.0, reason=StopReason.COMPLETED),
    ]
    return RunState.of(events)


def behaves(outcome: str, number: int) -> ScenarioRun:
    """A scenario with one observation."""
    values: dict[str, Any] = {"rule": "CART-02", "situation": "update: odd", "comparable": True}
    seen = Observation(outcome=outcome, operation=BUG.operation, **values)
    return scenario_run(number, observations=(seen,))


@pytest.mark.parametrize("found", [BUG, LATE])
def test_a_discrepancy_of_an_observed_rule_is_no_discrepancy(found: Discrepancy) -> None:
    """Whatever reported it: a burst, a late read, the whole run."""
    one = state(scenario_run(0, discrepancies=(found,)), observed=found.rule)
    summary = summary_of(one)
    assert summary.discrepancies == []
    assert [(m.signature, m.title, m.count) for m in summary.muted] == [
        (found.signature, found.title, 1)
    ]
    assert reproducers_of(one).scenarios == {}


def test_a_contradiction_of_an_observed_rule_is_muted() -> None:
    """It neither fails the run nor is sent again."""
    one = state(behaves("accepted", 0), behaves("refused 4xx", 1))
    assert summary_of(one).discrepancies == []
    (muted,) = summary_of(one).muted
    assert muted.rule == "CART-02"
    assert "contradicts itself" in muted.title
    assert reproducers_of(one).cross_scenario == ()


def test_other_rules_fail_as_before() -> None:
    """Only the observed one is muted."""
    both = state(scenario_run(0, discrepancies=(BUG, LATE)))
    assert [bug.signature for bug in summary_of(both).discrepancies] == [LATE.signature]


def test_what_the_oracle_observed_instead_is_listed() -> None:
    """With the signature that it would have had."""
    seen = Observation(
        rule="CART-02",
        situation="update: over 1000 cart items",
        outcome="accepted",
        signature=BUG.signature,
    )
    (muted,) = summary_of(state(scenario_run(0, observations=(seen,)))).muted
    assert (muted.signature, muted.count) == (BUG.signature, 1)
    assert muted.title == "update: over 1000 cart items: accepted"
