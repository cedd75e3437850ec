"""Rules by their status in two runs, and what cannot be compared."""

from __future__ import annotations

from typing import Any

import msgspec

from cartfuzz.analysis import RuleStatus, Summary, compare, status_counts, summarise
from cartfuzz.analysis.rule_changes import rule_changes, rule_status
from cartfuzz.contract import ContractVersion, Level, RuleLevel
from cartfuzz.record import Event, KnownFailure, RunFinished, StopReason

from ..record.events import discrepancy, scenario_run, started
from ..record.minimised import minimised

BUG = discrepancy("CART-02")
REACHED = {"CART-02 refuse": 3, "endpoint update": 1}


def run(*found: Any, flaky: bool = False, reached: Any = REACHED, **start: Any) -> Summary:
    """A run of one scenario."""
    events: list[Event] = [
        started(**start),
        scenario_run(0, discrepancies=found, reached=reached),
        *(minimised(one, confirmed=2) for one in found if flaky),
        RunFinished(seconds=1.0, reason=StopReason.COMPLETED),
    ]
    return summarise(events)


def test_each_status() -> None:
    """The first that holds, of the rule that a discrepancy blames."""
    known = {BUG.signature: KnownFailure(ticket="SHOP-1", reason="later")}
    observed = {"CART-02": RuleLevel(level=Level.OBSERVE, reason="SHOP-8")}
    for expected, summary in {
        RuleStatus.BROKEN: run(BUG),
        RuleStatus.UNSURE: run(BUG, flaky=True),
        RuleStatus.KNOWN: run(BUG, baseline=known),
        RuleStatus.OBSERVED: run(rule_levels=observed),
        RuleStatus.KEPT: run(),
        RuleStatus.NOT_TESTED: run(reached={}),
    }.items():
        assert rule_status("CART-02", summary) is expected
    assert rule_status("CART-02", msgspec.structs.replace(run(), withheld=1)) is (
        RuleStatus.NOT_TESTED
    )


def test_rules_move_from_status_to_status() -> None:
    """Every rule is in one cell of the matrix; only what moved is a change."""
    changes = rule_changes(run(), run(BUG))
    moved = [one for one in changes if one.before is not one.after]
    assert [(one.rule, one.before, one.after) for one in moved] == [
        ("CART-02", RuleStatus.KEPT, RuleStatus.BROKEN)
    ]
    counts = status_counts(changes)
    assert counts[RuleStatus.KEPT, RuleStatus.BROKEN] == ("CART-02",)
    assert sum(map(len, counts.values())) == len(changes)


def test_rules_of_another_contract_are_not_compared() -> None:
    """A rule of one is no rule of the other."""
    old, new = run(), run(contract=ContractVersion.CURRENT)
    assert rule_changes(old, new) == []
    whats = {one.what for one in compare(old, new, names=("a", "b")).not_compared}
    assert {"rules", "the state machine"} <= whats


def test_what_a_record_lacks_is_named() -> None:
    """Records of an older version hold neither transitions nor times, and the reason says so."""
    newer = run()
    result = compare(run(), newer, names=("a", "b"))
    reasons = {one.what: one.why for one in result.not_compared}
    assert "the older and the newer run" in reasons["the state machine"]
    assert "latency" in reasons
    assert (result.transitions, result.latency) == ((), ())


def test_what_was_not_judged_is_named() -> None:
    """With the most frequent reasons."""
    old = summarise([started(), scenario_run(0, inconclusive=("answered 429",) * 3)])
    texts = [f"{one.what}: {one.why}" for one in compare(old, run(), names=("a", "b")).not_compared]
    assert any("requests of the older run: not judged: 3 x answered 429" in one for one in texts)
