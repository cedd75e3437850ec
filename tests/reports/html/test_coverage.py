"""The tables of what a run tested."""

from __future__ import annotations

from cartfuzz.analysis import Summary, summarise
from cartfuzz.contract import ContractVersion, catalogue
from cartfuzz.record import RunFinished, StopReason
from cartfuzz.reports.html.coverage import (
    HowTested,
    RuleRow,
    boundaries_of,
    families_of,
    untested_by_remedy,
)

from ...record.events import scenario_run, started


def run(**changes: object) -> Summary:
    """A run of one scenario."""
    end = RunFinished(seconds=1.0, reason=StopReason.COMPLETED)
    return summarise([started(contract=ContractVersion.CURRENT), scenario_run(0, **changes), end])


def row(summary: Summary, rule: str) -> RuleRow:
    """The row of a rule."""
    (found,) = [one for family in families_of(summary) for one in family.rows if one.id == rule]
    return found


def test_each_rule_has_a_row() -> None:
    """In the order of the catalogue, by family."""
    summary = run()
    rows = [one.id for family in families_of(summary) for one in family.rows]
    assert sorted(rows) == sorted(catalogue(summary.contract))


def test_a_rule_with_two_sides_needs_both() -> None:
    """IDENT-03 allows five identifiers and refuses six."""
    one_side = row(run(reached={"IDENT-03 accept": 4}), "IDENT-03")
    assert (one_side.tested, one_side.counts) == (HowTested.PARTLY, (4, 0, None))
    both = row(run(reached={"IDENT-03 accept": 4, "IDENT-03 refuse": 1}), "IDENT-03")
    assert both.tested is HowTested.WHOLLY


def test_what_must_be_accepted_and_shown_is_one_side() -> None:
    """STATE-01 is judged by one answer, which counts once."""
    shown = row(run(reached={"STATE-01 accept": 4}), "STATE-01")
    assert (shown.tested, shown.counts) == (HowTested.WHOLLY, (4, None, None))


def test_rules_that_nobody_tests_say_why() -> None:
    """One that was not tested has a remedy, and one that the contract leaves open demands none."""
    summary = run(reached={})
    assert row(summary, "STATE-01").tested is HowTested.NOT
    assert row(summary, "STATE-01").note
    assert row(summary, "STATE-U1").tested is HowTested.OPEN
    untested = [rule for _, rules in untested_by_remedy(summary) for rule in rules]
    assert "STATE-01" in untested


def test_boundaries_are_in_the_order_of_numbers() -> None:
    """By limit, smallest value first."""
    sent = {"cart items 1001": 2, "cart items 999": 1, "quantity sum 10000": 3, "cart items 0": 1}
    found = {one.name: one.values for one in boundaries_of(run(boundaries=sent))}
    assert found == {
        "cart items": (("0", 1), ("999", 1), ("1001", 2)),
        "quantity sum": (("10000", 3),),
    }
