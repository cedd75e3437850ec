"""The history of many runs: which discrepancy was seen first and last where, and what is gone."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.analysis import Bug, Summary, summarise
from cartfuzz.analysis.bugs import Symptom
from cartfuzz.analysis.history import History, SkippedFolder, TargetHistory
from cartfuzz.analysis.latency import Latency
from cartfuzz.contract import Environment
from cartfuzz.record import (
    Discrepancy,
    Event,
    KnownFailure,
    RunFinished,
    SandboxOptions,
    ScenarioRun,
    StopReason,
)

from ..record.events import discrepancy, scenario_run, started

BUG, OTHER = discrepancy("CART-02"), discrepancy("STATE-08")


def run(day: int, *scenarios: ScenarioRun, **how: Any) -> Summary:
    """A run that started on the given day of January."""
    begun: dict[str, Any] = {
        "keeps_judged_right": True,
        "run": f"run{day:05}",
        "started": f"2026-01-{day:02}T00:00:00Z",
        **how,
    }
    events: list[Event] = [
        started(**begun),
        *scenarios,
        RunFinished(seconds=2.0, reason=StopReason.COMPLETED),
    ]
    return summarise(events)


def shows(*found: Discrepancy, digest: str = "D", **changes: Any) -> ScenarioRun:
    """The scenario with this digest, with what it showed."""
    return scenario_run(0, discrepancies=found, digest=digest, answers="aa", **changes)


def history(*runs: Summary) -> TargetHistory:
    """The history of runs of one target, each named by its day."""
    (target,) = History.build((one.started[8:10], one) for one in runs).targets
    return target


def test_runs_are_in_order_of_their_start() -> None:
    """With their figures: requests a second, rules, new ones."""
    target = history(run(3, shows(BUG)), run(1, shows()), run(2, shows(BUG, OTHER)))
    assert [one.run.name for one in target.runs] == ["01", "02", "03"]
    assert [one.new for one in target.runs] == [0, 2, 0]
    assert [one.rps for one in target.runs] == [1.0, 1.0, 1.0]
    assert all(0 < one.rules_tested < one.rules_testable for one in target.runs)


def test_an_entry_has_its_first_and_its_last_run() -> None:
    """And in how many it was; those that the newest run shows come first."""
    entries = history(
        run(1, shows(BUG)), run(2, shows(OTHER)), run(3, shows(OTHER, BUG)), run(4, shows(OTHER))
    ).entries
    assert [(one.rule, one.first, one.last, one.runs, one.runs_since) for one in entries] == [
        ("STATE-08", "02", "04", 3, 3),
        ("CART-02", "01", "03", 2, 4),
    ]
    assert [one.is_open for one in entries] == [True, False]


def test_it_is_gone_only_where_that_is_proved() -> None:
    """The newest run that sent the scenario and was right is named; else there is a reason."""
    (entry,) = history(
        run(1, shows(BUG)), run(2, shows()), run(3, shows()), run(4, shows(digest="E"))
    ).entries
    assert (entry.last, entry.gone_in) == ("01", "03")
    assert entry.reason == "the same scenario was sent and was right"
    (entry,) = history(run(1, shows(BUG)), run(2, shows(digest="E"))).entries
    assert entry.gone_in == ""
    assert entry.reason.startswith("its scenario was not sent, or not judged")


def test_what_comes_back_is_open() -> None:
    """Though a run in between proved it gone."""
    (entry,) = history(run(1, shows(BUG)), run(2, shows()), run(3, shows(BUG))).entries
    assert entry.is_open
    assert (entry.runs, entry.gone_in) == (2, "")


def with_symptom(summary: Summary, name: str) -> Summary:
    (bug,) = summary.discrepancies
    symptom = Symptom(signature=name, rule="DRY-02", title="a trace", count=1)
    changed: Bug = msgspec.structs.replace(bug, symptoms=(symptom,))
    return msgspec.structs.replace(summary, discrepancies=[changed])


def test_a_symptom_counts_as_in_a_comparison() -> None:
    """A run shows a discrepancy where it has its signature as a symptom, or the other way round.

    The entry is named as its last run names it.
    """
    first = run(1, shows(BUG))
    (bug,) = first.discrepancies
    second = with_symptom(run(2, shows(OTHER)), bug.signature)
    entries = {one.rule: one for one in history(first, second).entries}
    assert (entries["CART-02"].last, entries["STATE-08"].first) == ("02", "02")
    (other,) = run(1, shows(OTHER)).discrepancies
    (entry,) = history(with_symptom(first, other.signature), run(2, shows(OTHER))).entries
    assert (entry.rule, entry.first, entry.last) == ("STATE-08", "01", "02")


def test_a_scenario_is_looked_for_in_the_environment_that_it_was_sent_in() -> None:
    """A later run that has it as a symptom only has another environment: that proves nothing."""
    here, there = Environment(), Environment(flattening=True)
    first = run(1, shows(BUG), environment=here)
    (bug,) = first.discrepancies
    second = run(2, shows(OTHER, digest="X"), environment=there)
    runs = (first, with_symptom(second, bug.signature), run(3, shows(), environment=there))
    entry = next(one for one in history(*runs).entries if one.rule == bug.rule)
    assert (entry.last, entry.gone_in) == ("02", "")
    assert entry.reason == "its scenario was sent in another environment"


def test_known_ones_are_not_new_and_have_their_ticket() -> None:
    """They are entries all the same."""
    (bug,) = run(1, shows(BUG)).discrepancies
    baseline = {bug.signature: KnownFailure(ticket="SHOP-8", reason="later")}
    target = history(run(1, shows(BUG), baseline=baseline))
    assert target.runs[0].new == 0
    assert target.entries[0].ticket == "SHOP-8: later"


def test_targets_are_apart() -> None:
    """By URL; each embedded sandbox has another port, and is one target."""
    sandbox = SandboxOptions()
    runs = {
        "a": run(3, target="http://127.0.0.1:1"),
        "b": run(2, target="http://127.0.0.1:1/"),
        "c": run(1, target="http://127.0.0.1:5", sandbox=sandbox),
        "d": run(4, target="http://127.0.0.1:6", sandbox=SandboxOptions(faults=("x",))),
    }
    found = History.build(runs.items()).targets
    assert [(one.target, [each.run.name for each in one.runs]) for one in found] == [
        ("the embedded sandbox", ["c", "d"]),
        ("http://127.0.0.1:1", ["b", "a"]),
    ]


def test_a_copy_of_a_run_counts_once() -> None:
    """It is named as such."""
    built = History.build(
        [("one", run(1)), ("copy", run(1))], [SkippedFolder(name="odd", reason="no run in it")]
    )
    assert [each.run.name for each in built.targets[0].runs] == ["one"]
    assert [(one.name, one.reason) for one in built.skipped] == [
        ("odd", "no run in it"),
        ("copy", "the same run as one"),
    ]


def test_latency_is_there_where_the_record_has_it() -> None:
    """By operation in milliseconds; older records have none."""
    timed = run(1, shows(latency={"update 40": 3, "update 48": 1}))
    target = history(timed, msgspec.structs.replace(run(2), latency=Latency()))
    assert target.runs[0].latency["update"].p50_ms == 2.0
    assert target.runs[0].latency["update"].p95_ms == 4.0
    assert target.runs[1].latency == {}


@given(st.permutations(range(4)))
def test_the_order_of_the_folders_does_not_matter(order: list[int]) -> None:
    """Runs are sorted by their start."""
    runs = [run(1, shows(BUG)), run(2, shows()), run(3, shows(OTHER)), run(4, shows(OTHER))]
    named = [(one.started, one) for one in runs]
    assert History.build(named[index] for index in order) == History.build(named)
