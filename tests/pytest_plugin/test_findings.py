"""What each test of the suite reports, worked out from events made by hand."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from cartfuzz.analysis import summarise
from cartfuzz.contract import ContractVersion, Level, RuleLevel, catalogue
from cartfuzz.pytest_plugin.findings import Status, SuiteFindings, Verdict, rules_of_cells
from cartfuzz.pytest_plugin.selection import Selection
from cartfuzz.pytest_plugin.symptoms import symptoms_in
from cartfuzz.record import Discrepancy, Phase, ScenarioRun

from ..record.events import discrepancy, scenario_run, started

RULES = catalogue(ContractVersion.V2_5_1)
BROKEN = discrepancy("STATE-08")
TICKETS = {BROKEN.signature: "SHOP-12"}
EVERYTHING = Selection(phases=frozenset(Phase), rules=frozenset(RULES))


def findings(
    *runs: ScenarioRun,
    rules: frozenset[str] = frozenset(RULES),
    baseline: Mapping[str, str] = {},
    selection: Selection | None = None,
    strict: bool = False,
    levels: Mapping[str, RuleLevel] | None = None,
) -> SuiteFindings:
    """The findings of ``runs``; ``rules`` are those whose tests were chosen."""
    return SuiteFindings(
        summary=summarise([started(rule_levels=levels or {}), *runs]),
        selection=selection or Selection(phases=frozenset(), rules=rules),
        cells={run.title: run.discrepancies for run in runs},
        symptoms=symptoms_in(runs),
        baseline=baseline,
        strict=strict,
    )


def run_of(*found: Discrepancy, number: int = 0, title: str = "create and read") -> ScenarioRun:
    """A scenario that showed ``found``."""
    return scenario_run(number, title=title, discrepancies=found)


def status_of(verdict: Verdict) -> Status:
    """How a test ends; only one that passes has nothing to report."""
    assert bool(verdict.text) == (verdict.status is not Status.PASSED)
    return verdict.status


def test_a_broken_rule_fails_with_what_reproduces_it() -> None:
    """The text shows rule, signature, seed and a command."""
    verdict = findings(run_of(BROKEN)).of_rule(RULES["STATE-08"])
    assert status_of(verdict) is Status.FAILED
    assert BROKEN.signature in verdict.text
    command = "reproduce: pytest --pyargs cartfuzz.suite -k STATE-08 --cartfuzz-scenario edges/0/0"
    assert command in verdict.text
    assert verdict.reason.startswith("STATE-08: found ")
    assert "\n" not in verdict.reason


def test_a_tested_rule_that_nothing_breaks_passes() -> None:
    """The coverage of the run is the proof that it was tested."""
    assert status_of(findings(scenario_run(0)).of_rule(RULES["STATE-01"])) is Status.PASSED


def test_a_rule_that_nothing_tests_is_skipped() -> None:
    """It would look like success otherwise."""
    assert status_of(findings(scenario_run(0)).of_rule(RULES["STATE-08"])) is Status.SKIPPED


def test_an_observed_rule_is_skipped_even_if_it_is_broken() -> None:
    """With the reason of the configuration file."""
    levels = {"STATE-08": RuleLevel(level=Level.OBSERVE, reason="SHOP-7")}
    verdict = findings(run_of(BROKEN), levels=levels).of_rule(RULES["STATE-08"])
    assert verdict == Verdict(status=Status.SKIPPED, text="only observed by configuration: SHOP-7")


def test_a_failure_with_a_ticket_is_expected() -> None:
    """The text is the ticket."""
    verdict = findings(run_of(BROKEN), baseline=TICKETS).of_rule(RULES["STATE-08"])
    assert verdict == Verdict(status=Status.XFAILED, text="SHOP-12")


def test_a_new_failure_beside_a_known_one_fails() -> None:
    """Only the new one is shown."""
    new = discrepancy("STATE-08", outcome="404")
    verdict = findings(run_of(BROKEN), run_of(new, number=1), baseline=TICKETS).of_rule(
        RULES["STATE-08"]
    )
    assert status_of(verdict) is Status.FAILED
    assert new.signature in verdict.text
    assert BROKEN.signature not in verdict.text


@pytest.mark.parametrize(
    ("strict", "selection", "status"),
    [
        (True, EVERYTHING, Status.FAILED),
        (True, Selection(phases=frozenset(), rules=frozenset(RULES)), Status.PASSED),
        (False, EVERYTHING, Status.PASSED),
    ],
)
def test_only_a_strict_run_of_everything_fails_for_a_fixed_failure(
    strict: bool, selection: Selection, status: Status
) -> None:
    """A run of a part cannot prove that something is fixed."""
    run = scenario_run(0, reached={"STATE-08 refuse": 1})
    shown = findings(run, baseline=TICKETS, selection=selection, strict=strict)
    assert status_of(shown.of_rule(RULES["STATE-08"])) is status


def test_what_follows_from_another_rule_is_expected_where_that_rule_has_a_test() -> None:
    """Alone, the test fails itself: nobody else would report it."""
    run = run_of(discrepancy("STATE-05", step=0), discrepancy("STATE-08", step=1))
    verdict = findings(run).of_rule(RULES["STATE-08"])
    assert verdict == Verdict(
        status=Status.XFAILED, text="only seen in scenarios that broke STATE-05 before"
    )
    alone = findings(run, rules=frozenset({"STATE-08"}))
    assert status_of(alone.of_rule(RULES["STATE-08"])) is Status.FAILED


def test_a_phase_fails_only_for_rules_without_a_chosen_test() -> None:
    """Otherwise one bug would turn two tests red."""
    assert status_of(findings(run_of(BROKEN)).of_phase(Phase.EDGES)) is Status.PASSED
    alone = findings(run_of(BROKEN), rules=frozenset())
    assert status_of(alone.of_phase(Phase.EDGES)) is Status.FAILED
    assert status_of(alone.of_phase(Phase.EXPLORE)) is Status.SKIPPED


def test_a_cell_fails_for_its_own_rule_only() -> None:
    """What else its scenario shows is for the tests of the other rules."""
    title, rule_id = next(rules_of_cells(ContractVersion.V2_5_1))
    selection = Selection(phases=frozenset(), titles=frozenset({title}))
    own = findings(run_of(discrepancy(rule_id), title=title), selection=selection)
    assert status_of(own.of_cell(title, rule_id)) is Status.FAILED
    other = findings(run_of(discrepancy("CART-01"), title=title), selection=selection)
    assert status_of(other.of_cell(title, rule_id)) is Status.PASSED


def test_one_bug_fails_the_first_of_the_cells_that_show_it() -> None:
    """The others name that cell."""
    rows = list(rules_of_cells(ContractVersion.V2_5_1))
    first, second = next(
        (one, other) for one in rows for other in rows[rows.index(one) + 1 :] if one[1] == other[1]
    )
    bug = discrepancy(first[1])
    shown = findings(
        run_of(bug, title=first[0]),
        run_of(bug, number=1, title=second[0]),
        selection=Selection(phases=frozenset(), titles=frozenset({first[0], second[0]})),
    )
    assert status_of(shown.of_cell(*first)) is Status.FAILED
    assert shown.of_cell(*second) == Verdict(
        status=Status.XFAILED, text=f"the same bug as in '{first[0]}'"
    )


def test_a_cell_with_a_known_failure_is_expected_to_fail() -> None:
    """The text is the ticket."""
    title, rule_id = next(rules_of_cells(ContractVersion.V2_5_1))
    bug = discrepancy(rule_id)
    shown = findings(run_of(bug, title=title), baseline={bug.signature: "SHOP-13"})
    assert shown.of_cell(title, rule_id) == Verdict(status=Status.XFAILED, text="SHOP-13")
