"""The discovery curve: how much was seen after how many requests, in few points."""

from __future__ import annotations

from itertools import pairwise

from cartfuzz.analysis import RunState, summarise, summary_of
from cartfuzz.analysis.discovery import MIN_SAMPLES
from cartfuzz.analysis.discovery_curve import MIN_STEP
from cartfuzz.record import ScenarioRun

from ..record.events import scenario_run, started


def test_the_curve_follows_what_is_seen() -> None:
    """Behaviours only ever grow; the last point is the end of the run, and agrees with `Unseen`."""
    runs = [
        scenario_run(number, phase="explore", reached={f"CART-{number // 7:02} accept": 1})
        for number in range(90)
    ]
    summary = summarise([started(), *runs])
    curve = summary.discovery_curve
    assert [curve[0].requests, curve[-1].requests] == [2, 180]
    assert [curve[0].behaviours, curve[-1].behaviours] == [1, 13]
    assert all(one.requests < other.requests for one, other in pairwise(curve))
    assert all(one.behaviours <= other.behaviours for one, other in pairwise(curve))
    assert curve[-1].drawn_scenarios == summary.unseen.drawn_scenarios == 90
    assert curve[-1].chance_of_new == summary.unseen.chance_of_new


def test_sweeps_have_behaviours_and_no_chance_of_new_ones() -> None:
    """Nothing is drawn in a sweep, so there is no estimate yet."""
    (first, *_) = summarise([started(), scenario_run(0)]).discovery_curve
    assert (first.drawn_scenarios, first.behaviours, first.chance_of_new) == (0, 3, None)


def lost(number: int, scenario_id: str, behaviour: str) -> ScenarioRun:
    """A scenario of the phase that begins with a sweep, and then draws."""
    return scenario_run(number, id=scenario_id, phase="lost", reached={behaviour: 1})


def test_the_sweep_that_a_drawing_phase_begins_with_is_no_sample() -> None:
    """What it shows is known from then on: nothing of it was seen in one drawn scenario."""
    swept = [lost(n, f"lost/{n // 20}/{n % 20}", f"of the sweep {n}") for n in range(34)]
    drawn = [lost(n, f"lost/{2 + n // 20}/{n % 20}", f"drawn {n % 40}") for n in range(60)]
    summary = summarise([started(sweeps={"edges": 9, "lost": 34}), *swept, *drawn])
    points = [one for one in summary.discovery_curve if one.requests <= 2 * len(swept)]
    assert {(one.drawn_scenarios, one.chance_of_new) for one in points} == {(0, None)}
    assert summary.unseen.drawn_scenarios == 60
    assert summary.unseen.seen_once == 20
    assert summary.unseen.chance_of_new == 20 / 60


def test_a_few_drawn_scenarios_are_no_estimate() -> None:
    """Neither in the curve nor in the summary: 0 % would mean that all has been seen."""
    for drawn in (1, MIN_SAMPLES - 1, MIN_SAMPLES):
        runs = [scenario_run(number, phase="explore") for number in range(drawn)]
        summary = summarise([started(), *runs])
        assert (summary.unseen.chance_of_new is None) is (drawn < MIN_SAMPLES)
        assert summary.discovery_curve[-1].chance_of_new == summary.unseen.chance_of_new


def test_a_run_without_requests_has_no_points() -> None:
    """There is nothing to draw."""
    assert summarise([started()]).discovery_curve == []


def test_the_curve_grows_with_the_logarithm_of_the_run() -> None:
    """Each tenfold length of the run has 50 points more, so a million requests have under 200."""
    state = RunState.of([started()], keep_evidence=False)
    lengths = []
    for length in (100, 1_000, 10_000):
        while state.counters.requests < length:
            state.add(scenario_run(0, scenario=None, exchanges=()))
        lengths.append(len(summary_of(state).discovery_curve))
    assert lengths[0] <= 100 // MIN_STEP + 2
    assert lengths[1] - lengths[0] <= 50
    assert lengths[2] - lengths[1] <= 50
