"""Stored scenarios sent again, and what the record keeps of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cartfuzz.analysis import Reproducer, read_reproducers
from cartfuzz.analysis.flakiness import BURST_TRIES, FLAKY_TRIES
from cartfuzz.cli.replay import exit_code
from cartfuzz.contract import MARK, Fetch, Operation, Scenario
from cartfuzz.harness.triage.replay import Replayed, Verdict, replay
from cartfuzz.record import Observation, ScenarioRun

from ...record.events import SCENARIO, discrepancy, scenario_run, started
from ...record.minimised import SMALL, minimised

BUG = discrepancy("CART-02")
OTHER = discrepancy("MERGE-01")
CLEAN: dict[str, Any] = {}
SHOWS: dict[str, Any] = {"discrepancies": (OTHER, BUG)}
SHOWS_OTHER: dict[str, Any] = {"discrepancies": (OTHER,)}
SILENT: dict[str, Any] = {"inconclusive": ("get: answered 503",)}


def again(*answers: dict[str, Any], **changes: Any) -> Replayed:
    """A replay on a target that answers with ``answers`` in turn, the last one for ever."""

    def turns() -> Iterator[ScenarioRun]:
        yield from (scenario_run(1, **answer) for answer in answers)
        while True:
            yield scenario_run(1, **answers[-1])

    runs = turns()
    values: dict[str, Any] = {
        "discrepancy": BUG,
        "scenario": SCENARIO,
        "exchanges": (),
        "solid": True,
    }
    return replay(Reproducer(**{**values, **changes}), lambda _: next(runs))


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (SHOWS, Verdict.STILL_THERE),
        (CLEAN, Verdict.GONE),
        (SHOWS_OTHER, Verdict.DIFFERENT),
        (SILENT, Verdict.UNDECIDED),
    ],
)
def test_one_execution_settles_what_was_solid(answer: dict[str, Any], verdict: Verdict) -> None:
    """Four verdicts."""
    done = again(answer)
    assert (done.verdict, done.executions) == (verdict, 1)


def test_flaky_ones_get_more_tries() -> None:
    """Until it shows, and what says more counts."""
    assert again(CLEAN, CLEAN, SHOWS, solid=False).executions == 3
    assert again(CLEAN, SHOWS_OTHER, CLEAN, solid=False).verdict is Verdict.DIFFERENT
    done = again(CLEAN, solid=False)
    assert (done.verdict, done.executions) == (Verdict.GONE, FLAKY_TRIES)


def test_bursts_get_a_few_tries() -> None:
    """They show by chance."""
    burst = Scenario(title="b", sessions=(MARK,), steps=(Fetch(), Fetch()), burst=(0, 2))
    assert again(CLEAN, scenario=burst).executions == BURST_TRIES


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ((Verdict.GONE, Verdict.GONE), 0),
        ((Verdict.GONE, Verdict.STILL_THERE, Verdict.DIFFERENT), 1),
        ((Verdict.UNDECIDED, Verdict.DIFFERENT), 7),
        ((Verdict.UNDECIDED, Verdict.GONE), 5),
    ],
)
def test_exit_codes(verdicts: tuple[Verdict, ...], code: int) -> None:
    """The worst counts."""
    assert exit_code(verdicts) == code


def test_the_record_gives_the_smallest_scenario() -> None:
    """The minimised one where there is one, else the simplest sighting; no reads long after."""
    found = read_reproducers(
        [
            started(),
            scenario_run(0, discrepancies=(BUG, OTHER)),
            scenario_run(1, discrepancies=(discrepancy("RESP-03"),), is_late_read=True),
            minimised(BUG, confirmed=3),
        ]
    )
    assert found.started.seed == 1
    small, plain = found.scenarios[BUG.signature], found.scenarios[OTHER.signature]
    assert len(found.scenarios) == 2
    assert (small.scenario, small.solid) == (SMALL, False)
    assert (plain.scenario, plain.solid) == (SCENARIO, None)


def test_a_contradiction_takes_both_scenarios() -> None:
    """Stored with both; there while they are answered in two ways, gone once in one."""

    def observed(outcome: str, **changes: Any) -> ScenarioRun:
        seen = Observation(
            rule="MERGE-U3",
            situation="s",
            outcome=outcome,
            operation=Operation.UPDATE,
            comparable=True,
        )
        return scenario_run(1, observations=(seen,), **changes)

    first = observed("accepted", scenario=SCENARIO)
    second = observed("refused 4xx", scenario=SMALL)
    (one,) = read_reproducers([started(), first, second]).scenarios.values()
    assert (one.counterpart, one.scenario) == (SCENARIO, SMALL)
    still = replay(one, lambda scenario: first if scenario == SCENARIO else second)
    assert still.verdict is Verdict.STILL_THERE
    assert replay(one, lambda _: first).verdict is Verdict.GONE
