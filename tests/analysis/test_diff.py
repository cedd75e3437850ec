"""The comparison of two runs: what is proof, and what is only not seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from cartfuzz.analysis import Change, FailOn, Summary, compare, summarise
from cartfuzz.contract import (
    EXAMPLE_ENVIRONMENT,
    ContractVersion,
    Level,
    Operation,
    RuleLevel,
)
from cartfuzz.record import (
    Discrepancy,
    Event,
    Kind,
    KnownFailure,
    Observation,
    RunFinished,
    ScenarioRun,
    Situation,
    StopReason,
    situation_digest,
)

from ..record.events import discrepancy, scenario_run, started
from ..record.minimised import minimised

BUG = discrepancy("CART-02")
FIELD = msgspec.structs.replace(
    discrepancy("MERGE-01", outcome="attributes differ"), check="fields"
)
INVARIANT = msgspec.structs.replace(discrepancy("COUP-02"), check="ledger")
MET = situation_digest(
    rule="CART-02",
    check="status",
    operation=Operation.UPDATE,
    situation=Situation.parse("update"),
)


def run(
    *scenarios: ScenarioRun,
    reason: StopReason = StopReason.COMPLETED,
    flaky: Iterable[Discrepancy] = (),
    **how: Any,
) -> Summary:
    """A run of ``scenarios``; of what is flaky the smallest scenario showed it sometimes."""
    events: list[Event] = [
        started(**{"keeps_judged_right": True, **how}),
        *scenarios,
        *(minimised(one, confirmed=2) for one in flaky),
        RunFinished(seconds=1.0, reason=reason),
    ]
    return summarise(events)


def shows(*found: Discrepancy, number: int = 0, **changes: Any) -> ScenarioRun:
    """The scenario D, which was accepted twice, with what it showed."""
    values: dict[str, Any] = {"digest": "D", "answers": "aa", **changes}
    return scenario_run(number, discrepancies=found, **values)


def changed(old: Summary, new: Summary) -> Change:
    """What became of the only discrepancy of two runs."""
    (one,) = compare(old, new, names=("old", "new")).changes
    return one.change


@pytest.mark.parametrize("found", [BUG, FIELD])
def test_the_same_scenario_is_proof(found: Discrepancy) -> None:
    """Where the other run sent the scenario and was right, it is new or fixed."""
    right, wrong = run(shows()), run(shows(found))
    assert changed(right, wrong) is Change.NEW
    assert changed(wrong, right) is Change.FIXED
    assert changed(wrong, wrong) is Change.STILL_THERE


NO_PROOF = {
    "another scenario": run(shows(digest="E")),
    "no scenario can be looked up": run(shows(digest="", judged_right=("F",))),
    "another answer before": run(shows(answers="ra")),
    "not judged": run(shows(inconclusive=("update: answered 429",))),
    "a late read of it": run(shows(is_late_read=True), shows(digest="E")),
    "another bug shows in it": run(shows(discrepancy("STATE-01", step=0))),
    "another contract": run(shows(), contract=ContractVersion.CURRENT),
    "another version": run(shows(), cartfuzz="9"),
    "another environment": run(
        shows(), environment=msgspec.structs.replace(EXAMPLE_ENVIRONMENT, flattening=True)
    ),
    "the rule is observed": run(
        shows(), rule_levels={"CART-02": RuleLevel(level=Level.OBSERVE, reason="SHOP-8")}
    ),
    "an older record": run(shows(), keeps_judged_right=False),
    "another phase": run(shows(id="explore/0/0", phase="explore", digest="E")),
}


@pytest.mark.parametrize("why", NO_PROOF)
def test_nothing_else_is(why: str) -> None:
    """It is not seen, or first seen, and the note gives a reason."""
    wrong, other = run(shows(BUG)), NO_PROOF[why]
    for old, new, expected in (
        (wrong, other, Change.NOT_SEEN),
        (other, wrong, Change.FIRST_SEEN),
    ):
        changes = compare(old, new, names=("old", "new")).changes
        (one,) = [one for one in changes if one.rule == "CART-02"]
        assert one.change is expected
        assert one.note


def test_a_status_depends_on_the_answers_before_it_alone() -> None:
    """The answer to the step itself is what a fix changes; of another check it must be the same."""
    assert changed(run(shows(BUG)), run(shows(answers="ar"))) is Change.FIXED
    assert changed(run(shows(FIELD)), run(shows(answers="ar"))) is Change.NOT_SEEN


@pytest.mark.parametrize(
    ("old_right", "times", "check", "expected"),
    [
        (False, 2, "status", Change.FIXED),
        (True, 2, "status", Change.NOT_SEEN),
        (False, 1, "status", Change.NOT_SEEN),
        (False, 2, "fields", Change.NOT_SEEN),
    ],
)
def test_the_very_situation_is_proof(
    old_right: bool, times: int, check: str, expected: Change
) -> None:
    """If the other run met it and was right, and the run that shows the bug never was right there:
    a situation that it was right in as well is wider than the bug."""
    found = msgspec.structs.replace(BUG, check=check)
    right = (MET,) if old_right else ("E",)
    old = run(*(shows(found, number=number, judged_right=right) for number in range(times)))
    new = run(shows(digest="E", judged_right=(MET,)))
    assert changed(old, new) is expected


def test_flaky_proves_nothing() -> None:
    """What comes flaky is flaky; what was flaky and goes is not seen; in both it is no change."""
    flaky, right = run(shows(BUG), flaky=(BUG,)), run(shows())
    assert changed(right, flaky) is Change.FLAKY
    assert changed(flaky, right) is Change.NOT_SEEN
    assert changed(flaky, run(shows(BUG))) is Change.STILL_THERE
    assert compare(flaky, flaky, names=("a", "a")).is_empty


def test_what_only_the_whole_run_shows_is_never_fixed() -> None:
    """Not even by the same scenario."""
    assert changed(run(shows(INVARIANT)), run(shows())) is Change.NOT_SEEN


def behaves(outcome: str, number: int = 0, **changes: Any) -> ScenarioRun:
    """A scenario with one observation."""
    seen = Observation(
        rule="IDENT-U4",
        situation="update: odd",
        outcome=outcome,
        operation=Operation.UPDATE,
        comparable=True,
        step=1,
    )
    digest = f"D{number}"
    return shows(number=number, **{"digest": digest, "observations": (seen,), **changes})


def test_a_contradiction_is_new_still_there_or_fixed() -> None:
    """Like any other discrepancy: its two scenarios, sent again and answered alike, are proof."""
    both = run(behaves("accepted"), behaves("refused 4xx", 1))
    one = run(behaves("accepted"), behaves("accepted", 1))
    (entry,) = both.discrepancies
    assert entry.kind is Kind.CONTRADICTION
    assert changed(one, both) is Change.NEW
    assert changed(both, one) is Change.FIXED
    assert changed(both, both) is Change.STILL_THERE
    assert changed(both, run(behaves("accepted"))) is Change.NOT_SEEN


def test_drift_is_between_runs() -> None:
    """One situation with another outcome, each side with its scenario; not where they overlap."""
    accepts, refuses = run(behaves("accepted")), run(behaves("refused 4xx", 3))
    result = compare(accepts, refuses, names=("old", "new"))
    (drift,) = result.drifts
    assert (drift.rule, drift.situation) == ("IDENT-U4", "update: odd")
    assert (drift.old.outcomes, drift.old.scenario) == (("accepted",), "edges/0/0")
    assert (drift.new.outcomes, drift.new.scenario) == (("refused 4xx",), "edges/0/3")
    both = run(behaves("accepted"), behaves("refused 4xx", 1))
    for other in (accepts, both, run(behaves("accepted, stored"))):
        assert compare(accepts, other, names=("old", "new")).drifts == ()
    other = run(behaves("refused 4xx"), contract=ContractVersion.CURRENT)
    assert compare(accepts, other, names=("old", "new")).drifts == ()


def test_what_is_compared_between_runs_alone_contradicts_nothing_within_one() -> None:
    """Another outcome in one run is no discrepancy; two runs that share none have drifted."""

    def reasons(*given: str) -> Summary:
        seen = Observation(
            rule="EFF-U1",
            situation="update: odd",
            outcome="",
            operation=Operation.UPDATE,
            between_runs=True,
        )
        replaced = [msgspec.structs.replace(seen, outcome=one) for one in given]
        return run(*(shows(number=at, observations=(one,)) for at, one in enumerate(replaced)))

    assert reasons("one", "other").discrepancies == []
    assert compare(reasons("one"), reasons("one", "other"), names=("old", "new")).drifts == ()
    (drift,) = compare(reasons("one"), reasons("other"), names=("old", "new")).drifts
    assert (drift.old.outcomes, drift.new.outcomes) == (("one",), ("other",))


def test_lost_coverage_is_listed() -> None:
    """A rule, or a side of it, that was judged before and is not now, or is only observed."""
    old = run(shows(reached={"CART-02 refuse": 2, "CART-02 accept": 1, "STATE-01 accept": 1}))
    less = run(shows(reached={"CART-02 accept": 1}))
    lost = compare(old, less, names=("old", "new")).lost_coverage
    assert [(one.rule, one.sides) for one in lost] == [
        ("CART-02", ("refuse",)),
        ("STATE-01", ("accept",)),
    ]
    assert compare(less, old, names=("old", "new")).lost_coverage == ()
    levels = {"STATE-01": RuleLevel(level=Level.OBSERVE)}
    observed = run(shows(reached={"STATE-01 accept": 1}), rule_levels=levels)
    (one,) = compare(run(shows()), observed, names=("old", "new")).lost_coverage
    assert one.note == "only observed now"


@pytest.mark.parametrize(
    ("new", "fails"),
    [
        (run(shows(BUG)), set()),
        (run(shows()), set()),
        (run(shows(BUG), shows(FIELD, digest="E")), {FailOn.NEW, FailOn.ANY}),
        (run(shows(BUG), behaves("accepted"), behaves("ignored", 1)), {FailOn.NEW, FailOn.ANY}),
        (run(shows(BUG, FIELD), flaky=(FIELD,)), {FailOn.ANY}),
    ],
)
def test_what_makes_it_fail(new: Summary, fails: set[FailOn]) -> None:
    """Each option fires on its own changes alone: neither on what was there nor on what is gone."""
    result = compare(run(shows(BUG)), new, names=("old", "new"))
    assert {on for on in FailOn if result.fails([on])} == fails
    assert not result.fails([])


def test_drift_and_lost_coverage_fail_under_their_own_names() -> None:
    """And under any."""
    drifted = compare(run(behaves("accepted")), run(behaves("ignored")), names=("old", "new"))
    assert {on for on in FailOn if drifted.fails([on])} == {FailOn.DRIFT, FailOn.ANY}
    lost = compare(run(shows()), run(shows(reached={})), names=("old", "new"))
    assert {on for on in FailOn if lost.fails([on])} == {FailOn.LOST_COVERAGE, FailOn.ANY}


def test_what_is_known_does_not_fail() -> None:
    """A new discrepancy that the newer run was given as known is listed with its ticket."""
    known = run(shows(BUG), baseline={BUG.signature: KnownFailure(ticket="SHOP-1")})
    result = compare(run(shows()), known, names=("old", "new"))
    assert [(one.change, one.ticket) for one in result.changes] == [(Change.NEW, "SHOP-1")]
    assert not result.fails(FailOn)


@pytest.mark.parametrize(
    "one",
    [
        run(shows(BUG, FIELD)),
        run(shows(BUG), flaky=(BUG,)),
        run(behaves("accepted"), behaves("ignored", 1)),
        run(shows(INVARIANT), reason=StopReason.INTERRUPTED),
        run(scenario_run(0, discrepancies=(BUG,))),
    ],
)
def test_a_run_does_not_differ_from_itself(one: Summary) -> None:
    """Whatever it holds: no change, and nothing fails."""
    result = compare(one, one, names=("a", "a"))
    assert result.is_empty
    assert not result.fails(FailOn)


def test_both_runs_are_described() -> None:
    """Target, date, seed, requests, share of the sweeps and outcome of each."""
    old = run(shows(), sweeps={"edges": 4, "wire": 4}, phases=("edges", "wire"))
    first, second = compare(old, run(shows(BUG), seed=7), names=("a", "b")).runs
    assert (first.name, first.sweep_share, first.requests) == ("a", 0.125, 2)
    assert (second.seed, second.sweep_share, second.discrepancies) == (7, None, 1)


def test_what_cannot_be_compared_is_said() -> None:
    """Other contracts, runs that did not end in order, far fewer requests, older records."""
    ok = run(shows())
    killed = summarise([started(keeps_judged_right=True), shows()])
    assert "contract" in compare(ok, NO_PROOF["another contract"], names=("a", "b")).warnings[0]
    assert "killed" in compare(ok, killed, names=("a", "b")).warnings[0]
    many = run(*(shows(number=number) for number in range(3)))
    assert "far fewer" in compare(many, ok, names=("a", "b")).warnings[0]
    assert (
        "does not hold"
        in compare(ok, run(shows(), keeps_judged_right=False), names=("a", "b")).warnings[0]
    )
    assert compare(ok, ok, names=("a", "b")).warnings == ()
